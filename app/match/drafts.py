"""Policies that are not in force: what would hold at an organisation under a draft, now or on a past day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session, col, select

from app.kit.errors import Conflict, Fault, Invalid
from app.match.engine.policy import Policy as EnginePolicy
from app.match.engine_policies import engine_policy
from app.organisations import policy_queries
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.models import Organisation, OrganisationLink
from app.organisations.policies import (
    OverDeliveryPolicy,
    PolicyRule,
    Sourced,
    TolerancePolicy,
    TwoPersonPolicy,
    effective,
    refuse_widening,
)
from app.organisations.policy_models import Policy, PolicyStatus

DECIDING = (TolerancePolicy, TwoPersonPolicy, OverDeliveryPolicy)
"""What decides invoices that are here; what approval elsewhere is worth is kept with an order when it comes."""


class PolicyNotDraft(Conflict):
    """Only a proposed policy is tried: a published one decides already, or will, and a withdrawn one never does."""


class DraftElsewhere(Invalid):
    """The draft is neither of the organisation nor of one above it, so it would change nothing there."""


class DraftDecidesNothing(Invalid):
    """Nothing in the draft has a say in how an invoice is decided."""


@dataclass(frozen=True, slots=True)
class Draft:
    """Rules that an organisation might have, from a day, instead of its own of the same kinds; `policy_id` is the
    proposal that they come from.
    """

    organisation_id: UUID
    organisation_name: str
    valid_from: date
    rules: tuple[PolicyRule, ...]
    policy_id: UUID | None = None

    def over(self, rows: Sequence[Sourced], depth: int) -> list[Sourced]:
        """Put the rules in the place of the organisation's own, which stands `depth` above where `rows` hold. A row
        that says the same already stays, with its day.
        """
        said = {_place(rule): rule for rule in self.rules}
        own = {_place(row.rule): row for row in rows if row.organisation_id == self.organisation_id}
        kept = [row for row in rows if row.organisation_id != self.organisation_id or _place(row.rule) not in said]
        return [*kept, *(self._row(rule, own.get(place), depth) for place, rule in said.items())]

    def _row(self, rule: PolicyRule, own: Sourced | None, depth: int) -> Sourced:
        if own is not None and own.rule == rule:
            return own
        return Sourced(rule, self.organisation_id, self.organisation_name, depth, self.policy_id, self.valid_from)


def _place(rule: PolicyRule) -> tuple[str, str]:
    return rule.kind, getattr(rule, "level", "")


def draft_of(call: Call, policy_id: UUID, organisation_id: UUID) -> Draft:
    """Give a proposal that the actor sees, with the bundle that it is part of, as a draft for an organisation.

    :raises PolicyNotFound: for one that the actor does not see.
    :raises PolicyNotDraft: for one that is published or withdrawn.
    :raises DraftElsewhere: for one of an organisation that is not above this one.
    :raises WidensPolicy: for one that could not be published as things are.
    """
    policy = policy_queries.policy(call, policy_id)
    return draft_for(call.session, policy, organisation_id, call.today)


def draft_for(session: Session, policy: Policy, organisation_id: UUID, today: date) -> Draft:
    """Give a policy as a draft for an organisation.

    :raises PolicyNotDraft, DraftElsewhere, DraftDecidesNothing, WidensPolicy: as `draft_of` does.
    """
    if policy.status != PolicyStatus.PROPOSED:
        raise PolicyNotDraft(f"the policy is {policy.status}; propose another, and try that")
    if not organisations.is_below(session, organisation_id, policy.organisation_id):
        message = "the policy is set neither for this organisation nor for one above it; take one of theirs"
        raise DraftElsewhere(message, faults=[Fault(message, pointer="/policy_id")])
    place = session.get_one(Organisation, policy.organisation_id)
    rules = rules_of(session, policy)
    return checked(session, Draft(place.id, place.name, max(policy.valid_from, today), rules, policy.id))


def rules_of(session: Session, policy: Policy) -> tuple[PolicyRule, ...]:
    """Give what a policy says, with all of the bundle that it is part of."""
    together: Sequence[Policy] = [policy]
    if policy.bundle_id is not None:
        bundle = select(Policy).where(Policy.bundle_id == policy.bundle_id).order_by(col(Policy.id))
        together = session.exec(bundle).all()
    return tuple(organisations.RULE.validate_python(one.value) for one in together)


def checked(session: Session, draft: Draft) -> Draft:
    """Give a draft with the rules alone that decide anything.

    :raises DraftDecidesNothing: when no invoice would be decided by any of them.
    :raises WidensPolicy: when any is wider than what is set above, so that it could not be published.
    """
    above = organisations.policies_above(session, draft.organisation_id, draft.valid_from)
    refuse_widening(draft.rules, [row for row in above if row.depth])
    deciding = tuple(rule for rule in draft.rules if isinstance(rule, DECIDING))
    if not deciding:
        kinds = ", ".join(sorted(rule.kind for rule in draft.rules)) or "an empty draft"
        message = f"{kinds} changes no decision; try a tolerance, the two-person rule or over-delivery"
        raise DraftDecidesNothing(message, faults=[Fault(message)])
    return Draft(draft.organisation_id, draft.organisation_name, draft.valid_from, deciding, draft.policy_id)


def policy_under(session: Session, draft: Draft, organisation_id: UUID, day: date) -> EnginePolicy:
    """Give the policy that would hold at an organisation, at or below the draft's, on a day."""
    rows = organisations.policies_above(session, organisation_id, day)
    link = session.get_one(OrganisationLink, (organisation_id, draft.organisation_id))
    return engine_policy(effective(draft.over(rows, link.depth)))


@dataclass(frozen=True, slots=True)
class _Published:
    row: Sourced
    place: tuple[UUID | None, str, str]
    valid_from: date
    published_at: datetime


class PolicyHistory:
    """What was in force at any moment at some organisations, as the tree is now; each organisation is read once."""

    def __init__(self) -> None:
        self._published: dict[UUID, Sequence[_Published]] = {}
        self._depths: dict[UUID, dict[UUID, int]] = {}

    def rows(self, session: Session, organisation_id: UUID, day: date, at: datetime) -> list[Sourced]:
        """Give the policies that counted on a day by what was published at a moment."""
        latest: dict[tuple[UUID | None, str, str], Sourced] = {}
        for one in self._of(session, organisation_id):
            if one.valid_from <= day and one.published_at <= at:
                latest[one.place] = one.row
        return list(latest.values())

    def stage(self, session: Session, organisation_id: UUID, day: date, at: datetime) -> int:
        """Count what was published by then: as long as the number is the same, so is what was in force."""
        return sum(one.valid_from <= day and one.published_at <= at for one in self._of(session, organisation_id))

    def depth(self, session: Session, organisation_id: UUID, above: UUID) -> int | None:
        """Tell how far above an organisation another stands, or nothing where it does not."""
        if organisation_id not in self._depths:
            links = select(OrganisationLink).where(OrganisationLink.descendant_id == organisation_id)
            found = {link.ancestor_id: link.depth for link in session.exec(links)}
            self._depths[organisation_id] = found
        return self._depths[organisation_id].get(above)

    def _of(self, session: Session, organisation_id: UUID) -> Sequence[_Published]:
        if organisation_id not in self._published:
            query = (
                select(Policy, Organisation.name, OrganisationLink.depth)
                .join(OrganisationLink, col(OrganisationLink.ancestor_id) == col(Policy.organisation_id))
                .join(Organisation, col(Organisation.id) == col(Policy.organisation_id))
                .where(
                    OrganisationLink.descendant_id == organisation_id,
                    Policy.status == PolicyStatus.PUBLISHED,
                )
            )
            found = [_published(*row) for row in session.exec(query)]
            self._published[organisation_id] = sorted(found, key=_counted)
        return self._published[organisation_id]


def _counted(one: _Published) -> tuple[date, datetime, UUID | None]:
    return one.valid_from, one.published_at, one.row.policy_id


def _published(policy: Policy, name: str, depth: int) -> _Published:
    rule = organisations.RULE.validate_python(policy.value)
    row = Sourced(rule, policy.organisation_id, name, depth, policy.id, policy.valid_from)
    return _Published(
        row, (policy.organisation_id, *_place(rule)), policy.valid_from, policy.published_at or policy.set_at
    )
