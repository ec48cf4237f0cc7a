"""Lines of a shop's cart as rows of a requisition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.agreements.models import Agreement
from app.kit.ids import new_id
from app.orders.punch_out.cart import CartLine
from app.orders.punch_out.judging import Judgement
from app.orders.punch_out_models import PunchOutShop
from app.orders.requisition_models import LineSource
from app.orders.totals import line_amount


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where lines of a cart come from, and until when its shop stands by what it does not date itself."""

    agreement: Agreement
    now: datetime
    good_until: datetime | None

    @classmethod
    def of(cls, agreement: Agreement, shop: PunchOutShop | None, now: datetime) -> "Shelf":
        """Give where the lines of a shop's cart come from that is taken at a moment."""
        hours = shop.quote_hours if shop is not None else None
        return cls(agreement, now, None if hours is None else now + timedelta(hours=hours))

    def row(self, requisition_id: UUID, position: int, line: CartLine, judgement: Judgement) -> dict[str, Any]:
        """Give a line as a row of a requisition, posted nowhere."""
        return {
            "id": new_id(self.now),
            "requisition_id": requisition_id,
            "position": position,
            "source": LineSource.PUNCH_OUT,
            "agreement_id": self.agreement.id,
            "supplier_id": self.agreement.supplier_id,
            "by_amount": False,
            "postings": [],
            **self.offer(line, judgement),
        }

    def offer(self, line: CartLine, judgement: Judgement) -> Mapping[str, Any]:
        """Give what the shop says of a line, and what the agreement says to it."""
        return {
            "item": line.item.model_dump(mode="json", exclude_none=True),
            "unspsc": line.unspsc,
            "quantity": line.quantity.value,
            "unit_code": line.quantity.unit_code,
            "price": line.price.model_dump(mode="json", exclude_none=True),
            "amount": line_amount(line.price, line.quantity),
            "currency": line.currency,
            "note": judgement.note,
            "configuration": line.configuration,
            "standing": judgement.standing,
            "quote": line.quote,
            "expires_at": line.expires_at or self.good_until,
        }
