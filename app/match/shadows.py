"""Steps of people with shadow policies: set a draft beside the policy in force, and look at where the two differ."""

from typing import Any
from uuid import UUID

from sqlalchemy import and_, case, func
from sqlmodel import col, select

from app.kit.errors import NotFound
from app.kit.pages import Page, PageQuery, page
from app.kit.versions import require_version
from app.match.confidential import open_to
from app.match.drafts import draft_of
from app.match.engine.codes import Outcome
from app.match.shadow_messages import ShadowDayOut, ShadowDifferenceOut, ShadowPolicyIn, ShadowPolicyOut
from app.match.shadow_models import ShadowDecision, ShadowPolicy
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.policy_models import Policy

MOST_DAYS = 366
PASSED = Outcome.AUTO_APPROVED


class ShadowPolicyNotFound(NotFound):
    """The organisation has no shadow policy."""


def put_shadow_policy(call: Call, organisation_id: UUID, body: ShadowPolicyIn, if_match: str | None) -> ShadowPolicyOut:
    """Let a draft decide an organisation's invoices in the shadow from now on, instead of the one that did; the first
    time `If-Match: "0"` says that there was none.

    :raises PolicyNotFound, PolicyNotDraft, DraftElsewhere, DraftDecidesNothing: for a draft that tries nothing there.
    :raises WidensPolicy: for a draft that could not be published.
    """
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.POLICY_SET, organisation.id)
    draft_of(call, body.policy_id, organisation.id)
    shadow = call.session.get(ShadowPolicy, organisation.id, with_for_update=True)
    if shadow is None:
        shadow = ShadowPolicy(
            organisation_id=organisation.id,
            policy_id=body.policy_id,
            set_by=call.actor.id,
            set_at=call.now,
            reached=call.now,
            version=0,
        )
        require_version(shadow, if_match)
        call.session.add(shadow)
    else:
        require_version(shadow, if_match)
    shadow.policy_id, shadow.set_by, shadow.set_for = body.policy_id, call.actor.id, call.actor.on_behalf_of
    shadow.set_at = shadow.reached = call.now
    call.session.flush()
    _note(call, "shadow_policy.set", organisation, shadow)
    return _out(call, shadow)


def get_shadow_policy(call: Call, organisation_id: UUID) -> ShadowPolicyOut:
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.POLICY_READ, organisation.id)
    return _out(call, _shadow(call, organisation.id))


def end_shadow_policy(call: Call, organisation_id: UUID, if_match: str | None) -> None:
    """Let nothing decide in the shadow any more; what was decided there stays to be looked at."""
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.POLICY_SET, organisation.id)
    shadow = _shadow(call, organisation.id)
    require_version(shadow, if_match)
    _note(call, "shadow_policy.ended", organisation, shadow)
    call.session.delete(shadow)


def list_shadow_differences(call: Call, organisation_id: UUID, wanted: PageQuery) -> Page[ShadowDifferenceOut]:
    """Give the decisions that shadow policies of an organisation make otherwise, but for invoices of confidential
    orders that are others'.
    """
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.POLICY_REPLAY, organisation.id)
    query = select(ShadowDecision).where(
        ShadowDecision.organisation_id == organisation.id,
        col(ShadowDecision.differs).is_(True),
        open_to(call, col(ShadowDecision.invoice_id), ShadowDecision.organisation_id),
    )
    return page(call.session, query, ShadowDecision, wanted, _difference)


def list_shadow_days(call: Call, organisation_id: UUID) -> Page[ShadowDayOut]:
    """Give the latest days of an organisation's shadow policies, a year of them at most, the latest first."""
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.POLICY_REPLAY, organisation.id)
    live, shadow = col(ShadowDecision.live_outcome), col(ShadowDecision.shadow_outcome)
    query = (
        select(
            ShadowDecision.decided_on,
            ShadowDecision.policy_id,
            func.count(),
            _count(col(ShadowDecision.differs).is_(True)),
            _count(and_(live != PASSED, shadow == PASSED)),
            _count(and_(live == PASSED, shadow != PASSED)),
            _count(col(ShadowDecision.left_out).is_not(None)),
        )  # type: ignore[call-overload]  # the overloads of select end at four columns
        .where(ShadowDecision.organisation_id == organisation.id)
        .group_by(col(ShadowDecision.decided_on), col(ShadowDecision.policy_id))
        .order_by(col(ShadowDecision.decided_on).desc(), col(ShadowDecision.policy_id))
        .limit(MOST_DAYS)
    )
    names = tuple(ShadowDayOut.model_fields)
    rows = call.session.exec(query).all()
    return Page(data=[ShadowDayOut.model_validate(dict(zip(names, row, strict=True))) for row in rows])


def _count(condition: Any) -> Any:
    return func.sum(case((condition, 1), else_=0))


def _shadow(call: Call, organisation_id: UUID) -> ShadowPolicy:
    found = call.session.get(ShadowPolicy, organisation_id)
    if found is None:
        raise ShadowPolicyNotFound("this organisation has no shadow policy; set one with PUT")
    return found


def _note(call: Call, action: str, organisation: Organisation, shadow: ShadowPolicy) -> None:
    facts = {"policy_id": str(shadow.policy_id)}
    call.audit(action, chain=organisation.root_id, entity="organisation", entity_id=organisation.id, facts=facts)


def _out(call: Call, shadow: ShadowPolicy) -> ShadowPolicyOut:
    status = call.session.get_one(Policy, shadow.policy_id).status
    return ShadowPolicyOut(**shadow.model_dump(exclude={"reached"}), policy_status=status)


def _difference(row: ShadowDecision) -> ShadowDifferenceOut:
    return ShadowDifferenceOut.model_validate(row, from_attributes=True)
