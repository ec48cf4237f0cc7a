"""Steps of people with replays: what a draft would have made of the invoices of a period."""

from uuid import UUID

from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit import jobs
from app.kit.calls import Answer
from app.kit.errors import Fault, Invalid, NotFound
from app.kit.ids import new_id
from app.kit.jobs import About, Job, JobState
from app.kit.pages import Page, PageQuery, page
from app.match.confidential import kept_from
from app.match.drafts import Draft, checked, draft_of
from app.match.replay_messages import ReplayIn, ReplayOut, Tally
from app.match.replay_models import Replay
from app.match.replaying import REPLAY, span_of
from app.organisations import queries as organisations
from app.organisations.access import Call, branches, require
from app.organisations.models import Organisation
from app.organisations.permissions import Permission

ACCEPTED = 202


class ReplayNotFound(NotFound):
    """No such replay, or not for this caller."""


class PeriodBackwards(Invalid):
    """The last day of the period is before its first."""


class TwoDrafts(Invalid):
    """A replay is under a proposed policy or under rules of its own, not under both."""


def visible_replays(call: Call) -> SelectOfScalar[Replay]:
    """Give the replays of every branch whose policies the actor tries."""
    return select(Replay).where(branches(call.actor, Permission.POLICY_REPLAY, Replay.organisation_id))


def start_replay(call: Call, body: ReplayIn) -> Answer:
    """Queue a replay of a branch's invoices.

    :raises PeriodBackwards, TwoDrafts: for what cannot be meant.
    :raises PolicyNotFound, PolicyNotDraft, DraftElsewhere, DraftDecidesNothing: for a draft that tries nothing there.
    :raises WidensPolicy: for a draft that could not be published.
    """
    organisation = organisations.organisation(call, body.organisation_id)
    require(call, Permission.POLICY_REPLAY, organisation.id)
    draft = _draft(call, organisation, body)
    replay = Replay(
        id=new_id(call.now),
        organisation_id=organisation.id,
        received_from=body.received_from,
        received_to=body.received_to,
        policy_id=draft.policy_id,
        policy_organisation_id=draft.organisation_id,
        valid_from=draft.valid_from,
        rules=[rule.model_dump(mode="json", exclude_none=True) for rule in draft.rules],
        job_id=new_id(call.now),
        started_by=call.actor.id,
        started_for=call.actor.on_behalf_of,
        started_at=call.now,
    )
    replay.job_id = _queue(call, replay)
    call.session.add(replay)
    call.session.flush()
    facts = {"policy_id": str(draft.policy_id) if draft.policy_id else None, "rules": replay.rules}
    call.audit("replay.started", chain=organisation.root_id, entity="replay", entity_id=replay.id, facts=facts)
    return Answer(replay_out(call, replay), ACCEPTED, {"Location": f"/replays/{replay.id}"})


def _draft(call: Call, organisation: Organisation, body: ReplayIn) -> Draft:
    if body.received_to < body.received_from:
        message = f"the period ends before {body.received_from}, its first day; turn the two days round"
        raise PeriodBackwards(message, faults=[Fault(message, pointer="/received_to")])
    if body.policy_id is not None and body.rules:
        message = "send `policy_id` or `rules`, not both; rules of your own may repeat those of the policy"
        raise TwoDrafts(message, faults=[Fault(message, pointer="/rules")])
    if body.policy_id is not None:
        return draft_of(call, body.policy_id, organisation.id)
    if body.rules:
        return checked(call.session, Draft(organisation.id, organisation.name, call.today, tuple(body.rules)))
    return Draft(organisation.id, organisation.name, call.today, ())


def _queue(call: Call, replay: Replay) -> UUID:
    about = About(
        started_by=call.actor.id,
        started_for=call.actor.on_behalf_of,
        organisation_id=replay.organisation_id,
        total=span_of(replay).size(call.session),
    )
    return jobs.enqueue(call.session, REPLAY, str(replay.id), {"replay_id": str(replay.id)}, call.now, about)


def get_replay(call: Call, replay_id: UUID) -> ReplayOut:
    found = call.session.exec(visible_replays(call).where(Replay.id == replay_id)).first()
    if found is None:
        raise ReplayNotFound(f"there is no replay {replay_id}")
    return replay_out(call, found)


def list_replays(call: Call, wanted: PageQuery) -> Page[ReplayOut]:
    query = visible_replays(call)
    return page(call.session, query, Replay, wanted, lambda replay: replay_out(call, replay))


def replay_out(call: Call, replay: Replay) -> ReplayOut:
    """Show a replay with how far its job is; a result is shown when it is whole. It counts invoices of confidential
    orders, and names them to their parties alone.
    """
    job = call.session.get_one(Job, replay.job_id)
    result = Tally.model_validate(replay.tally) if job.state == JobState.SUCCEEDED and replay.tally else None
    if result is not None:
        named = {one.invoice_id for one in result.largest} | {one.invoice_id for one in result.divergences}
        hidden = kept_from(call, named)
        result.largest = [one for one in result.largest if one.invoice_id not in hidden]
        result.divergences = [one for one in result.divergences if one.invoice_id not in hidden]
    return ReplayOut.model_validate(
        {
            **replay.model_dump(exclude={"tally", "reached", "valid_from"}),
            **job.model_dump(include={"state", "progress", "total", "finished_at"}),
            "result": result,
        }
    )
