"""Answers about sharing: who has an agreement from whom, and why somebody sees it or not."""

from datetime import date
from uuid import UUID

from sqlmodel import col, or_, select

from app.agreements import queries
from app.agreements.chains import paths_of
from app.agreements.groups import left_by, read_chain
from app.agreements.messages import FindingOut, GroupsLeft, ReachOut, ReachState, WhyOut
from app.agreements.models import Agreement, AgreementStatus, Share, ShareTarget
from app.agreements.reaching import Day, reaches, whole
from app.agreements.why import Cause, Facts, Finding, Path, explain, stopped_at
from app.kit.pages import Page, PageQuery, write_cursor
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.models import Organisation
from app.organisations.people_models import User
from app.organisations.permissions import Permission
from app.organisations.tree import above_on

OUT_OF_SIGHT = FindingOut(
    code=Cause.STEP_NOT_VALID,
    message="a share above your branches is revoked or not valid today",
    message_da="en deling over din del af organisationen er trukket tilbage eller gælder ikke i dag",
    share_id=None,
)


def list_reach(call: Call, agreement_id: UUID, wanted: PageQuery) -> Page[ReachOut]:
    """Give the shares of an agreement made or received in the actor's branches, each with what is left and works of it;
    a step always comes before those that hang on it.
    """
    agreement = queries.agreement(call, agreement_id)
    in_sight = queries.shares_in_sight(call, agreement.id)
    found = queries.level_by_level(call.session, in_sight, wanted)
    shown = found[: wanted.limit]
    paths = paths_of(call.session, shown, Day.of(call.today))
    steps = {step.share_id for path in paths.values() for step in path}
    seen = {step.id for step in call.session.exec(in_sight.where(col(Share.id).in_(steps))).all()}
    data = [_reach_out(call.today, agreement, share, paths[share.id], seen) for share in shown]
    return Page(data=data, next_cursor=write_cursor(shown[-1].id) if len(found) > wanted.limit else None)


def _reach_out(today: date, agreement: Agreement, share: Share, path: Path, seen: set[UUID]) -> ReachOut:
    stop = stopped_at(path, today)
    chain = left_by(read_chain(share.narrowings))
    told = stop is None or stop.share_id in seen
    return ReachOut(
        **share.model_dump(
            include={"id", "parent_id", "from_organisation_id", "target", "organisation_id", "user_id", "group_id"}
        ),
        depth=len(path) - 1,
        from_name=path[-1].giver,
        to_name=path[-1].receiver,
        groups_left=GroupsLeft(
            agreement=agreement.product_groups,
            include=list(chain.include) if chain.include is not None else None,
            exclude=list(chain.exclude),
        ),
        valid_from=share.effective_from,
        valid_to=share.effective_to,
        revoked_at=share.revoked_at,
        state=_state(share, stop, today),
        because=None if stop is None else _finding_out(stop) if told else OUT_OF_SIGHT,
    )


def _state(share: Share, stop: Finding | None, today: date) -> ReachState:
    if stop is None:
        return ReachState.EFFECTIVE
    if stop.share_id != share.id:
        return ReachState.BROKEN
    if stop.cause in (Cause.STEP_REVOKED, Cause.STEP_LAPSED):
        return ReachState.REVOKED
    return ReachState.NOT_YET if today < share.valid_from else ReachState.OVER


def _finding_out(found: Finding) -> FindingOut:
    return FindingOut(code=found.cause, message=found.message, message_da=found.message_da, share_id=found.share_id)


def explain_why(call: Call, agreement_id: UUID, user_id: UUID, on: date | None, group: str | None) -> WhyOut:
    """Tell whether a user sees an agreement on a day, and what lets it through or stops it.

    :raises NotAllowed: for whoever does not read users where the user is.
    """
    user = organisations.user(call, user_id)
    require(call, Permission.USER_READ, user.organisation_id or UUID(int=0))
    agreement = queries.agreement_above(call, agreement_id, user)
    day = Day.of(on or call.today)
    visible, findings = explain(_facts(call, agreement, user, day, group))
    return WhyOut(
        agreement_id=agreement.id,
        user_id=user.id,
        on=day.on,
        group=group,
        visible=visible,
        findings=[_finding_out(found) for found in findings],
    )


def _facts(call: Call, agreement: Agreement, user: User, day: Day, group: str | None) -> Facts:
    then = queries.agreement_on(call.session, agreement, day)
    place = call.session.get_one(Organisation, user.organisation_id)
    granted = select(Share).where(Share.agreement_id == agreement.id, col(Share.granted_at) < day.end)
    reaching = call.session.exec(granted.where(or_(*reaches(user.id, user.organisation_id, day)))).all()
    above = above_on(user.organisation_id, day.on)
    handed = granted.where(Share.target == ShareTarget.ORGANISATION, col(Share.organisation_id).in_(above))
    held = call.session.exec(handed).all()
    paths = paths_of(call.session, {share.id: share for share in (*reaching, *held)}.values(), day)
    holders = {share.organisation_id for share in call.session.exec(handed.where(whole(day))).all()}
    holder = _nearest(call, place, holders | {agreement.owner_id}, day.on)
    return Facts(
        day=day.on,
        contract_number=agreement.contract_number,
        user=user.name,
        place=place.name,
        status=then.status if then is not None else AgreementStatus.DRAFT,
        valid_from=then.valid_from if then is not None else agreement.valid_from,
        valid_to=then.valid_to if then is not None else agreement.valid_to,
        product_groups=tuple(then.product_groups if then is not None else agreement.product_groups),
        paths=[paths[share.id] for share in reaching],
        held=[paths[share.id] for share in held],
        holder=holder.name if holder is not None else None,
        is_own=holder is not None and holder.id == place.id,
        group=group,
    )


def _nearest(call: Call, place: Organisation, holders: set[UUID], day: date) -> Organisation | None:
    """Give the nearest organisation at or above a place, as the tree stood on a day, that is one of some."""
    upwards = organisations.upwards_on(call.session, place.id, day)
    return next((organisation for organisation in upwards if organisation.id in holders), None)
