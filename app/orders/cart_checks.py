"""Lines that came in the cart of a supplier's shop, pure: what keeps one from being ordered.

The shop's price is a quote: it is ordered at that price until it expires, and is then asked for anew by entering the
shop again. Where the shop can be asked what a product costs now, it is asked before the quote is about to expire. What
is not on the agreement, or at another price than there, is bought only with a `cascade_reason`, which disponents read
and the supplier is not sent.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from app.kit.errors import Fault
from app.orders.requisition_models import CartStanding, LineSource, RequisitionLine

EXPIRED: Final = "P-QUOTE"
UNASKED: Final = "P-CART"

_SAID = {
    CartStanding.PRICE_DIFFERS: ("costs something else on the agreement", "har en anden pris på aftalen"),
    CartStanding.NOT_ON_AGREEMENT: ("is not on the agreement", "er ikke på aftalen"),
}


def cart_faults(lines: Sequence[RequisitionLine], now: datetime, renewable: Mapping[UUID, timedelta]) -> list[Fault]:
    """Tell what keeps lines of carts from being ordered, each by its place among the requisition's lines; `renewable`
    says how long before its end the offer of a line is asked for anew, where that can be done.
    """
    faults: list[Fault] = []
    for index, line in enumerate(lines):
        if line.source != LineSource.PUNCH_OUT:
            continue
        name = line.item.get("name") or f"line {line.position}"
        if line.expires_at is not None and line.expires_at - renewable.get(line.id, timedelta()) <= now:
            faults.append(_ending(name, line.expires_at, index, is_renewable=line.id in renewable))
        if line.standing in _SAID and line.cascade_reason is None:
            said, said_da = _SAID[line.standing]
            faults.append(
                Fault(
                    f"{name} {said}; give a cascade_reason, or take the line off",
                    f"{name} {said_da}; begrund købet i cascade_reason, eller fjern linjen",
                    pointer=f"/lines/{index}/cascade_reason",
                    rule_id=UNASKED,
                )
            )
    return faults


def _ending(name: str, expires_at: datetime, index: int, *, is_renewable: bool) -> Fault:
    until = expires_at.isoformat(timespec="minutes")
    said, said_da = "enter the shop again, and take this line off", "gå ind i butikken igen, og fjern denne linje"
    if is_renewable:
        said, said_da = "let the shop be asked again with check-prices", "lad butikken blive spurgt igen (check-prices)"
    return Fault(
        f"the shop's offer of {name} ends at {until}; {said}",
        f"butikkens tilbud på {name} udløber {until}; {said_da}",
        pointer=f"/lines/{index}",
        rule_id=EXPIRED,
    )
