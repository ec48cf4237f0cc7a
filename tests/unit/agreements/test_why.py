"""Why a user sees an agreement or not: the step that stops it, named in two languages."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.agreements.groups import Narrowing
from app.agreements.models import AgreementStatus
from app.agreements.why import Cause, Facts, Step, explain

DAY = date(2026, 5, 3)
FIRST = Step(UUID(int=1), "Staten", "Ministeriet", "Ministeriet", Narrowing(), date(2026, 1, 1), None, None)
LAST = Step(
    UUID(int=2),
    "Ministeriet",
    "everybody of Ministeriet",
    "alle i Ministeriet",
    Narrowing(("44",)),
    date(2026, 2, 1),
    date(2026, 12, 31),
    None,
)
SEEN = Facts(
    day=DAY,
    contract_number="K-1",
    user="Bo",
    place="Ministeriet",
    status=AgreementStatus.ACTIVE,
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    product_groups=(),
    paths=[(FIRST, LAST)],
    held=[(FIRST,)],
    holder="Ministeriet",
    is_own=True,
)


def told(facts: Facts) -> tuple[bool, list[tuple[Cause, int | None]]]:
    visible, findings = explain(facts)
    return visible, [(found.cause, found.share_id.int if found.share_id else None) for found in findings]


def test_what_lets_it_through_is_named() -> None:
    visible, (found,) = explain(SEEN)

    assert visible
    assert found.message == "Bo sees agreement K-1: Ministeriet shares it with everybody of Ministeriet"
    assert found.message_da == "Bo ser aftale K-1: Ministeriet deler den med alle i Ministeriet"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": AgreementStatus.SUSPENDED}, [(Cause.NOT_ACTIVE, None)]),
        ({"valid_to": date(2026, 5, 2)}, [(Cause.NOT_VALID, None)]),
        ({"valid_from": date(2026, 5, 4)}, [(Cause.NOT_VALID, None)]),
        ({"paths": [(replace(FIRST, revoked_on=date(2026, 4, 30)), LAST)]}, [(Cause.STEP_REVOKED, 1)]),
        ({"paths": [(FIRST, replace(LAST, valid_to=date(2026, 5, 2)))]}, [(Cause.STEP_NOT_VALID, 2)]),
        ({"paths": [(FIRST, replace(LAST, valid_from=date(2026, 5, 4)))]}, [(Cause.STEP_NOT_VALID, 2)]),
        ({"group": "14"}, [(Cause.GROUP_LEFT_OUT, 2)]),
        ({"group": "44", "product_groups": ("14",)}, [(Cause.GROUP_NOT_OF_AGREEMENT, None)]),
        ({"paths": []}, [(Cause.NOT_SHARED_WITH_USER, None)]),
        ({"paths": [], "held": [], "holder": "Staten", "is_own": False}, [(Cause.NOT_HANDED_DOWN, None)]),
        (
            {
                "paths": [],
                "held": [(replace(FIRST, revoked_on=DAY),)],
                "holder": "Staten",
                "is_own": False,
            },
            [(Cause.STEP_REVOKED, 1), (Cause.NOT_HANDED_DOWN, None)],
        ),
    ],
)
def test_what_stops_it_is_named(changes: dict[str, Any], expected: list[tuple[Cause, int | None]]) -> None:
    assert told(replace(SEEN, **changes)) == (False, expected)


def test_one_way_that_works_is_enough() -> None:
    broken = (replace(FIRST, revoked_on=DAY), LAST)

    assert told(replace(SEEN, paths=[broken, (FIRST, LAST)])) == (True, [(Cause.VISIBLE, 2)])


def test_a_revoked_step_is_told_with_its_day_in_both_languages() -> None:
    _, (found,) = explain(replace(SEEN, paths=[(replace(FIRST, revoked_on=date(2026, 5, 3)), LAST)]))

    assert found.message == "the share from Staten to Ministeriet was revoked on 3 May 2026"
    assert found.message_da == "delingen fra Staten til Ministeriet blev trukket tilbage den 3. maj 2026"
