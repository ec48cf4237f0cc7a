"""Looks up what a cart is judged by: how far the agreement reaches, and the same items in the live catalogue."""

from collections.abc import Iterator, Sequence

from sqlalchemy import or_
from sqlmodel import col

from app.agreements.models import Agreement
from app.agreements.queries import VisibleAgreement
from app.catalogs import queries as catalogs
from app.catalogs.lines import document_line
from app.catalogs.models import CatalogueLine
from app.catalogs.prices import price_on
from app.documents import catalogue as documents
from app.orders.punch_out.cart import CartLine
from app.orders.punch_out.judging import Judgement, Listed, Terms, judged
from app.orders.punch_out_queries import reaching
from app.organisations.access import Call

ONE_PIECE = "EA"


def judgements(call: Call, agreement: Agreement, lines: Sequence[CartLine]) -> Iterator[tuple[CartLine, Judgement]]:
    """Give each line with what the agreement says to it, as it reaches the actor today."""
    visible = reaching(call, agreement.id)
    terms = Terms(agreement.currency, visible.allows if visible is not None else None)
    shelf = _Shelf(call, agreement, visible, lines)
    return ((line, judged(line, terms, shelf.listed(line))) for line in lines)


class _Shelf:
    """The lines of an agreement's live catalogues that sell what is in a cart, by the seller's number or the GTIN."""

    def __init__(
        self, call: Call, agreement: Agreement, visible: VisibleAgreement | None, lines: Sequence[CartLine]
    ) -> None:
        self._day = call.today
        self._currency = agreement.currency
        self._by_number: dict[str, documents.CatalogueLine] = {}
        self._by_gtin: dict[str, documents.CatalogueLine] = {}
        if visible is not None:
            self._fill(call, visible, lines)

    def _fill(self, call: Call, visible: VisibleAgreement, lines: Sequence[CartLine]) -> None:
        numbers = {line.item.sellers_number for line in lines} - {None}
        gtins = {line.item.gtin for line in lines} - {None}
        query = catalogs.visible_lines(call, [visible]).where(
            or_(col(CatalogueLine.sellers_item_id).in_(numbers), col(CatalogueLine.gtin).in_(gtins))
        )
        for number, gtin, content in call.session.connection().execute(
            query.with_only_columns(
                col(CatalogueLine.sellers_item_id), col(CatalogueLine.gtin), col(CatalogueLine.content)
            )
        ):
            line = document_line(content)
            self._by_number.setdefault(number or "", line)
            self._by_gtin.setdefault(gtin or "", line)

    def listed(self, line: CartLine) -> Listed | None:
        """Give the same item with its price for the quantity, where it is there and has one."""
        number, gtin = line.item.sellers_number, line.item.gtin
        found = self._by_number.get(number) if number else None
        found = found or (self._by_gtin.get(gtin) if gtin else None)
        price = price_on(found, self._day, line.quantity.value) if found is not None else None
        if found is None or price is None:
            return None
        return Listed(price, price.currency or self._currency, found.orderable_unit or ONE_PIECE)
