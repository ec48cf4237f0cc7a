"""Lines that came in the cart of a supplier's shop, pure: what keeps one from being ordered.

The shop's price is a quote: it is ordered at that price until it expires, and is then asked for anew by entering the
shop again. What is not on the agreement, or at another price than there, is bought only with a `cascade_reason`, which
disponents read and the supplier is not sent.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.kit.errors import Fault
from app.orders.requisition_models import CartStanding, LineSource, RequisitionLine

EXPIRED: Final = "P-QUOTE"
UNASKED: Final = "P-CART"

_SAID = {
    CartStanding.PRICE_DIFFERS: ("costs something else on the agreement", "har en anden pris på aftalen"),
    CartStanding.NOT_ON_AGREEMENT: ("is not on the agreement", "er ikke på aftalen"),
}


def cart_faults(lines: Sequence[RequisitionLine], now: datetime) -> list[Fault]:
    """Tell what keeps lines of carts from being ordered, each by its place among the requisition's lines."""
    faults: list[Fault] = []
    for index, line in enumerate(lines):
        if line.source != LineSource.PUNCH_OUT:
            continue
        name = line.item.get("name") or f"line {line.position}"
        if line.expires_at is not None and line.expires_at <= now:
            until = line.expires_at.isoformat(timespec="minutes")
            faults.append(
                Fault(
                    f"the shop's offer of {name} ended at {until}; enter the shop again, and take this line off",
                    f"butikkens tilbud på {name} udløb {until}; gå ind i butikken igen, og fjern denne linje",
                    pointer=f"/lines/{index}",
                    rule_id=EXPIRED,
                )
            )
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
