"""What a line reserves at the order's own prices, and how that is divided among postings."""

from decimal import Decimal
from uuid import UUID

import pytest

from app.orders.commitments import Commitment, commitment_of
from app.orders.models import PurchaseOrderLine


def line(amount: str, quantity: str, received: str, invoiced: str, *, by_amount: bool = False) -> PurchaseOrderLine:
    what = "amount" if by_amount else "quantity"
    counted = {f"received_{what}": Decimal(received), f"invoiced_{what}": Decimal(invoiced)}
    agreed = {"accepted_amount": Decimal(amount), "accepted_quantity": Decimal(quantity)}
    return PurchaseOrderLine(id=UUID(int=1), by_amount=by_amount, **agreed, **counted)


@pytest.mark.parametrize(
    ("sold", "is_open", "figures"),
    [
        (line("100.00", "3", "0", "0"), True, ("100.00", "0.00", "0.00")),
        (line("100.00", "3", "1", "0"), True, ("66.67", "33.33", "0.00")),
        (line("100.00", "3", "3", "2"), True, ("0.00", "33.33", "66.67")),
        (line("100.00", "3", "1", "1"), False, ("0.00", "0.00", "33.33")),
        (line("100.00", "10", "11", "0"), True, ("0.00", "110.00", "0.00")),
        (line("0.00", "0", "0", "0"), True, ("0.00", "0.00", "0.00")),
        (line("50000.00", "1", "25000.00", "10000.00", by_amount=True), True, ("25000.00", "15000.00", "10000.00")),
    ],
)
def test_a_line_reserves_what_has_not_come_and_not_been_billed(
    sold: PurchaseOrderLine, is_open: bool, figures: tuple[str, ...]
) -> None:
    assert commitment_of(sold, is_open=is_open) == Commitment(*map(Decimal, figures))


def test_a_commitment_is_divided_without_losing_an_oere() -> None:
    whole = Commitment(Decimal("66.67"), Decimal("33.33"), Decimal("0.00"))
    parts = whole.divided([Decimal("33.33"), Decimal("33.33"), Decimal("33.34")])
    assert sum(parts, start=Commitment()) == whole
    assert whole.divided([]) == [whole]
