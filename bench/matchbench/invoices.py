"""Invoices in OIOUBL terms from what is to be billed: lines, charges, tax and totals that add up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from app.demo import papers
from app.documents.amounts import AllowanceCharge, MonetaryTotal, TaxCategory, TaxSubtotal, TaxTotal
from app.documents.invoice import BillingReference, Invoice, InvoiceLine, OrderLineReference
from app.documents.item import Item
from app.documents.price import Price
from app.documents.values import DocumentReference, Identifier
from app.kit.money import Quantity, rounded
from bench.matchbench.world import ONE, ZERO, Link, Order, OrderLine

BILLING_PROFILE = "Procurement-BilSim-1.0"
"""The profile of bills that name no order."""


@dataclass(frozen=True, slots=True)
class Billed:
    """A line to bill: `taken` of an order line (in its unit), stated as `quantity` of `unit` at `price` for `base`.

    `names_line` and `names_order` say which references it carries, `seller_item` and `gtin` which numbers.
    """

    order: Order
    line: OrderLine
    taken: Decimal
    quantity: Decimal
    unit: str
    price: Decimal
    base: Decimal
    names_line: bool = True
    names_order: bool = False
    seller_item: str | None = None
    gtin: str | None = None
    name: str = ""
    linked: bool = True
    reference: str | None = None

    @property
    def amount(self) -> Decimal:
        return rounded(self.quantity * self.price / self.base)

    @property
    def allowed(self) -> tuple[str, ...]:
        """Give the lines that it bills as truly: every one that is interchangeable with its own."""
        return tuple(line.line_id for line in self.order.lines if line.article == self.line.article)


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of an invoice; `orders` is what its order reference says. A credit note names the invoice it `credits`,
    and is one when `is_credit`.
    """

    number: str
    issued_on: date
    supplier: str
    buyer: str
    orders: str | None
    charges: tuple[tuple[str, Decimal], ...] = ()
    discount: Decimal = ZERO
    rounding: Decimal = ZERO
    currency: str = "DKK"
    percent: Decimal = Decimal(25)
    is_credit: bool = False
    credits: str | None = None
    extra: tuple[tuple[str, Decimal], ...] = field(default=())


def billed(order: Order, line: OrderLine, taken: Decimal) -> Billed:
    """Bill a quantity of an order line as it was ordered, with every reference and number."""
    return Billed(
        order=order,
        line=line,
        taken=taken,
        quantity=taken,
        unit=line.unit,
        price=line.price,
        base=line.base,
        seller_item=line.seller_item,
        gtin=line.gtin,
        name=line.name,
    )


def links(lines: Sequence[Billed]) -> tuple[Link, ...]:
    """Give what each line truly bills; lines are numbered in their order."""
    return tuple(
        Link(str(number), line.order.number, line.allowed, line.taken)
        for number, line in enumerate(lines, start=1)
        if line.linked
    )


def invoice(heading: Heading, lines: Sequence[Billed]) -> Invoice:
    """Write an invoice; `heading.extra` are lines of charges behind the others."""
    rate = TaxCategory(id="StandardRated" if heading.percent else "ZeroRated", percent=heading.percent)
    written = [_line(str(number), line, rate) for number, line in enumerate(lines, start=1)]
    written += [
        _charge_line(str(len(written) + number), *entry, rate) for number, entry in enumerate(heading.extra, start=1)
    ]
    net = sum((line.line_extension_amount for line in written), start=ZERO)
    added = sum((amount for _, amount in heading.charges), start=ZERO)
    tax = _tax(net + added - heading.discount, rate).but(rounding_amount=heading.rounding or None)
    gross = net + added - heading.discount + tax.tax_amount
    return Invoice(
        document_type="CreditNote" if heading.is_credit else "Invoice",
        profile_id=BILLING_PROFILE if heading.orders is None else papers.PROFILE,
        number=heading.number,
        issue_date=heading.issued_on,
        invoice_type_code=None if heading.is_credit else "380",
        document_currency_code=heading.currency,
        order_reference=None if heading.orders is None else DocumentReference(number=heading.orders),
        billing_references=_credited(heading),
        supplier=papers.supplier_party(heading.supplier),
        customer=papers.institution_party(heading.buyer),
        allowance_charges=tuple(_entries(heading, rate)),
        tax_totals=(tax,),
        total=MonetaryTotal(
            line_extension_amount=net,
            tax_exclusive_amount=tax.tax_amount,
            tax_inclusive_amount=gross + heading.rounding,
            allowance_total_amount=heading.discount or None,
            charge_total_amount=added or None,
            payable_rounding_amount=heading.rounding or None,
            payable_amount=gross + heading.rounding,
        ),
        lines=tuple(written),
    )


def _credited(heading: Heading) -> tuple[BillingReference, ...]:
    if heading.credits is None:
        return ()
    return (BillingReference(invoice=DocumentReference(number=heading.credits)),)


def _entries(heading: Heading, rate: TaxCategory) -> list[AllowanceCharge]:
    entries = [
        AllowanceCharge(charge_indicator=True, amount=amount, reason=reason, tax_category=rate)
        for reason, amount in heading.charges
    ]
    if heading.discount:
        discount = AllowanceCharge(
            charge_indicator=False, amount=heading.discount, reason="Kontantrabat", tax_category=rate
        )
        entries.append(discount)
    return entries


def _line(number: str, line: Billed, rate: TaxCategory) -> InvoiceLine:
    reference = OrderLineReference(
        line_id=line.reference or line.line.line_id, order_number=line.order.number if line.names_order else None
    )
    return InvoiceLine(
        line_id=number,
        quantity=Quantity(line.quantity, line.unit),
        line_extension_amount=line.amount,
        order_line_references=(reference,) if line.names_line else (),
        tax_totals=(_tax(line.amount, rate),),
        item=Item(
            name=line.name,
            sellers_item_id=None if line.seller_item is None else Identifier(value=line.seller_item),
            standard_item_id=None if line.gtin is None else Identifier(value=line.gtin, scheme_id="GTIN"),
        ),
        price=Price(
            price_amount=line.price, base_quantity=Quantity(line.base, line.unit), orderable_unit_factor_rate=ONE
        ),
    )


def _charge_line(number: str, name: str, amount: Decimal, rate: TaxCategory) -> InvoiceLine:
    return InvoiceLine(
        line_id=number,
        quantity=Quantity(ONE, "EA"),
        line_extension_amount=amount,
        tax_totals=(_tax(amount, rate),),
        item=Item(name=name),
        price=Price(price_amount=amount, base_quantity=Quantity(ONE, "EA"), orderable_unit_factor_rate=ONE),
    )


def _tax(base: Decimal, rate: TaxCategory) -> TaxTotal:
    amount = rounded(base * (rate.percent or ZERO) / 100)
    return TaxTotal(tax_amount=amount, subtotals=(TaxSubtotal(taxable_amount=base, tax_amount=amount, category=rate),))
