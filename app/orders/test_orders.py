"""Test orders: a supplier that takes OIOUBL is tried with one, and is active once it has accepted it.

A test order is a real document by the way that orders will go, under a number of its own series, of one piece for
nothing. It is no order: nobody approves, receives or matches it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlmodel import Session, col, or_, select

from app import dialects
from app.documents.amounts import MonetaryTotal
from app.documents.item import Item
from app.documents.order import Order, OrderLine
from app.documents.order_response import OrderResponse, OrderResponseSimple
from app.documents.party import Contact, Party
from app.documents.price import Price
from app.documents.values import Identifier
from app.kit import outbox
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.money import Quantity
from app.kit.pages import Page, PageQuery, page
from app.kit.states import advance
from app.orders.answered import CHANGED_STATUSES
from app.orders.numbering import next_test_number
from app.orders.test_order_messages import SupplierTestIn, SupplierTestOut
from app.orders.test_order_models import TRANSITIONS, SupplierTest, SupplierTestStatus
from app.organisations import queries as organisations
from app.organisations.access import Call, branches, require
from app.organisations.identity import organisation_party, supplier_party
from app.organisations.permissions import Permission
from app.organisations.supplier_models import OrderChannel, Supplier, SupplierStatus
from app.organisations.supplier_standing import (
    NO_ORDER_PROFILE,
    NOT_ACTIVATED,
    activate_tested,
    order_profile,
    require_unblocked,
    require_verified,
)
from app.organisations.tree import require_open

DANISH: Final = "Dette er en prøveordre: intet skal leveres, og intet skal faktureres."
ENGLISH: Final = "This is a test order: nothing is to be delivered, and nothing is to be invoiced."
NOTE: Final = f"{DANISH} / {ENGLISH}"
NAME: Final = "PRØVE - lever intet / deliver nothing"
WORD: Final = "TEST"
CURRENCY: Final = "DKK"
NOTHING: Final = Decimal("0.00")
ONE: Final = Quantity(Decimal(1), "EA")


class SupplierNotTestable(Conflict):
    """A test order is for a registered supplier that takes orders as OIOUBL, in a profile that holds one."""


class SupplierTestOutdated(Conflict):
    """The test order went another way than orders would go now, so an answer to it says nothing."""


def send_test_order(call: Call, supplier_id: UUID, body: SupplierTestIn) -> SupplierTestOut:
    """Send a supplier a test order in the name of an organisation.

    :raises SupplierNotVerified, SupplierBlocked, SupplierNotTestable: for a supplier that a test would not help.
    :raises OrganisationClosed, NoLocationNumber: for an organisation that sends no orders.
    """
    supplier = organisations.supplier(call, supplier_id)
    organisation = organisations.organisation(call, body.organisation_id)
    require(call, Permission.SUPPLIER_REGISTER, organisation.id)
    require_open(organisation)
    profile_id = _profile_of(supplier)
    buyer = organisation_party(call.session, organisation, call.today).but(contact=Contact(id=WORD))
    test_id, number = new_id(call.now), next_test_number(call.session, organisation.id)
    document = _document(test_id, number, profile_id, buyer, supplier, call.today)
    item = outbox.enqueue(
        call.session,
        dialects.write(document),
        sender=buyer.keys[0],
        receiver=f"{supplier.endpoint_scheme_id}:{supplier.endpoint_id}",
        document_type="Order",
        number=number,
        profile_id=profile_id,
        now=call.now,
        about_id=test_id,
    )
    test = SupplierTest(
        id=test_id,
        number=number,
        supplier_id=supplier.id,
        organisation_id=organisation.id,
        root_id=organisation.root_id,
        profile_id=profile_id,
        document_id=item.document_id,
        reasons=[],
        sent_at=call.now,
        **supplier.model_dump(include={"endpoint_scheme_id", "endpoint_id"}),
    )
    call.session.add(test)
    _note(call, test)
    return _out(test)


def _profile_of(supplier: Supplier) -> str:
    """Give the profile that a supplier is tried in."""
    require_unblocked(supplier)
    require_verified(supplier)
    if supplier.status == SupplierStatus.ACTIVE:
        raise SupplierNotTestable(f"{supplier.name} is ACTIVE and gets orders; no test is needed")
    if supplier.order_channel != OrderChannel.OIOUBL:
        raise SupplierNotTestable(f"{supplier.name} takes orders by {supplier.order_channel}; it lacks {NOT_ACTIVATED}")
    profile_id = order_profile(supplier)
    if profile_id is None:
        raise SupplierNotTestable(f"{supplier.name} takes no orders; it lacks {NO_ORDER_PROFILE}")
    return profile_id


def _document(test_id: UUID, number: str, profile_id: str, buyer: Party, supplier: Supplier, on: date) -> Order:
    line = OrderLine(
        line_id="1",
        notes=(NOTE,),
        quantity=ONE,
        line_extension_amount=NOTHING,
        price=Price(price_amount=NOTHING, currency=CURRENCY, base_quantity=ONE),
        item=Item(name=NAME, descriptions=(NOTE,), sellers_item_id=Identifier(value=WORD)),
    )
    return Order(
        profile_id=profile_id,
        number=number,
        uuid=str(test_id),
        issue_date=on,
        notes=(NOTE,),
        document_currency_code=CURRENCY,
        buyer=buyer,
        supplier=supplier_party(supplier),
        anticipated_total=MonetaryTotal(line_extension_amount=NOTHING, payable_amount=NOTHING),
        lines=(line,),
    )


def list_test_orders(call: Call, supplier_id: UUID, wanted: PageQuery) -> Page[SupplierTestOut]:
    """Give the test orders of a supplier that organisations of the actor's branches sent, or all to the supplier."""
    supplier = organisations.supplier(call, supplier_id)
    query = select(SupplierTest).where(
        SupplierTest.supplier_id == supplier.id,
        or_(
            branches(call.actor, Permission.SUPPLIER_READ, SupplierTest.organisation_id),
            col(SupplierTest.supplier_id).in_(call.actor.suppliers(Permission.DOCUMENT_POST)),
        ),
    )
    return page(call.session, query, SupplierTest, wanted, _out)


def take_answer(call: Call, test: SupplierTest, answer: OrderResponse | OrderResponseSimple) -> None:
    """Take in what a supplier answers: a yes lets a registered one be active, a no is kept with its reasons.

    :raises WrongState: for a test order that has been answered.
    :raises SupplierTestOutdated: when orders would go another way by now.
    """
    supplier = _as_it_is(call.session, test.supplier_id)
    accepted, reasons = _said(answer)
    advance(test, SupplierTestStatus.ACCEPTED if accepted else SupplierTestStatus.REJECTED, TRANSITIONS)
    _require_current(test, supplier)
    test.reasons, test.answered_at = list(reasons), call.now
    _note(call, test)
    if accepted and supplier.status == SupplierStatus.REGISTERED:
        activate_tested(call, supplier, test.id, test.root_id)


def _as_it_is(session: Session, supplier_id: UUID) -> Supplier:
    """Give a supplier as it is now, and keep it so until the transaction ends; it was read before to know it by."""
    query = select(Supplier).where(Supplier.id == supplier_id).execution_options(populate_existing=True)
    return session.exec(query.with_for_update(key_share=True)).one()


def _said(answer: OrderResponse | OrderResponseSimple) -> tuple[bool, Sequence[str]]:
    """Give whether an answer is a yes, and its reasons for a no."""
    if isinstance(answer, OrderResponseSimple):
        return answer.accepted, answer.rejection_notes
    refused = list(_refusals(answer))
    return not refused, refused


def _refusals(answer: OrderResponse) -> Iterator[str]:
    """Say which lines an answer turns down; a yes gives nothing."""
    for one in answer.lines:
        if one.substitutes or one.line.line_status_code in CHANGED_STATUSES:
            yield f"line {one.line.line_id}: {one.substitution_status_code or one.line.line_status_code}"


def _require_current(test: SupplierTest, supplier: Supplier) -> None:
    went = (OrderChannel.OIOUBL, test.endpoint_scheme_id, test.endpoint_id, test.profile_id)
    goes = (supplier.order_channel, supplier.endpoint_scheme_id, supplier.endpoint_id, order_profile(supplier))
    if went != goes:
        raise SupplierTestOutdated(
            f"{test.number} went to {test.endpoint_scheme_id}:{test.endpoint_id} in {test.profile_id}; orders would go "
            "another way now, so another test order is needed"
        )


def _out(test: SupplierTest) -> SupplierTestOut:
    return SupplierTestOut.model_validate(test, from_attributes=True)


def _note(call: Call, test: SupplierTest) -> None:
    facts = {"test_order_id": str(test.id), "document_id": str(test.document_id)}
    action = f"supplier.test_{test.status.lower()}"
    call.audit(action, chain=test.root_id, entity="supplier", entity_id=test.supplier_id, facts=facts)
