"""Policies are written by one administrator and published by another; only then do they count."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.kit.errors import Conflict, Fault, Forbidden
from app.kit.ids import new_id
from app.kit.states import advance
from app.kit.versions import require_version
from app.organisations import policy_queries, queries
from app.organisations.access import Call, require
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.policies import PolicyRule, refuse_widening
from app.organisations.policy_messages import PolicyIn, PolicyOut
from app.organisations.policy_models import POLICY_TRANSITIONS, Policy, PolicyKind, PolicyStatus
from app.organisations.policy_templates import TemplateName
from app.organisations.policy_views import policy_out
from app.organisations.service import NotBefore


class SecondAdministratorNeeded(Forbidden):
    """Whoever wrote a policy, in person or through a substitute, may not publish it."""


class BeginsInThePast(Conflict):
    """The policy was to begin on a day that is over."""


class PartOfBundle(Conflict):
    """The policy belongs to a bundle, whose policies are published or withdrawn together."""


def propose_policy(call: Call, organisation_id: UUID, body: PolicyIn) -> PolicyOut:
    """Propose a policy for an organisation and all below it, from today or later.

    :raises NotBefore: when it would begin in the past.
    :raises WidensPolicy: when it is wider than what is set above.
    """
    organisation = queries.organisation(call, organisation_id)
    require(call, Permission.POLICY_SET, organisation.id)
    (policy,) = propose(call, organisation, body.valid_from, [body.rule])
    return policy_out(policy)


def propose(
    call: Call,
    organisation: Organisation,
    valid_from: date,
    rules: Sequence[PolicyRule],
    template: TemplateName | None = None,
) -> Sequence[Policy]:
    """Propose one policy, or all of a template as a bundle: none of them when one cannot be."""
    if valid_from < call.today:
        message = "a policy begins today or later; what was decided under the old one stands"
        raise NotBefore(message, faults=[Fault(message, pointer="/valid_from")])
    _refuse_widening(call, organisation.id, valid_from, rules)
    bundle_id = new_id(call.now) if template is not None else None
    policies = [
        Policy(
            id=new_id(call.now),
            organisation_id=organisation.id,
            kind=PolicyKind(rule.kind),
            value=rule.model_dump(mode="json"),
            valid_from=valid_from,
            set_by=call.actor.id,
            set_for=call.actor.on_behalf_of,
            set_at=call.now,
            bundle_id=bundle_id,
            template=None if template is None else template.value,
        )
        for rule in rules
    ]
    call.session.add_all(policies)
    call.session.flush()
    _note(call, "policy.proposed", organisation.root_id, policies)
    return policies


def publish_policy(call: Call, policy_id: UUID, if_match: str | None) -> PolicyOut:
    """Let a policy count from its day on.

    :raises SecondAdministratorNeeded: for whoever wrote it.
    :raises PartOfBundle: for one of a bundle.
    :raises BeginsInThePast: when its day is over.
    :raises WidensPolicy: when it is wider than what is set above by now.
    """
    policy = policy_queries.policy(call, policy_id)
    require(call, Permission.POLICY_SET, policy.organisation_id)
    _refuse_part_of_bundle(policy)
    publish(call, [policy], if_match)
    return policy_out(policy)


def publish(call: Call, policies: Sequence[Policy], if_match: str | None) -> None:
    """Publish one policy, or all of a bundle, which are of one organisation and day: none when one cannot be."""
    _decide(call, policies, PolicyStatus.PUBLISHED, if_match)
    first = policies[0]
    if first.valid_from < call.today:
        raise BeginsInThePast(
            f"it was to begin on {first.valid_from}, which is over; withdraw it and propose it anew from today or later"
        )
    rules = [queries.RULE.validate_python(policy.value) for policy in policies]
    _refuse_widening(call, first.organisation_id, first.valid_from, rules)
    for policy in policies:
        policy.published_by, policy.published_for = call.actor.id, call.actor.on_behalf_of
        policy.published_at = call.now


def withdraw_policy(call: Call, policy_id: UUID, if_match: str | None) -> PolicyOut:
    """Take a proposal back.

    :raises PartOfBundle: for one of a bundle.
    :raises WrongState: when it is published: another policy follows it then.
    """
    policy = policy_queries.policy(call, policy_id)
    require(call, Permission.POLICY_SET, policy.organisation_id)
    _refuse_part_of_bundle(policy)
    withdraw(call, [policy], if_match)
    return policy_out(policy)


def withdraw(call: Call, policies: Sequence[Policy], if_match: str | None) -> None:
    """Take back one proposal, or all of a bundle."""
    _decide(call, policies, PolicyStatus.WITHDRAWN, if_match)


def _decide(call: Call, policies: Sequence[Policy], target: PolicyStatus, if_match: str | None) -> None:
    if target == PolicyStatus.PUBLISHED:
        _require_second_administrator(call, policies)
    policy_queries.lock(call.session, policies)
    for policy in policies:
        require_version(policy, if_match)
        advance(policy, target, POLICY_TRANSITIONS)
    call.session.flush()
    organisation = queries.organisation(call, policies[0].organisation_id)
    _note(call, f"policy.{target.lower()}", organisation.root_id, policies)


def _require_second_administrator(call: Call, policies: Sequence[Policy]) -> None:
    for policy in policies:
        if call.actor.persons & {policy.set_by, policy.set_for}:
            raise SecondAdministratorNeeded(
                "you wrote this policy, yourself or through a substitute; another local administrator of the "
                "organisation, or of one above it, must publish it"
            )


def _refuse_part_of_bundle(policy: Policy) -> None:
    if policy.bundle_id is not None:
        raise PartOfBundle(
            f"this {policy.kind} belongs to the template {policy.template}, whose policies stand or fall together: "
            f"use /policy-bundles/{policy.bundle_id}"
        )


def _refuse_widening(call: Call, organisation_id: UUID, day: date, rules: Sequence[PolicyRule]) -> None:
    above = [row for row in queries.policies_above(call.session, organisation_id, day) if row.depth]
    refuse_widening(rules, above)


def _note(call: Call, action: str, root_id: UUID, policies: Sequence[Policy]) -> None:
    for policy in policies:
        facts: dict[str, Any] = {
            "organisation_id": str(policy.organisation_id),
            "valid_from": str(policy.valid_from),
            "rule": policy.value,
        }
        if policy.bundle_id is not None:
            facts |= {"bundle_id": str(policy.bundle_id), "template": policy.template}
        call.audit(action, chain=root_id, entity="policy", entity_id=policy.id, facts=facts)
