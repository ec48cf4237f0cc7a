"""The buyer's decision on a supplier's answer: accepted whole, or line by line with an OrderChange for the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from app.documents.order_response import OrderResponse, OrderResponseLine
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.versions import require_version
from app.orders import pictures, queries
from app.orders.answer_messages import AcceptIn, Choice, LineChoiceIn
from app.orders.answered import Offer, hindrance, offers
from app.orders.approving import require_prokura, require_second_person
from app.orders.cancelling import has_come, require_ours
from app.orders.change_sending import require_profile, send_change
from app.orders.messages import OrderOut
from app.orders.models import PurchaseOrder, PurchaseOrderLine, ResponseStatus
from app.orders.pictures import Picture
from app.orders.receipt_free import require_receipt_free
from app.orders.receiving import locked_lines
from app.orders.responding import agree_on, ask_invoices_anew, waiting_answer
from app.orders.service import order_out
from app.organisations.access import Call, require
from app.organisations.models import TaskType
from app.organisations.permissions import Permission
from app.organisations.tasks import close_tasks

ZERO = Decimal(0)


class AnswerNotUsable(Conflict):
    """The order cannot carry what was answered: another item where a part has come, other units, another amount without
    a price. The lines that can be are accepted alone.
    """


class ChoiceDoesNotFit(Invalid):
    """A choice is for a line that was not answered, or for what is not offered of it; each is named."""


@dataclass(slots=True)
class Settlement:
    """What becomes of an answer: the offers that are agreed on, the quantities that lines are cut down to after that,
    and the lines that the supplier is told of.
    """

    agreed: dict[str, Offer] = field(default_factory=dict)
    cut: dict[str, Decimal] = field(default_factory=dict)
    declined: list[str] = field(default_factory=list)


def accept_changes(call: Call, order_id: UUID, body: AcceptIn | None, if_match: str | None) -> OrderOut:
    """Agree to the supplier's changes, all or some of them; a total above the approved one is approved like a new
    order. What is not agreed on is sent as an OrderChange.

    :raises NothingToAccept: when no answer waits.
    :raises ChoiceDoesNotFit: naming each choice that the answer does not leave.
    :raises AnswerNotUsable: when the order cannot carry what was answered.
    :raises ProkuraTooSmall, SecondPersonNeeded: when the new total is above what was approved.
    :raises ProfileLacks: when the order's profile has no OrderChange to decline single lines by.
    :raises OrderElsewhere: when single lines of an order are declined that another system sent.
    """
    order = queries.order(call, order_id, lock=True)
    require_version(order, if_match)
    response, lines = waiting_answer(order), locked_lines(call, order)
    settled = _settle(order, lines, response, body.lines if body is not None else [])
    if settled.declined:
        require_ours(order)
        require_profile(order, "OrderChange")
    approved = max(order.total_amount, sum((line.accepted_amount for line in lines.values()), start=ZERO))
    agree_on(call, order, lines, settled.agreed)
    wanted = _wanted(order, lines, settled.cut)
    _require_approval(call, order, lines, wanted, approved)
    order.response_status, order.pending_response = ResponseStatus.ACCEPTED, None
    close_tasks(call.session, order.id, [TaskType.ORDER_RESPONSE], now=call.now, by=call.actor.id)
    if settled.declined and body is not None and body.reason is not None:
        send_change(call, order, list(lines.values()), wanted, [body.reason])
    else:
        ask_invoices_anew(call, order)
    facts = {"declined": ", ".join(settled.declined)} if settled.declined else {}
    call.audit("order.changes_accepted", chain=order.root_id, entity="order", entity_id=order.id, facts=facts)
    return order_out(call, order)


def _settle(
    order: PurchaseOrder,
    lines: Mapping[str, PurchaseOrderLine],
    response: OrderResponse,
    choices: Sequence[LineChoiceIn],
) -> Settlement:
    answers = {answer.line.line_id: answer for answer in response.lines}
    _require_fit(answers, lines, choices)
    chosen = {one.line_id: one for one in choices}
    settled = Settlement()
    for line_id, answer in answers.items():
        _settle_line(order, lines.get(line_id), answer, chosen.get(line_id) or LineChoiceIn(line_id=line_id), settled)
    return settled


def _settle_line(
    order: PurchaseOrder,
    line: PurchaseOrderLine | None,
    answer: OrderResponseLine,
    one: LineChoiceIn,
    settled: Settlement,
) -> None:
    if one.choice != Choice.ACCEPT:
        settled.declined.append(one.line_id)
    if one.choice == Choice.DROP and line is not None:
        settled.cut[one.line_id] = ZERO
    if one.choice in (Choice.INSIST, Choice.DROP):
        return
    if line is None:
        _refuse(f"line {one.line_id} is not on it")
        return
    offer = _taken(line, answer, one)
    if (why := hindrance(line, answer, offer, come=has_come(order, line))) is not None:
        _refuse(why)
    settled.agreed[one.line_id] = offer
    if one.choice == Choice.ACCEPT_WITHOUT_REST:
        settled.cut[one.line_id] = offer.without_rest.quantity.value


def _refuse(why: str) -> None:
    raise AnswerNotUsable(
        f"the order cannot carry this answer: {why}; decline that line (choice INSIST or DROP), or the whole answer"
    )


def _taken(line: PurchaseOrderLine, answer: OrderResponseLine, one: LineChoiceIn) -> Offer:
    """Give the offer that is taken: the one that is named, or the only one."""
    found = offers(line, answer)
    if one.substitute is None and len(found) > 1:
        named = ", ".join(str(offer.substitute) for offer in found)
        raise AnswerNotUsable(f"line {line.line_id} has several substitutes ({named}); say which in `substitute`")
    return next(offer for offer in found if one.substitute in (None, offer.substitute))


def _require_fit(
    answers: Mapping[str, OrderResponseLine], lines: Mapping[str, PurchaseOrderLine], choices: Sequence[LineChoiceIn]
) -> None:
    faults, seen = [], set[str]()
    for index, one in enumerate(choices):
        message = f"line {one.line_id} is there twice" if one.line_id in seen else _misfit(answers, lines, one)
        seen.add(one.line_id)
        if message is not None:
            faults.append(Fault(message, pointer=f"/lines/{index}"))
    if faults:
        raise ChoiceDoesNotFit("the choices do not fit the answer; see `errors`", faults=faults)


def _misfit(
    answers: Mapping[str, OrderResponseLine], lines: Mapping[str, PurchaseOrderLine], one: LineChoiceIn
) -> str | None:
    answer, line = answers.get(one.line_id), lines.get(one.line_id)
    if answer is None:
        return f"line {one.line_id} was not answered"
    found = offers(line, answer) if line is not None else ()
    if one.substitute is not None and one.substitute not in {offer.substitute for offer in found}:
        return f"no substitute {one.substitute} is offered for line {one.line_id}"
    if one.choice == Choice.ACCEPT_WITHOUT_REST and not any(offer.later for offer in found):
        return f"nothing of line {one.line_id} is on back-order"
    return None


def _wanted(
    order: PurchaseOrder, lines: Mapping[str, PurchaseOrderLine], cut: Mapping[str, Decimal]
) -> dict[str, Picture]:
    """Give the lines that are cut down as they are to be.

    :raises AnswerNotUsable: when more of one has come or been billed, or nothing would be left of the order.
    """
    found: dict[str, Picture] = {}
    for line_id, quantity in cut.items():
        line = lines[line_id]
        found[line_id] = (
            pictures.of_amount(line, quantity)
            if line.by_amount
            else pictures.at(line, quantity, pictures.present(line).price)
        )
        why = pictures.misfit(line, found[line_id], requires_receipt=order.requires_receipt)
        if why is not None:
            raise AnswerNotUsable(f"{why}; accept that line, or insist on it")
    if cut and not any(_left(line, found.get(line.line_id)) for line in lines.values()):
        raise AnswerNotUsable("nothing would be left of the order; decline the answer and cancel it (decline-changes)")
    return found


def _left(line: PurchaseOrderLine, picture: Picture | None) -> Decimal:
    now = picture or pictures.present(line)
    return now.amount if line.by_amount else now.quantity


def _require_approval(
    call: Call,
    order: PurchaseOrder,
    lines: Mapping[str, PurchaseOrderLine],
    wanted: Mapping[str, Picture],
    approved: Decimal,
) -> None:
    amounts = [wanted[key].amount if key in wanted else line.accepted_amount for key, line in lines.items()]
    total = sum(amounts, start=ZERO)
    if total <= approved:
        require(call, Permission.ORDER_CREATE, order.organisation_id)
        return
    require(call, Permission.ORDER_APPROVE, order.organisation_id)
    require_prokura(call, order, amounts, list(lines.values()))
    require_second_person(call, order, total)
    require_receipt_free(call, order, total)
