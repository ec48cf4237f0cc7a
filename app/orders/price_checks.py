"""Prices of carts looked at again: the shop is asked before the transaction, and what it says now stands beside what a
line says. What is the same is offered anew; what differs is taken only when somebody says so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Request
from sqlmodel import Session

from app.agreements.models import Agreement
from app.kit import calls
from app.kit.calls import Caller
from app.kit.errors import Fault, Invalid
from app.kit.fetch import TargetNotAllowed
from app.kit.versions import require_version
from app.orders import punch_out_queries as queries
from app.orders import requisition_queries
from app.orders.cart_rows import Shelf
from app.orders.cart_standing import judgements
from app.orders.price_comparing import differences, same_product
from app.orders.punch_out.cart import Cart, CartLine
from app.orders.punch_out.oci_functions import validate_fields
from app.orders.punch_out_doors import Means, OfMeans
from app.orders.punch_out_models import PunchOutShop
from app.orders.quote_renewing import can_validate
from app.orders.requisition_checks import in_proportion
from app.orders.requisition_models import LineSource, Requisition, RequisitionLine, RequisitionStatus
from app.orders.requisition_views import requisition_out
from app.orders.requisition_work import require_claimed
from app.orders.requisitions import to_edit
from app.orders.shop_asking import Inquiry, ask, inquiry
from app.orders.shop_messages import MOST_CHECKED, CheckedLineOut, CheckResult, PriceCheckIn, PriceCheckOut
from app.orders.visit_purposes import product_id_of
from app.orders.visits import ShopNotAnswering
from app.organisations.access import Call, Db, OnBehalfOf, find_actor

TIME_FOR_ALL: Final = timedelta(seconds=30)
"""After that no further line is asked about; whoever waits can ask again."""


class LinesNotChecked(Invalid):
    """The lines are none of a shop's cart on this requisition, or too many for one look."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What shops answered of lines, and of the others why they did not."""

    carts: Mapping[UUID, Cart] = field(default_factory=dict)
    silent: Mapping[UUID, str] = field(default_factory=dict)


def asked_anew(
    request: Request,
    requisition_id: UUID,
    body: PriceCheckIn,
    who: Caller,
    db: Db,
    means: OfMeans,
    on_behalf_of: OnBehalfOf = None,
) -> Answers:
    """Give the dependency that asks the shops about lines, once the caller was found to work on the requisition; of a
    request that is repeated they are not asked again.
    """
    if db.is_repeated():
        return Answers()
    state = request.app.state
    now = state.clock.now()

    def look(session: Session) -> dict[UUID, tuple[UUID, Inquiry]]:
        call = calls.Call(session, find_actor(session, who, now, on_behalf_of), now)
        requisition = _in_work(call, requisition_id, lock=False)
        return _inquiries(call, means, _wanted(call, requisition, body))

    inquiries = state.database.run(look, write=False)
    return _ask_all(means, inquiries, state.clock.now)


OfAnswers = Annotated[Answers, Depends(asked_anew)]


def _inquiries(call: Call, means: Means, lines: Sequence[RequisitionLine]) -> dict[UUID, tuple[UUID, Inquiry]]:
    """Give what is asked about each line that can be asked about, with its shop."""
    found: dict[UUID, tuple[UUID, Inquiry]] = {}
    shops: dict[UUID, PunchOutShop | None] = {}
    for line in lines:
        shop = _shop_of(call.session, line, shops)
        product_id = product_id_of(line)
        if shop is not None and can_validate(shop) and product_id is not None:
            found[line.id] = shop.id, inquiry(call, shop, means, validate_fields(product_id, line.quantity))
    return found


def _shop_of(session: Session, line: RequisitionLine, known: dict[UUID, PunchOutShop | None]) -> PunchOutShop | None:
    if line.agreement_id is None:
        return None
    if line.agreement_id not in known:
        known[line.agreement_id] = queries.shop_of(session, line.agreement_id)
    return known[line.agreement_id]


def _ask_all(
    means: Means, inquiries: Mapping[UUID, tuple[UUID, Inquiry]], clock_now: Callable[[], datetime]
) -> Answers:
    """Ask about one line after the other; a shop that once does not answer is asked no more."""
    carts: dict[UUID, Cart] = {}
    silent: dict[UUID, str] = {}
    tired: dict[UUID, str] = {}
    ends = clock_now() + TIME_FOR_ALL
    for line_id, (shop_id, asked) in inquiries.items():
        try:
            if shop_id in tired or clock_now() >= ends:
                silent[line_id] = tired.get(shop_id, "the others took all the time; ask again for this line alone")
            else:
                carts[line_id] = ask(means, asked)
        except (ShopNotAnswering, TargetNotAllowed) as reason:
            silent[line_id] = tired[shop_id] = reason.message
    return Answers(carts, silent)


def check_prices(
    call: Call, requisition_id: UUID, body: PriceCheckIn, answers: Answers, if_match: str | None
) -> PriceCheckOut:
    """Say what the shops offer now for lines of carts, renew what is the same, and take what differs when asked to.

    :raises RequisitionFixed, NotTheMaker, NotYoursToWorkOn: for who does not work on the requisition.
    :raises LinesNotChecked: for lines that came of no shop's cart, or more than fifty.
    """
    requisition = _in_work(call, requisition_id)
    require_version(requisition, if_match)
    lines = _wanted(call, requisition, body)
    checked = [_checked(call, line, answers, take=body.take) for line in lines]
    facts = {"lines": {str(one.line_id): one.result.value for one in checked}}
    call.audit(
        "requisition.prices_checked",
        chain=requisition.root_id,
        entity="requisition",
        entity_id=requisition.id,
        facts=facts,
    )
    return PriceCheckOut(requisition=requisition_out(call, requisition), lines=checked)


def _in_work(call: Call, requisition_id: UUID, *, lock: bool = True) -> Requisition:
    """Find a requisition for whoever works on it: its maker, or the buyer who has claimed it."""
    requisition = requisition_queries.requisition(call, requisition_id, lock=lock)
    if requisition.status == RequisitionStatus.IN_WORK:
        require_claimed(call, requisition)
        return requisition
    return to_edit(call, requisition_id, lock=lock)


def _wanted(call: Call, requisition: Requisition, body: PriceCheckIn) -> list[RequisitionLine]:
    lines = [
        line
        for line in requisition_queries.lines_of(call.session, requisition.id)
        if line.source == LineSource.PUNCH_OUT
    ]
    if body.line_ids is not None:
        known = {line.id for line in lines}
        faults = [
            Fault(f"there is no line {line_id} of a shop's cart", pointer=f"/line_ids/{index}")
            for index, line_id in enumerate(body.line_ids)
            if line_id not in known
        ]
        if faults:
            raise LinesNotChecked("some lines are none of a shop's cart; see `errors`", faults=faults)
        lines = [line for line in lines if line.id in set(body.line_ids)]
    if len(lines) > MOST_CHECKED:
        message = f"{len(lines)} lines are of carts; name at most {MOST_CHECKED} at once"
        raise LinesNotChecked(message, faults=[Fault(message, pointer="/line_ids")])
    return lines


def _checked(call: Call, line: RequisitionLine, answers: Answers, *, take: bool) -> CheckedLineOut:
    cart = answers.carts.get(line.id)
    if cart is None:
        silent = answers.silent.get(line.id)
        result = CheckResult.NOT_ASKED if silent is None else CheckResult.NO_ANSWER
        reason = silent or "its shop does not say what a product costs now; enter the shop again"
        return CheckedLineOut(line_id=line.id, result=result, reason=reason, differences=[], is_taken=False)
    now = same_product(line, cart)
    if now is None:
        reason = "the shop does not offer it any more; take the line off"
        return CheckedLineOut(line_id=line.id, result=CheckResult.GONE, reason=reason, differences=[], is_taken=False)
    found = differences(line, now)
    is_taken = take or not found
    if is_taken:
        _take(call, line, now)
    result = CheckResult.DIFFERS if found else CheckResult.SAME
    return CheckedLineOut(line_id=line.id, result=result, reason=None, differences=found, is_taken=is_taken)


def _take(call: Call, line: RequisitionLine, now: CartLine) -> None:
    assert line.agreement_id is not None  # noqa: S101 - it came of the agreement's shop
    agreement = call.session.get_one(Agreement, line.agreement_id)
    shelf = Shelf.of(agreement, queries.shop_of(call.session, agreement.id), call.now)
    ((_, judgement),) = judgements(call, agreement, [now])
    for name, value in shelf.offer(now, judgement).items():
        setattr(line, name, value)
    line.postings = in_proportion(line.postings, line.amount)
