"""Steps of a requisition as its maker takes them: write it down, change it, hand it in, take it back.

A basket is a requisition in DRAFT: its lines may span suppliers and agreements, and nobody else sees it.
"""

from typing import Any
from uuid import UUID

from pydantic import ValidationError

from app.kit.errors import Conflict, Fault, Forbidden
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.kit.states import advance
from app.kit.versions import require_version
from app.orders import requisition_queries as queries
from app.orders.drafting import LinesNotOrderable
from app.orders.posting_lines import PostingNotAllowed, Rules
from app.orders.posting_messages import PostingIn
from app.orders.requisition_checks import require_complete
from app.orders.requisition_lines import Draft, in_body, need_of, without_others
from app.orders.requisition_messages import (
    MOST_LINES,
    CatalogueNeed,
    Need,
    NeedChange,
    RequisitionChange,
    RequisitionIn,
    RequisitionOut,
    RequisitionRow,
    TextNeed,
)
from app.orders.requisition_models import (
    REQUISITION_TRANSITIONS,
    LineSource,
    Requisition,
    RequisitionLine,
    RequisitionStatus,
)
from app.orders.requisition_views import as_maker, requisition_out
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.models import TaskType
from app.organisations.people_models import Role
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks, open_task
from app.organisations.tree import require_open

OF_A_CART = frozenset({"accounting_cost", "postings", "note", "cascade_reason"})
"""What changes about a line of a shop's cart; the rest is the shop's offer."""


class NotTheMaker(Forbidden):
    """Only whoever needs it, or their substitute, changes a requisition or takes it back."""


class RequisitionFixed(Conflict):
    """The requisition is with the buyers, or done; its maker changes it as a draft, or when it was returned."""


class RequisitionFull(Conflict):
    """A requisition holds 1,000 lines at most."""


def make_requisition(call: Call, body: RequisitionIn) -> RequisitionOut:
    """Write down what somebody needs, in DRAFT, with today's prices.

    :raises LinesNotOrderable: naming each line that is not visible, not orderable, or posted where it cannot be.
    :raises PostingNotAllowed: for a posting of the whole that the scheme does not allow.
    """
    organisation = organisations.organisation(call, body.organisation_id)
    require(call, Permission.REQUISITION_CREATE, organisation.id)
    require_open(organisation)
    requisition = Requisition(
        id=new_id(call.now),
        root_id=organisation.root_id,
        made_by=call.actor.id,
        made_for=call.actor.on_behalf_of,
        made_at=call.now,
        **body.model_dump(exclude={"lines", "delivery_address"}),
    )
    requisition.delivery_address = _kept(body)
    _post(call, requisition)
    lines = Draft(call, requisition).lines(body.lines)
    call.session.add(requisition)
    call.session.flush()
    call.session.add_all(lines)
    _note(call, requisition, "requisition.made")
    return requisition_out(call, requisition)


def list_requisitions(call: Call, wanted: PageQuery, status: RequisitionStatus | None) -> Page[RequisitionRow]:
    query = queries.visible_requisitions(call)
    if status is not None:
        query = query.where(Requisition.status == status)
    return page(
        call.session, query, Requisition, wanted, lambda row: RequisitionRow.model_validate(row, from_attributes=True)
    )


def get_requisition(call: Call, requisition_id: UUID) -> RequisitionOut:
    return requisition_out(call, queries.requisition(call, requisition_id))


def change_requisition(
    call: Call, requisition_id: UUID, body: RequisitionChange, if_match: str | None
) -> RequisitionOut:
    """Change what a requisition says of all its lines.

    :raises RequisitionFixed: when it is neither a draft nor returned.
    :raises PostingNotAllowed: for a posting that the scheme does not allow.
    """
    requisition = to_change(call, requisition_id, if_match)
    for name in body.model_fields_set - {"delivery_address"}:
        setattr(requisition, name, getattr(body, name))
    if "delivery_address" in body.model_fields_set:
        requisition.delivery_address = _kept(body)
    _post(call, requisition)
    _note(call, requisition, "requisition.changed", {"changed": sorted(body.model_fields_set)})
    return requisition_out(call, requisition)


def add_line(call: Call, requisition_id: UUID, body: Need, if_match: str | None) -> RequisitionOut:
    """Put a line on a requisition.

    :raises RequisitionFixed: when it is neither a draft nor returned.
    :raises RequisitionFull: when it holds as many lines as it may.
    :raises LinesNotOrderable: naming what is wrong with the line.
    """
    requisition = to_change(call, requisition_id, if_match)
    if len(queries.lines_of(call.session, requisition.id)) >= MOST_LINES:
        raise RequisitionFull(f"a requisition holds {MOST_LINES} lines; make another one")
    position = queries.next_position(call.session, requisition.id)
    (line,) = Draft(call, requisition, in_body).lines([body], position)
    call.session.add(line)
    _note(call, requisition, "requisition.line_added", {"line_id": str(line.id)})
    return requisition_out(call, requisition)


def change_line(
    call: Call, requisition_id: UUID, line_id: UUID, body: NeedChange, if_match: str | None
) -> RequisitionOut:
    """Change a line; what comes from a catalogue takes the price of the day anew.

    :raises RequisitionFixed: when the requisition is neither a draft nor returned.
    :raises LinesNotOrderable: naming what is wrong with the line as it would be.
    """
    requisition = to_change(call, requisition_id, if_match)
    line = queries.line(call.session, requisition, line_id)
    changed = without_others(line, body.model_dump(exclude_unset=True))
    if line.source == LineSource.PUNCH_OUT:
        _change_of_cart(call, requisition, line, changed)
    else:
        need = _need(line.source, need_of(line) | changed)
        (drawn,) = Draft(call, requisition, in_body).lines([need], line.position)
        for name, value in drawn.model_dump(exclude={"id"}).items():
            setattr(line, name, value)
    _note(call, requisition, "requisition.line_changed", {"line_id": str(line.id)})
    return requisition_out(call, requisition)


def _need(source: LineSource, values: dict[str, Any]) -> CatalogueNeed | TextNeed:
    model = CatalogueNeed if source == LineSource.CATALOGUE else TextNeed
    try:
        return model.model_validate({**values, "postings": values.get("postings") or ()})
    except ValidationError as reason:
        places = [("".join(f"/{part}" for part in error["loc"]), error["msg"]) for error in reason.errors()]
        faults = [Fault(message, pointer=pointer or None) for pointer, message in places]
        raise LinesNotOrderable("the line does not fit; see `errors`", faults=faults) from reason


def _change_of_cart(call: Call, requisition: Requisition, line: RequisitionLine, changed: dict[str, Any]) -> None:
    draft = Draft(call, requisition, in_body)
    for name in sorted(changed.keys() - OF_A_CART):
        message = f"{name} is part of the shop's offer; enter the shop again to have it otherwise"
        draft.faults.append(Fault(message, pointer=f"/{name}"))
    if changed.keys() & {"accounting_cost", "postings"}:
        postings = [PostingIn.model_validate(posting) for posting in changed.get("postings") or ()]
        changed |= draft.posted(0, changed.get("accounting_cost"), postings, line.amount)
    draft.refuse()
    for name, value in changed.items():
        setattr(line, name, value)


def drop_line(call: Call, requisition_id: UUID, line_id: UUID, if_match: str | None) -> RequisitionOut:
    """Take a line off a requisition.

    :raises RequisitionFixed: when it is neither a draft nor returned.
    """
    requisition = to_change(call, requisition_id, if_match)
    line = queries.line(call.session, requisition, line_id)
    call.session.delete(line)
    _note(call, requisition, "requisition.line_dropped", {"line_id": str(line_id)})
    return requisition_out(call, requisition)


def submit_requisition(call: Call, requisition_id: UUID, if_match: str | None) -> RequisitionOut:
    """Hand a requisition in, at today's prices; a task opens for the organisation's buyers.

    :raises RequisitionIncomplete: naming the fields that are missing, and each line that cannot be ordered.
    """
    requisition = _as_its_maker(call, requisition_id, if_match)
    advance(requisition, RequisitionStatus.SUBMITTED, REQUISITION_TRANSITIONS)
    require_open(organisations.organisation(call, requisition.organisation_id))
    require_complete(call, requisition, as_maker(call, requisition))
    requisition.submitted_at = call.now
    close_tasks(call.session, requisition.id, [TaskType.REQUISITION_RETURNED], now=call.now, by=call.actor.id)
    ask_buyers(call, requisition)
    _note(call, requisition, "requisition.submitted")
    return requisition_out(call, requisition)


def ask_buyers(call: Call, requisition: Requisition, user_id: UUID | None = None) -> None:
    """Let a requisition wait for the organisation's buyers, or for the one who works on it."""
    close_tasks(call.session, requisition.id, [TaskType.HANDLE_REQUISITION], now=call.now, by=call.actor.id)
    call.session.flush()
    open_task(
        call.session,
        TaskType.HANDLE_REQUISITION,
        organisation_id=requisition.organisation_id,
        role=Role.BUYER,
        user_id=user_id,
        subject="requisition",
        subject_id=requisition.id,
        now=call.now,
    )


def withdraw_requisition(call: Call, requisition_id: UUID, if_match: str | None) -> RequisitionOut:
    """Take back what nobody works on yet.

    :raises WrongState: when a buyer works on it, or it is done.
    """
    requisition = _as_its_maker(call, requisition_id, if_match)
    advance(requisition, RequisitionStatus.WITHDRAWN, REQUISITION_TRANSITIONS)
    waiting = [TaskType.HANDLE_REQUISITION, TaskType.REQUISITION_RETURNED]
    close_tasks(call.session, requisition.id, waiting, now=call.now, by=call.actor.id)
    _note(call, requisition, "requisition.withdrawn")
    return requisition_out(call, requisition)


def _own(call: Call, requisition_id: UUID, *, lock: bool = True) -> Requisition:
    requisition = queries.requisition(call, requisition_id, lock=lock)
    require(call, Permission.REQUISITION_CREATE, requisition.organisation_id)
    if call.actor.principal_id != requisition.maker_id:
        raise NotTheMaker("it is somebody else's requisition; a buyer claims it, or returns it with a reason")
    return requisition


def _as_its_maker(call: Call, requisition_id: UUID, if_match: str | None) -> Requisition:
    requisition = _own(call, requisition_id)
    require_version(requisition, if_match)
    return requisition


def to_change(call: Call, requisition_id: UUID, if_match: str | None) -> Requisition:
    """Find a requisition for its maker to change, at the version that they saw.

    :raises RequisitionFixed: when it is neither a draft nor returned.
    """
    requisition = _as_its_maker(call, requisition_id, if_match)
    _require_changeable(requisition)
    return requisition


def to_edit(call: Call, requisition_id: UUID, *, lock: bool = True) -> Requisition:
    """Find a requisition whose cart its maker changes in the shop, which knows no versions.

    :raises RequisitionFixed: when it is neither a draft nor returned.
    """
    requisition = _own(call, requisition_id, lock=lock)
    _require_changeable(requisition)
    return requisition


def _require_changeable(requisition: Requisition) -> None:
    if requisition.status not in (RequisitionStatus.DRAFT, RequisitionStatus.RETURNED):
        raise RequisitionFixed(f"it is {requisition.status}; a draft is changed, or what was returned")


def _kept(body: RequisitionIn | RequisitionChange) -> dict[str, Any] | None:
    return body.delivery_address.model_dump(mode="json", exclude_none=True) if body.delivery_address else None


def _post(call: Call, requisition: Requisition) -> None:
    if requisition.accounting_cost is None:
        return
    rules = Rules.of(call.session, requisition.organisation_id)
    if faults := rules.faults(requisition.accounting_cost, "/accounting_cost"):
        raise PostingNotAllowed("the posting is not allowed; see `errors`", faults=faults)
    requisition.accounting_cost = rules.normalised(requisition.accounting_cost)


def _note(call: Call, requisition: Requisition, action: str, facts: dict[str, Any] | None = None) -> None:
    call.audit(action, chain=requisition.root_id, entity="requisition", entity_id=requisition.id, facts=facts)
