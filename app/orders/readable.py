"""An order, a change of one or a cancellation as people read it: what its document says, in words and rows; pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.documents.amounts import AllowanceCharge
from app.documents.item import Item
from app.documents.order import Delivery, Order, OrderLine, OrderTerms
from app.documents.order_change import OrderCancellation, OrderChange
from app.documents.party import Address, Party
from app.documents.price import Price
from app.kit.money import Quantity, at_least_decimals
from app.orders.letter_words import WORDS, Words, unit_name
from app.orders.options import is_choosable
from app.organisations.notice_models import Language

ReadableDocument = Order | OrderChange | OrderCancellation
Fact = tuple[str, tuple[str, ...]]
"""A label, and the lines of text that stand at it."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of an order: number, the supplier's item number, texts of the item of which the first is its name,
    quantity, price, amount.
    """

    line_id: str
    item_number: str
    item: tuple[str, ...]
    quantity: str
    price: str
    amount: str


@dataclass(frozen=True, slots=True)
class Readable:
    """What is to be read: a title, what matters most, facts, rows under their columns, sums, remarks, and what to write
    on the invoice.
    """

    language: Language
    title: str
    headline: str
    facts: tuple[Fact, ...]
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    billing: tuple[str, ...]

    @property
    def words(self) -> Words:
        return WORDS[self.language]


def readable(document: ReadableDocument, language: Language, *, is_draft: bool = False) -> Readable:
    """Put a document into words."""
    words, number = WORDS[language], order_number(document)
    if isinstance(document, OrderCancellation):
        return Readable(
            language=language,
            title=words.cancellation.format(number=number),
            headline=words.cancelled,
            facts=tuple(_parties(document.buyer, document.supplier, words)),
            rows=(),
            sums=(),
            remarks=document.cancellation_notes,
            billing=(),
        )
    title = words.change if isinstance(document, OrderChange) else words.order
    return Readable(
        language=language,
        title=title.format(number=number),
        headline=words.draft if is_draft else words.write_number.format(number=number),
        facts=tuple(_facts(document, words, language)),
        rows=tuple(_row(line, document, words, language) for line in document.lines),
        sums=tuple(_sums(document, words, language)),
        remarks=document.notes,
        billing=tuple(_billing(document, words)),
    )


def order_number(document: ReadableDocument) -> str:
    """Give the number of the order that a document is, or is about."""
    return document.number if isinstance(document, Order) else document.order_reference.number


def _facts(document: OrderTerms, words: Words, language: Language) -> Iterator[Fact]:
    yield from _parties(document.buyer, document.supplier, words)
    yield words.issued, (_day(document.issue_date, language),)
    if document.contract_id:
        yield words.contract, (document.contract_id,)
    if document.accounting_cost:
        yield words.posting, (document.accounting_cost,)
    if document.delivery is not None:
        yield from _delivery(document.delivery, words, language)


def _parties(buyer: Party, supplier: Party, words: Words) -> Iterator[Fact]:
    yield words.buyer, tuple(_party(buyer, words))
    contact = buyer.contact
    if contact is not None and contact.id:
        yield words.reference, (contact.id,)
    said = tuple(filter(None, (contact.name, contact.telephone, contact.electronic_mail))) if contact else ()
    if said:
        yield words.contact, said
    yield words.supplier, tuple(_party(supplier, words))


def _party(party: Party, words: Words) -> Iterator[str]:
    if party.name:
        yield party.name
    yield from _address(party.address)
    if party.endpoint_id is not None and party.endpoint_id.scheme_id == "GLN":
        yield f"{words.gln}: {party.endpoint_id.value}"
    company = party.legal_entity.company_id if party.legal_entity is not None else None
    if company is not None and company.scheme_id == "DK:CVR":
        yield f"{words.cvr}: {company.value.removeprefix('DK')}"


def _delivery(delivery: Delivery, words: Words, language: Language) -> Iterator[Fact]:
    place = tuple(_address(delivery.address))
    if place:
        yield words.place, place
    period = delivery.requested_period
    if period is not None:
        days = dict.fromkeys(day for day in (period.start_date, period.end_date) if day is not None)
        yield words.wanted, (" – ".join(_day(day, language) for day in days),)
    if delivery.latest_delivery_date is not None:
        yield words.ends, (_day(delivery.latest_delivery_date, language),)


def _address(address: Address | None) -> Iterator[str]:
    if address is None:
        return
    street = (address.street_name, address.building_number)
    town = (address.postal_zone, address.city_name)
    lines = (address.department, _joined(*street), address.additional_street_name, address.postbox, _joined(*town))
    yield from filter(None, (*lines, address.region, address.district, *address.address_lines, address.country_code))


def _joined(*parts: str | None) -> str:
    return " ".join(filter(None, parts))


def _row(line: OrderLine, document: OrderTerms, words: Words, language: Language) -> Row:
    currency = document.document_currency_code
    amount = line.line_extension_amount
    return Row(
        line_id=line.line_id,
        item_number=line.item.sellers_number or "",
        item=tuple(_item(line, words)),
        quantity=_quantity(line.quantity, language),
        price=_price(line.price, currency, words, language) if line.price is not None else "",
        amount=_money(amount, currency, language) if amount is not None else "",
    )


def _item(line: OrderLine, words: Words) -> Iterator[str]:
    name = line.item.name or line.line_id
    status = words.statuses.get(line.line_status_code or "")
    yield f"{name} ({status})" if status else name
    yield from (text for text in line.item.descriptions if text != line.item.name)
    yield from _chosen(line.item)
    yield from line.notes


def _chosen(item: Item) -> Iterator[str]:
    """Give the properties that are settled; what was open to choose and was not chosen says nothing."""
    yield from (f"{one.name}: {one.value}" for one in item.properties if not is_choosable(one))


def _price(price: Price, currency: str, words: Words, language: Language) -> str:
    amount = _money(price.price_amount, price.currency or currency, language)
    base = price.base_quantity
    return amount if base is None else f"{amount} {words.per.format(quantity=_quantity(base, language))}"


def _sums(document: OrderTerms, words: Words, language: Language) -> Iterator[tuple[str, str]]:
    currency = document.document_currency_code
    for charge in document.allowance_charges:
        yield _charge(charge, words), _money(_signed(charge), currency, language)
    total = document.anticipated_total
    if total is None:
        return
    yield words.net, _money(total.net_amount, currency, language)
    if total.tax_exclusive_amount is not None and total.tax_inclusive_amount is not None:
        yield words.tax, _money(total.tax_exclusive_amount, currency, language)
        yield words.gross, _money(total.tax_inclusive_amount, currency, language)


def _charge(charge: AllowanceCharge, words: Words) -> str:
    return charge.reason or (words.charge if charge.charge_indicator else words.allowance)


def _signed(charge: AllowanceCharge) -> Decimal:
    return charge.amount if charge.charge_indicator else -charge.amount


def _billing(document: OrderTerms, words: Words) -> Iterator[str]:
    buyer = document.buyer
    if buyer.endpoint_id is not None and buyer.endpoint_id.scheme_id == "GLN":
        yield words.bill_gln.format(gln=buyer.endpoint_id.value)
    if buyer.contact is not None and buyer.contact.id:
        yield words.bill_reference.format(reference=buyer.contact.id)
    yield words.bill_lines


def _quantity(quantity: Quantity, language: Language) -> str:
    value = quantity.value.normalize()
    return f"{_number(format(value, ',f'), language)} {unit_name(quantity.unit_code, language)}"


def _money(amount: Decimal, currency: str, language: Language) -> str:
    places = len(at_least_decimals(amount).partition(".")[2])
    return f"{_number(format(amount, f',.{places}f'), language)} {currency}"


def _number(text: str, language: Language) -> str:
    """Write a number with the thousands and decimals of a language."""
    return text.translate(str.maketrans(",.", ".,")) if language == Language.DANISH else text


def _day(day: date, language: Language) -> str:
    return f"{day.day}.{day.month}.{day.year}" if language == Language.DANISH else f"{day:%d %B %Y}".lstrip("0")
