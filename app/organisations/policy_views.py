"""Policies as they are shown: one, all of an organisation, a bundle, a template, and what holds on a day."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from sqlmodel import col, select

from app.kit.pages import Page, PageQuery, page
from app.organisations import policy_queries, queries
from app.organisations.access import Call, require
from app.organisations.notice_models import Language
from app.organisations.permissions import Permission
from app.organisations.policies import Effective, Interval, Sourced, TolerancePolicy, TwoPersonPolicy
from app.organisations.policy_messages import (
    BundleOut,
    EffectiveOut,
    FreightCapOut,
    HeldOut,
    IntervalOut,
    LimitOut,
    Meaning,
    PolicyOut,
    PresumedRole,
    RemindersOut,
    SourceOut,
    TemplateOut,
    ToleranceRowOut,
    Wording,
)
from app.organisations.policy_models import Policy
from app.organisations.policy_templates import TEMPLATES, Template, TemplateName, Text
from app.organisations.tolerances import Binding, Piece, bindings, freight_cap

Level = Literal["ORDER", "LINE"]
LEVELS: tuple[Level, ...] = ("ORDER", "LINE")


def list_policies(call: Call, organisation_id: UUID, wanted: PageQuery) -> Page[PolicyOut]:
    """Give the policies that were set for an organisation, in every state."""
    organisation = queries.organisation(call, organisation_id)
    require(call, Permission.POLICY_READ, organisation.id)
    query = select(Policy).where(col(Policy.organisation_id) == organisation.id)
    return page(call.session, query, Policy, wanted, policy_out)


def get_policy(call: Call, policy_id: UUID) -> PolicyOut:
    return policy_out(policy_queries.policy(call, policy_id))


def get_effective(call: Call, organisation_id: UUID, on: date | None) -> EffectiveOut:
    """Tell what holds at an organisation, today or on another day, by what is published by now."""
    organisation = queries.organisation(call, organisation_id)
    require(call, Permission.POLICY_READ, organisation.id)
    day = on or call.today
    return effective_out(organisation.id, day, queries.effective_policy(call.session, organisation.id, day))


def policy_out(policy: Policy) -> PolicyOut:
    rule = queries.RULE.validate_python(policy.value)
    return PolicyOut.model_validate(policy.model_dump(exclude={"value", "kind"}) | {"rule": rule})


def bundle_out(policies: Sequence[Policy]) -> BundleOut:
    """Show a bundle with what it means, in the amounts that it proposes."""
    shown = [policy_out(policy) for policy in policies]
    first = shown[0]
    assert first.bundle_id is not None and first.template is not None  # noqa: S101, PT018 - those of a bundle have both
    up_to = next(policy.rule.up_to for policy in shown if isinstance(policy.rule, TwoPersonPolicy))
    return BundleOut(
        id=first.bundle_id,
        organisation_id=first.organisation_id,
        template=first.template,
        valid_from=first.valid_from,
        status=first.status,
        policies=shown,
        meaning=_meaning(TEMPLATES[first.template], up_to),
        version=first.version,
    )


def template_out(name: TemplateName, up_to: Decimal | None) -> TemplateOut:
    template = TEMPLATES[name]
    return TemplateOut(
        name=name,
        title=_wording(template, template.title, up_to),
        takes_up_to=template.takes_up_to,
        rules=template.rules(up_to),
        roles=[
            PresumedRole(role=role, purpose=_wording(template, purpose, up_to))
            for role, purpose in template.roles.items()
        ],
        meaning=_meaning(template, up_to),
    )


def _meaning(template: Template, up_to: Decimal | None) -> Sequence[Meaning]:
    return [
        Meaning(question=question, answer=_wording(template, answer, up_to))
        for question, answer in template.meaning.items()
    ]


def _wording(template: Template, text: Text, up_to: Decimal | None) -> Wording:
    return Wording(
        da=template.said(text, Language.DANISH, up_to),
        en=template.said(text, Language.ENGLISH, up_to),
    )


def effective_out(organisation_id: UUID, day: date, held: Effective) -> EffectiveOut:
    found = {level: bindings(held.tolerances, level) for level in LEVELS}
    cap = freight_cap(held.tolerances)
    return EffectiveOut(
        organisation_id=organisation_id,
        on=day,
        two_person=_held(held.two_person),
        external_approval=_held(held.external_approval),
        over_delivery=_held(held.over_delivery),
        substitutes=_held(held.substitutes),
        receipt_free=_held(held.receipt_free),
        reminders=RemindersOut(
            task_days=_interval(held.reminders.task),
            response_days=_interval(held.reminders.response),
            receipt_days=_interval(held.reminders.receipt),
        ),
        tolerances=[_row(row, found, cap) for row in held.tolerances],
        limits=[_limit(level, binding) for level in LEVELS for binding in found[level]],
        freight_cap=FreightCapOut(
            amount=cap.at(Decimal(0)) if cap else Decimal(0), source=_source(cap.row) if cap else None
        ),
    )


def _held(row: Sourced) -> HeldOut:
    return HeldOut(rule=row.rule, source=_source(row))


def _interval(interval: Interval) -> IntervalOut:
    return IntervalOut(days=interval.days, source=_source(interval.source))


def _source(row: Sourced) -> SourceOut:
    return SourceOut.model_validate(row, from_attributes=True)


def _row(row: Sourced, found: dict[Level, tuple[Binding, ...]], cap: Piece | None) -> ToleranceRowOut:
    assert isinstance(row.rule, TolerancePolicy)  # noqa: S101 - what the rows hold
    binds_on = [level for level in LEVELS if any(one.piece and one.piece.row == row for one in found[level])]
    freight = ["FREIGHT"] if cap is not None and cap.row == row else []
    return ToleranceRowOut.model_validate({"rule": row.rule, "source": _source(row), "binds_on": [*binds_on, *freight]})


def _limit(level: Level, binding: Binding) -> LimitOut:
    piece = binding.piece
    return LimitOut(
        level=level,
        from_value=binding.from_value,
        absolute=piece.amount if piece else Decimal(0),
        percent=piece.percent if piece else None,
        source=_source(piece.row) if piece else None,
    )
