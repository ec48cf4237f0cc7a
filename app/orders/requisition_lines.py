"""Lines of a requisition in the making: from the catalogue at the price of the day, or in its maker's words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.agreements import queries as agreements
from app.agreements.models import Agreement, OrderForm
from app.catalogs import queries as catalogs
from app.catalogs.prices import price_on, quantity_faults
from app.catalogs.queries import OrderableLine
from app.documents.item import Classification, Item
from app.documents.price import Price
from app.kit.columns import trimmed
from app.kit.errors import Fault, NotFound
from app.kit.ids import new_id
from app.kit.money import Quantity, rounded
from app.orders import requisition_queries as queries
from app.orders.cascading import passed_over, reason_missing
from app.orders.drafting import LinesNotOrderable
from app.orders.options import choice_faults, chosen, configuration
from app.orders.posting_lines import Rules
from app.orders.posting_messages import PostingIn
from app.orders.requisition_messages import CatalogueNeed, TextNeed
from app.orders.requisition_models import LineSource, Requisition, RequisitionLine
from app.orders.totals import line_amount
from app.organisations import queries as organisations
from app.organisations.access import Call

KRONER: Final = "DKK"

Place = Callable[[int], str]
"""Gives the JSON pointer of a line by its index."""


def in_lines(index: int) -> str:
    return f"/lines/{index}"


def in_body(index: int) -> str:
    """Give the pointer of a line that is the whole body."""
    del index
    return ""


@dataclass
class Draft:
    """Lines in the making for a requisition, by what its maker may order today, with everything wrong about them."""

    call: Call
    requisition: Requisition
    place: Place = in_lines
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rules = Rules.of(self.call.session, self.requisition.organisation_id)

    def lines(self, needs: Sequence[CatalogueNeed | TextNeed], first: int = 1) -> list[RequisitionLine]:
        """Make lines from a position on.

        :raises LinesNotOrderable: naming each line that is not visible, not orderable, or posted where it cannot be.
        """
        sources = self._sources(needs)
        self._ask_for_reasons(needs, sources)
        values = [self._values(index, need, sources.get(index)) for index, need in enumerate(needs)]
        self.refuse()
        return [
            RequisitionLine(id=new_id(self.call.now), requisition_id=self.requisition.id, position=position, **value)
            for position, value in enumerate(values, start=first)
        ]

    def refuse(self) -> None:
        """Refuse when there is any fault."""
        if self.faults:
            raise LinesNotOrderable("some lines cannot be ordered; see `errors`", faults=self.faults)

    def _sources(self, needs: Sequence[CatalogueNeed | TextNeed]) -> dict[int, OrderableLine]:
        wanted = {index: need for index, need in enumerate(needs) if isinstance(need, CatalogueNeed)}
        today = queries.todays_rows(self.call, {need.catalogue_line_id for need in wanted.values()})
        found: dict[int, OrderableLine] = {}
        for index, need in wanted.items():
            try:
                row_id = today.get(need.catalogue_line_id, need.catalogue_line_id)
                found[index] = catalogs.orderable_line(self.call, row_id)
            except NotFound as reason:
                self.faults.append(Fault(reason.message, pointer=f"{self.place(index)}/catalogue_line_id"))
        return found

    def _ask_for_reasons(self, needs: Sequence[CatalogueNeed | TextNeed], sources: Mapping[int, OrderableLine]) -> None:
        """Name the lines that are on a binding agreement, too, and say not why they are not bought there."""
        wanted = [
            (need, sources[index])
            for index, need in enumerate(needs)
            if isinstance(need, CatalogueNeed) and index in sources
        ]
        for index, passed in zip(sources, passed_over(self.call, wanted), strict=True):
            need = needs[index]
            if passed is not None and isinstance(need, CatalogueNeed) and need.cascade_reason is None:
                fault = reason_missing(index, passed)
                self.faults.append(replace(fault, pointer=f"{self.place(index)}/cascade_reason"))

    def _values(self, index: int, need: CatalogueNeed | TextNeed, source: OrderableLine | None) -> dict[str, Any]:
        if isinstance(need, TextNeed):
            values = self._in_words(index, need)
        elif source is None:
            return {}
        else:
            values = self._from_catalogue(index, need, source)
        return values | self.posted(index, need.accounting_cost, need.postings, values["amount"])

    def posted(
        self, index: int, accounting_cost: str | None, postings: Sequence[PostingIn], amount: Decimal
    ) -> dict[str, Any]:
        """Give where a line of an amount is posted, as it is kept."""
        if postings:
            self.faults += self.rules.share_faults(amount, postings, self.place(index))
        if accounting_cost is not None:
            self.faults += self.rules.faults(accounting_cost, f"{self.place(index)}/accounting_cost")
            accounting_cost = self.rules.normalised(accounting_cost)
        rows = [posting.model_dump(mode="json", exclude_none=True) for posting in postings]
        for row in rows:
            row["accounting_cost"] = self.rules.normalised(row["accounting_cost"])
        return {"accounting_cost": accounting_cost, "postings": rows}

    def _from_catalogue(self, index: int, need: CatalogueNeed, source: OrderableLine) -> dict[str, Any]:
        for fault in quantity_faults(source.line, need.quantity):
            self.faults.append(replace(fault, pointer=f"{self.place(index)}/quantity"))
        unit = source.line.orderable_unit or "EA"
        price = price_on(source.line, self.call.today, need.quantity)
        if price is None:
            message = f"{source.line.item.name} has no price today and cannot be ordered"
            self.faults.append(Fault(message, pointer=f"{self.place(index)}/catalogue_line_id"))
        form = OrderForm.CONFIGURABLE if need.options else OrderForm.CATALOGUE
        self.faults += choice_faults(source.line.item, need.options, form, f"{self.place(index)}/options")
        self._require_form(source.agreement, form, f"{self.place(index)}/catalogue_line_id")
        return {
            "source": LineSource.CATALOGUE,
            "catalogue_line_id": source.row.id,
            "agreement_id": source.agreement.id,
            "supplier_id": source.supplier_id,
            "item": chosen(source.line.item, need.options).model_dump(mode="json", exclude_none=True),
            "unspsc": _unspsc(source.line.item),
            "quantity": trimmed(need.quantity),
            "unit_code": unit,
            "price": price.model_dump(mode="json", exclude_none=True) if price is not None else None,
            "amount": line_amount(price, Quantity(need.quantity, unit)) if price is not None else Decimal(0),
            "currency": source.agreement.currency,
            "note": need.note,
            "cascade_reason": need.cascade_reason,
            "configuration": configuration(need.options),
        }

    def _require_form(self, agreement: Agreement, form: OrderForm, pointer: str) -> None:
        if form not in agreement.order_types:
            message = f"agreement {agreement.contract_number} takes no orders of type {form}"
            self.faults.append(Fault(message, pointer=pointer))

    def _in_words(self, index: int, need: TextNeed) -> dict[str, Any]:
        agreement, supplier_id = self._from_whom(index, need)
        if agreement is not None and need.currency not in (None, agreement.currency):
            message = f"agreement {agreement.contract_number} is in {agreement.currency}, not in {need.currency}"
            self.faults.append(Fault(message, pointer=f"{self.place(index)}/currency"))
        groups = (Classification(code=need.unspsc),) if need.unspsc else ()
        price = Price(price_amount=need.price_amount) if need.price_amount is not None else None
        quantity = Quantity(trimmed(need.quantity or Decimal(1)), need.unit_code if need.quantity is not None else "EA")
        return {
            "source": LineSource.TEXT,
            "agreement_id": agreement.id if agreement is not None else None,
            "supplier_id": supplier_id,
            "item": Item(name=need.text, classifications=groups).model_dump(mode="json", exclude_none=True),
            "unspsc": need.unspsc or "",
            "quantity": quantity.value,
            "unit_code": quantity.unit_code,
            "price": price.model_dump(mode="json", exclude_none=True) if price is not None else None,
            "amount": line_amount(price, quantity) if price is not None else rounded(need.amount or Decimal(0)),
            "currency": agreement.currency if agreement is not None else need.currency or KRONER,
            "by_amount": need.amount is not None,
            "note": need.note,
        }

    def _from_whom(self, index: int, need: TextNeed) -> tuple[Agreement | None, UUID | None]:
        """Give the agreement and the supplier of a line, as far as they are known."""
        if need.agreement_id is not None:
            seen = agreements.visible_agreements(self.call.session, self.call.actor, self.call.today)
            if any(found.id == need.agreement_id for found in seen):
                agreement = self.call.session.get_one(Agreement, need.agreement_id)
                self._require_form(agreement, OrderForm.TEXT, f"{self.place(index)}/agreement_id")
                return agreement, agreement.supplier_id
            message = f"there is no agreement {need.agreement_id} that you may order on today"
            self.faults.append(Fault(message, pointer=f"{self.place(index)}/agreement_id"))
        elif need.supplier_id is not None:
            try:
                return None, organisations.supplier(self.call, need.supplier_id).id
            except NotFound as reason:
                self.faults.append(Fault(reason.message, pointer=f"{self.place(index)}/supplier_id"))
        return None, None


def _unspsc(item: Item) -> str:
    return next((found.code for found in item.classifications if found.list_id == "UNSPSC"), "")


def need_of(line: RequisitionLine) -> dict[str, Any]:
    """Give a line as it was sent, so that some of it can be different."""
    alike: dict[str, Any] = {
        "source": line.source,
        "note": line.note,
        "accounting_cost": line.accounting_cost,
        "postings": line.postings,
    }
    if line.source == LineSource.CATALOGUE:
        own = {"catalogue_line_id": line.catalogue_line_id, "quantity": line.quantity, "options": options_of(line)}
        return alike | own | {"cascade_reason": line.cascade_reason}
    alike |= {"text": line.item["name"], "unspsc": line.unspsc or None, "currency": line.currency}
    alike |= {"agreement_id": line.agreement_id} if line.agreement_id is not None else {"supplier_id": line.supplier_id}
    if line.by_amount:
        return alike | {"amount": line.amount}
    price = (line.price or {}).get("price_amount")
    return alike | {"quantity": line.quantity, "unit_code": line.unit_code, "price_amount": price}


def options_of(line: RequisitionLine) -> list[dict[str, str]]:
    """Give the options that were chosen, as they were sent."""
    found = (line.configuration or {}).get("options", {}) if line.source == LineSource.CATALOGUE else {}
    return [{"name": name, "value": value} for name, value in found.items()]
