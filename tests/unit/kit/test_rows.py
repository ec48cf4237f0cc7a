"""Rows that are made at once are what SQLModel makes of the same values."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from app.kit.rows import made
from app.orders.approval_models import ApprovalAction, ApprovalStep

VALUES: dict[str, Any] = {
    "id": uuid4(),
    "order_id": uuid4(),
    "subject_id": uuid4(),
    "action": ApprovalAction.APPROVED,
    "total_amount": Decimal(100),
    "done_by": uuid4(),
    "done_at": datetime(2026, 3, 2, tzinfo=UTC),
}


def test_a_row_is_the_one_that_its_table_makes() -> None:
    assert made(ApprovalStep, **VALUES).model_dump() == ApprovalStep(**VALUES).model_dump()


def test_what_is_made_anew_for_each_row_is_shared_by_none() -> None:
    one, other = made(ApprovalStep, **VALUES), made(ApprovalStep, **VALUES)
    one.warnings.append("late")
    assert other.warnings == []


@pytest.mark.parametrize("values", [{**VALUES, "colour": "red"}, {"id": uuid4()}], ids=["unknown", "missing"])
def test_other_fields_than_the_table_has_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="ApprovalStep: missing, or not there"):
        made(ApprovalStep, **values)
