"""From rows to the engine's frozen facts: the invoice, its orders as accepted, receipts, history and policy."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from app.documents.invoice import Invoice
from app.documents.item import Item
from app.documents.numbers import normalised_invoice_number
from app.documents.party import Party
from app.kit.clock import business_day
from app.kit.db import shared
from app.match import queries
from app.match.credit_notes import credit_notes_like
from app.match.demands import demanding
from app.match.engine.charges import kind_of
from app.match.engine.facts import (
    AgreedPrice,
    Approvals,
    Bracket,
    Case,
    EarlierInvoice,
    ExpectedCharge,
    ExternalApproval,
    Hand,
    InvoicedLine,
    OrderFacts,
    OrderLineFacts,
    OrderStatus,
)
from app.match.engine.policy import EVERYWHERE, Policy, TwoPersons
from app.match.engine_policies import engine_policy
from app.match.models import InvoiceCase
from app.match.standing_cases import standing_facts
from app.orders.models import Allocation, ChargeState, OrderType, Origin, PurchaseOrder, PurchaseOrderLine
from app.organisations import queries as organisations

ZERO = Decimal(0)
ITEM_NUMBERS = ("sellers_item_id", "standard_item_id", "buyers_item_id")
"""What the engine knows an item by; the rest of it is for people."""


def build_case(
    session: Session,
    case: InvoiceCase,
    invoice: Invoice,
    orders: Sequence[PurchaseOrder],
    like: AbstractSet[str] | None = None,
) -> Case:
    """Gather everything that a decision about an invoice depends on; the caller has locked the orders. `like` are the
    ids of earlier documents that count, and None counts all that are like it.
    """
    place, day = case.organisation_id, business_day(case.received_at)
    policy = shared(
        session, ("policy", place, day), lambda: engine_policy(organisations.effective_policy(session, place, day))
    )
    supplier_id = case.supplier_id or UUID(int=0)
    maybe = None if orders or invoice.is_credit else queries.only_standing_order(session, case)
    near = orders if maybe is None else (maybe,)
    suppliers = frozenset({supplier_id, *(order.supplier_id for order in near)})
    keys, blocked = shared(session, ("keys", suppliers), lambda: queries.keys_by_supplier(session, suppliers))
    earlier = queries.earlier_invoices(session, case, supplier_id, invoice.total.payable_amount, invoice.issue_date)
    earlier = [row for row in earlier if like is None or str(row.id) in like]
    named = credited_numbers(invoice)
    replaced = [row for row in earlier if normalised_invoice_number(row.number) in named]
    credited = frozenset() if invoice.is_credit else _credited_of(session, case, replaced)
    facts = _orders(session, case, invoice, near, policy, keys)
    return Case(
        invoice=invoice,
        orders=facts if maybe is None else (),
        policy=policy,
        supplier_keys=keys.get(supplier_id, ()),
        earlier=tuple(_earlier(row, credited) for row in earlier),
        invoiced=_invoiced(session, supplier_id, invoice) if invoice.is_credit else (),
        supplier_blocked=supplier_id in blocked,
        suggested=None if maybe is None else facts[0],
        paid_before=queries.paid_before(session, case) if case.paid_to else None,
        mandatory=None if orders or invoice.is_credit else demanding(session, case),
    )


def _orders(
    session: Session,
    case: InvoiceCase,
    invoice: Invoice,
    orders: Sequence[PurchaseOrder],
    policy: Policy,
    keys: Mapping[UUID, tuple[str, ...]],
) -> tuple[OrderFacts, ...]:
    if not orders:
        return ()
    ids = [order.id for order in orders]
    lines = queries.lines_by_order(session, ids)
    named = any(not line.order_line_references for line in invoice.lines)
    holds = any(line.held_quantity or line.held_amount for its_lines in lines.values() for line in its_lines)
    ahead = queries.held_before(session, ids, case.id) if holds else {}
    wants_receivers = any(rule.kind == TwoPersons.ORDER_OR_RECEIPT for rule in policy.two_person_rules)
    receivers = queries.receivers_by_line(session, ids) if wants_receivers else {}
    buyers = frozenset(order.organisation_id for order in orders)
    glns = shared(session, ("glns", buyers), lambda: queries.buyer_keys(session, buyers))
    found = tuple(
        OrderFacts(
            id=str(order.id),
            number=order.number,
            supplier_keys=keys.get(order.supplier_id, ()),
            buyer_keys=tuple(sorted({f"GLN:{order.buyer_gln}", *glns.get(order.organisation_id, ())})),
            currency=order.currency,
            status=OrderStatus(order.status),
            amount=order.total_amount,
            approvals=_approvals(order),
            lines=tuple(
                _line(line, ahead.get(line.id, (ZERO, ZERO)), receivers.get(line.id, ()), named=named)
                for line in lines[order.id]
            ),
            scopes=(EVERYWHERE,),
            tolerance_used=order.tolerance_used,
            matched_value=order.matched_value,
            charges=tuple(_expected(charge, order) for charge in order.charges),
            prepayment=order.prepayment,
        )
        for order in orders
    )
    kinds = {str(order.id): order for order in orders if order.type == OrderType.STANDING}
    return tuple(_with_periods(session, case, invoice, one, kinds[one.id]) if one.id in kinds else one for one in found)


def _with_periods(
    session: Session, case: InvoiceCase, invoice: Invoice, facts: OrderFacts, order: PurchaseOrder
) -> OrderFacts:
    credited = _credited_ids(session, case, invoice) if invoice.is_credit else ()
    standing = standing_facts(session, case, invoice, order, credited)
    lines = tuple(replace(line, requires_receipt=standing.requires_receipt) for line in facts.lines)
    return replace(facts, lines=lines, standing=standing.facts)


def _credited_ids(session: Session, case: InvoiceCase, credit: Invoice) -> list[UUID]:
    named = queries.invoices_numbered(session, case.supplier_id or UUID(int=0), credited_numbers(credit))
    return [row.id for row in named]


def _expected(charge: ChargeState, order: PurchaseOrder) -> ExpectedCharge:
    return ExpectedCharge(
        kind=kind_of(charge["reason_code"], charge["reason"]),
        amount=Decimal(charge["amount"]),
        source=f"order {order.number}",
        invoiced=Decimal(charge["invoiced"]),
    )


def _approvals(order: PurchaseOrder) -> Approvals:
    if order.origin != Origin.HERE:
        return _attested(order)
    approvers = (_hand(order.approved_by, order.approved_for),) if order.approved_by is not None else ()
    return Approvals(creator=_hand(order.created_by, order.created_for), approvers=approvers)


def _hand(person: UUID, principal: UUID | None) -> Hand:
    return Hand(str(person), None if principal is None else str(principal))


def _attested(order: PurchaseOrder) -> Approvals:
    """Give what the placing system says: a trusted one attests that somebody approved, and names them."""
    system = str(order.created_by)
    external = ExternalApproval(order.external_approval or ExternalApproval.NONE)
    stated = (Hand(f"stated:{order.stated_approver or system}"),) if external == ExternalApproval.TRUSTED else ()
    return Approvals(creator=Hand(system), approvers=stated, external=external, attested_by=system)


def _line(
    line: Any, ahead: tuple[Decimal, Decimal], receivers: Iterable[tuple[UUID, UUID | None]], *, named: bool
) -> OrderLineFacts:
    """Give a line's facts from a row of PurchaseOrderLine; its price was a Price when it was stored. It is `named`
    where a line of the invoice says nothing of the order line it bills.
    """
    price: dict[str, Any] = line.accepted_price or {}
    base: dict[str, Any] = price.get("base_quantity") or {"value": "1", "unit_code": None}
    item = Item.model_validate({name: line.item[name] for name in ITEM_NUMBERS if name in line.item})
    return OrderLineFacts(
        id=str(line.id),
        line_id=line.line_id,
        quantity=line.accepted_quantity,
        unit_code=line.unit_code,
        amount=line.accepted_amount,
        price_amount=_number(price.get("price_amount")),
        base_quantity=Decimal(base["value"]),
        price_unit_code=base["unit_code"],
        factor_rate=_number(price.get("orderable_unit_factor_rate")),
        by_amount=line.by_amount,
        received=line.received_amount if line.by_amount else line.received_quantity,
        invoiced_quantity=line.invoiced_quantity,
        invoiced_amount=line.invoiced_amount,
        held=line.held_amount if line.by_amount else line.held_quantity,
        held_ahead=ahead[1] if line.by_amount else ahead[0],
        credit_expected=line.credit_expected_amount if line.by_amount else line.credit_expected_quantity,
        seller_item=item.sellers_number,
        gtin=item.gtin,
        buyer_item=item.buyers_item_id.value if item.buyers_item_id is not None else None,
        name=line.item.get("name") if named else None,
        receivers=tuple(_hand(*pair) for pair in sorted(receivers, key=str)),
        agreed=_agreed(line.agreed_price) if line.agreed_price is not None else None,
        brackets=tuple(Bracket(Decimal(one["least"]), _agreed(one["price"])) for one in line.brackets or ()),
    )


def _agreed(price: dict[str, Any]) -> AgreedPrice:
    """Give a price of the agreement's catalogue."""
    base: dict[str, Any] = price.get("base_quantity") or {"value": "1", "unit_code": None}
    return AgreedPrice(
        price_amount=Decimal(price["price_amount"]),
        base_quantity=Decimal(base["value"]),
        price_unit_code=base["unit_code"],
        factor_rate=_number(price.get("orderable_unit_factor_rate")),
    )


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _earlier(row: Any, credited: AbstractSet[UUID]) -> EarlierInvoice:
    assert row.document is not None  # noqa: S101 - only technical rejects have none, and the query leaves them out
    customer = Party.model_validate(row.document["customer"])
    return EarlierInvoice(
        id=str(row.id),
        number=row.number,
        issue_date=row.issue_date or business_day(row.received_at),
        payable_amount=row.payable_amount or ZERO,
        buyer_keys=customer.keys,
        document_type=row.document_type,
        credited=row.id in credited,
    )


def _invoiced(session: Session, supplier_id: UUID, credit: Invoice) -> tuple[InvoicedLine, ...]:
    """Give what the credited invoices took of their orders, less what was credited before."""
    numbers = credited_numbers(credit)
    billed = {row.id: row for row in queries.invoices_numbered(session, supplier_id, numbers)}
    rows = session.exec(
        select(Allocation, PurchaseOrderLine)
        .join(PurchaseOrderLine, col(PurchaseOrderLine.id) == col(Allocation.order_line_id))
        .where(col(Allocation.invoice_id).in_(list(billed)), col(Allocation.held).is_(False))
        .order_by(col(Allocation.id))
    ).all()
    return tuple(
        InvoicedLine(
            invoice_number=billed[allocation.invoice_id].number,
            invoice_line_id=allocation.invoice_line_id,
            order_id=str(line.order_id),
            order_line_id=str(line.id),
            quantity=ZERO if line.by_amount else allocation.quantity,
            amount=allocation.amount,
        )
        for allocation, line in rows
    )


def credited_numbers(credit: Invoice) -> list[str]:
    """Give the normalised numbers of the invoices that a credit note names, on its header and its lines."""
    references = [*credit.billing_references, *(ref for line in credit.lines for ref in line.billing_references)]
    named = [reference.invoice.number for reference in references if reference.invoice is not None]
    return list(dict.fromkeys(normalised_invoice_number(number) for number in named))


def _credited_of(session: Session, case: InvoiceCase, replaced: Sequence[Any]) -> frozenset[UUID]:
    """Give which of the earlier invoices that one says it replaces were taken back by a credit note that was netted or
    approved.
    """
    if not replaced:
        return frozenset()
    numbers = {normalised_invoice_number(row.number): row.id for row in replaced}
    notes = credit_notes_like(session, case, replaced)
    named = {number for note in notes for number in credited_numbers(Invoice.model_validate(note))}
    return frozenset(invoice_id for number, invoice_id in numbers.items() if number in named)
