"""Which orders the rows of a sheet of open orders are: found, compared, and refused by row and column."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlmodel import col, select

from app.agreements import queries as agreements
from app.agreements.models import Agreement
from app.documents.numbers import normalised_number
from app.kit.money import rounded
from app.kit.sheets import Row, Table
from app.orders import queries
from app.orders.headers import over_delivery
from app.orders.models import ExternalApproval, PurchaseOrder
from app.orders.open_order_columns import SAID_ALIKE
from app.organisations import queries as organisations
from app.organisations.access import Call, may
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.policies import ExternalApprovalPolicy
from app.organisations.supplier_models import Supplier

KRONER = "DKK"


@dataclass(frozen=True, slots=True)
class Held:
    """What an organisation's policy makes of its orders: the percentage above one that may be received, and what
    approval elsewhere is worth.
    """

    over: Decimal
    external: ExternalApproval


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order of a sheet that fits: whose it is, from whom, and its rows."""

    organisation: Organisation
    supplier: Supplier
    agreement: Agreement | None
    held: Held
    rows: tuple[Row, ...]

    def said(self, name: str) -> str | None:
        """Give what the first row says of the whole order."""
        return self.rows[0].cells.get(name)

    @property
    def number(self) -> str:
        return self.rows[0].cells["number"]

    @property
    def currency(self) -> str:
        return self.said("currency") or KRONER


@dataclass
class Reading:
    """A table that is being read: what is at fault is added to it."""

    call: Call
    table: Table
    places: dict[str, Organisation | None] = field(default_factory=dict)
    suppliers: dict[str, Supplier | None] = field(default_factory=dict)
    held: dict[UUID, Held] = field(default_factory=dict)

    def fault(self, row: Row, of: str, message: str, message_da: str) -> None:
        self.table.faults.append(self.table.fault(row.number, of, message, message_da))

    def place(self, gln: str) -> Organisation | None:
        if gln not in self.places:
            found = organisations.organisation_by_gln(self.call.session, gln, self.call.today)
            seen = found is not None and may(self.call, Permission.ORDER_IMPORT_OPEN, found.id)
            self.places[gln] = found if seen else None
        return self.places[gln]

    def supplier(self, text: str) -> Supplier | None:
        if text not in self.suppliers:
            keys = (f"DK:CVR:DK{text.removeprefix('DK')}", f"GLN:{text}", text)
            self.suppliers[text] = organisations.supplier_by_keys(self.call.session, keys)
        return self.suppliers[text]

    def held_at(self, organisation_id: UUID) -> Held:
        if organisation_id not in self.held:
            policy = organisations.effective_policy(self.call.session, organisation_id, self.call.today)
            external = policy.external_approval.rule
            assert isinstance(external, ExternalApprovalPolicy)  # noqa: S101 - what the field holds
            worth = ExternalApproval(external.external_approval)
            self.held[organisation_id] = Held(over_delivery(self.call, organisation_id), worth)
        return self.held[organisation_id]


def open_orders_of(call: Call, table: Table) -> list[OpenOrder]:
    """Give the orders of a table, each with every row of it in order; those with faults are left out."""
    reading = Reading(call, table)
    misread = {fault.row for fault in table.faults}
    of_number: dict[tuple[str, str], list[Row]] = {}
    for row in table.rows:
        if "number" in row.cells and "gln" in row.cells:
            of_number.setdefault((row.cells["gln"], normalised_number(row.cells["number"])), []).append(row)
    found = (
        _order(reading, tuple(rows)) for rows in of_number.values() if not any(row.number in misread for row in rows)
    )
    return [order for order in found if order is not None]


def lock_places(call: Call, table: Table) -> None:
    """Let one at a time take over orders of the same organisations."""
    reading = Reading(call, table)
    glns = {row.cells["gln"] for row in table.rows if "gln" in row.cells}
    ids = {place.id for place in map(reading.place, glns) if place is not None}
    query = select(Organisation).where(col(Organisation.id).in_(ids)).order_by(col(Organisation.id))
    call.session.exec(query.with_for_update(key_share=True)).all()


def _order(reading: Reading, rows: tuple[Row, ...]) -> OpenOrder | None:
    before, first = len(reading.table.faults), rows[0]
    place, supplier = reading.place(first.cells["gln"]), reading.supplier(first.cells["supplier"])
    if place is None:
        gln = first.cells["gln"]
        told = f"{gln} is the GLN of no organisation that you take over orders for"
        reading.fault(first, "gln", told, f"{gln} er intet GLN for en organisation, som du må overtage ordrer for")
    if supplier is None:
        text = first.cells["supplier"]
        told = f"there is no supplier {text}; register it first"
        reading.fault(first, "supplier", told, f"der er ingen leverandør {text}; registrér den først")
    if place is None or supplier is None:
        return None
    order = OpenOrder(
        place, supplier, _agreement(reading, first, place.id, supplier.id), reading.held_at(place.id), rows
    )
    _check_number(reading, order)
    if date.fromisoformat(first.cells["issued_on"]) > reading.call.today:
        reading.fault(first, "issued_on", "the order would be of a day to come", "ordren er fra en dag, der kommer")
    for row in rows:
        _check_alike(reading, first, row)
        for of, told, told_da in _line_faults(row, order.held.over):
            reading.fault(row, of, told, told_da)
    return order if len(reading.table.faults) == before else None


def _agreement(reading: Reading, row: Row, organisation_id: UUID, supplier_id: UUID) -> Agreement | None:
    number = row.cells.get("contract_number")
    if number is None:
        return None
    known = agreements.agreements_of_supplier(reading.call.session, supplier_id, organisation_id)
    found = next((one for one in known if one.contract_number == number), None)
    currency = row.cells.get("currency", KRONER)
    if found is None:
        told = f"there is no agreement {number} with this supplier"
        reading.fault(row, "contract_number", told, f"der er ingen aftale {number} med denne leverandør")
    elif found.currency != currency:
        told = f"agreement {number} is in {found.currency}, not in {currency}"
        reading.fault(row, "currency", told, f"aftale {number} er i {found.currency}, ikke i {currency}")
    return found


def _check_number(reading: Reading, order: OpenOrder) -> None:
    """Refuse a number that an order of the organisation has, however spelt: an invoice must not mean two."""
    session, organisation_id = reading.call.session, order.organisation.id
    normalised = normalised_number(order.number)
    taken = select(PurchaseOrder.id).where(
        PurchaseOrder.organisation_id == organisation_id, PurchaseOrder.normalised_number == normalised
    )
    tested = queries.test_by_number(session, [organisation_id], order.number)
    if not normalised or session.exec(taken.limit(1)).first() is not None or tested is not None:
        told = f"{order.organisation.name} has an order {order.number} already"
        told_da = f"{order.organisation.name} har allerede en ordre {order.number}"
        reading.fault(order.rows[0], "number", told, told_da)


def _check_alike(reading: Reading, first: Row, row: Row) -> None:
    for name in ("number", *SAID_ALIKE):
        if name in row.cells and row.cells[name] != first.cells.get(name):
            told = f"row {first.number} says something else of the same order"
            reading.fault(row, name, told, f"række {first.number} siger noget andet om samme ordre")


def _line_faults(row: Row, over: Decimal) -> Iterator[tuple[str, str, str]]:
    """Tell what is wrong with a line's numbers: the column, and words in both languages."""
    cells = row.cells
    by_amount = "amount" in cells
    if by_amount == ("quantity" in cells) or ("quantity" in cells) != ("price" in cells):
        yield "amount", "give either an amount, or a quantity and a price", "skriv enten beløb, eller antal og pris"
        return
    ordered = Decimal(cells["amount"] if by_amount else cells["quantity"])
    received, invoiced = (Decimal(cells.get(name, "0")) for name in ("received", "invoiced"))
    most = ordered if by_amount else ordered * (1 + over / 100)
    if not ordered or (by_amount and ordered != rounded(ordered)):
        of = "amount" if by_amount else "quantity"
        yield of, "a line is for something, in whole øre", "en linje er på noget, i hele ører"
    if received > most:
        yield "received", f"{received} is more than the {most} that may be received", f"{received} er mere end {most}"
    if invoiced > received:
        told = f"{invoiced} invoiced is more than the {received} received; what is invoiced counts as received"
        yield "invoiced", told, f"{invoiced} faktureret er mere end {received} modtaget"
