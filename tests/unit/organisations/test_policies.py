"""Policies: what holds below, which ones are wider than those above, and that nothing below ever widens anything."""

from decimal import Decimal
from itertools import pairwise, product
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from app.organisations.policies import (
    DEFAULT_TOLERANCE,
    ExternalApprovalPolicy,
    OverDeliveryPolicy,
    PolicyRule,
    ReceiptFreePolicy,
    RemindersPolicy,
    Sourced,
    SubstitutesPolicy,
    TolerancePolicy,
    TwoPerson,
    TwoPersonPolicy,
    WidensPolicy,
    effective,
    refuse_widening,
)

ROOT, MINISTRY, INSTITUTION = (UUID(int=number) for number in range(3))


def set_by(organisation_id: UUID, depth: int, rule: PolicyRule) -> Sourced:
    return Sourced(rule, organisation_id, f"organisation {organisation_id.int}", depth)


def tolerance(**fields: object) -> TolerancePolicy:
    return TolerancePolicy.model_validate(fields)


SINGLE = TwoPerson.SINGLE_UP_TO

FROM_STRICT_TO_WIDE: list[list[PolicyRule]] = [
    [
        TwoPersonPolicy(rule=TwoPerson.ORDER),
        TwoPersonPolicy(rule=TwoPerson.ORDER_OR_RECEIPT),
        TwoPersonPolicy(rule=SINGLE),
        TwoPersonPolicy(rule=SINGLE, up_to=Decimal(1000)),
        TwoPersonPolicy(rule=SINGLE, up_to=Decimal("1000.01")),
        TwoPersonPolicy(rule=TwoPerson.NONE),
    ],
    [ExternalApprovalPolicy(), ExternalApprovalPolicy(external_approval="TRUSTED")],
    [OverDeliveryPolicy(), OverDeliveryPolicy(percent=Decimal("0.5")), OverDeliveryPolicy(percent=Decimal(100))],
    [SubstitutesPolicy(), SubstitutesPolicy(by_rule="SAME_OR_CHEAPER")],
    [ReceiptFreePolicy(up_to=Decimal(0)), ReceiptFreePolicy(up_to=Decimal(5000)), ReceiptFreePolicy()],
    [tolerance(absolute="100"), tolerance(absolute="100.01")],
    [tolerance(percent="9"), tolerance(percent="10")],
    [tolerance(freight_cap="0"), tolerance(freight_cap="1")],
    [
        tolerance(absolute="100", percent="10", combine="ALL"),
        tolerance(absolute="100", percent="10", combine="ANY"),
    ],
    [tolerance(level="LINE", absolute="100"), tolerance(level="LINE", absolute="101")],
    [RemindersPolicy(task_days=1), RemindersPolicy(task_days=2, receipt_days=1)],
    [RemindersPolicy(response_days=249), RemindersPolicy(response_days=250)],
    [RemindersPolicy(receipt_days=4), RemindersPolicy(receipt_days=5, task_days=1)],
]


@pytest.mark.parametrize("ladder", FROM_STRICT_TO_WIDE)
def test_wider_is_refused_below_and_equal_or_stricter_is_not(ladder: list[PolicyRule]) -> None:
    for (low, below), (high, above) in product(enumerate(ladder), repeat=2):
        upper = [set_by(MINISTRY, 1, above)]
        if low > high:
            with pytest.raises(WidensPolicy, match="organisation 1 has set"):
                refuse_widening([below], upper)
        else:
            refuse_widening([below], upper)


def test_a_policy_is_compared_with_its_own_kind_alone() -> None:
    upper = [set_by(ROOT, 2, OverDeliveryPolicy()), set_by(ROOT, 2, ExternalApprovalPolicy())]

    refuse_widening([tolerance(absolute="1000000")], upper)


def test_a_policy_is_compared_with_everyone_above_and_not_the_nearest_alone() -> None:
    upper = [set_by(MINISTRY, 1, OverDeliveryPolicy(percent=Decimal(10))), set_by(ROOT, 2, OverDeliveryPolicy())]

    with pytest.raises(WidensPolicy, match="organisation 0"):
        refuse_widening([OverDeliveryPolicy(percent=Decimal(5))], upper)


@pytest.mark.parametrize(
    ("below", "above"),
    [
        (tolerance(level="LINE", absolute="500"), tolerance(level="ORDER", absolute="100")),
        (tolerance(percent="50"), tolerance(absolute="100")),
        (tolerance(), tolerance(absolute="100")),
        (RemindersPolicy(task_days=250), RemindersPolicy(receipt_days=1)),
        (RemindersPolicy(), RemindersPolicy(task_days=1)),
    ],
)
def test_a_limit_that_the_row_above_does_not_set_is_free(below: PolicyRule, above: PolicyRule) -> None:
    """Both rows count and the smallest limit binds, so nothing is widened by it."""
    refuse_widening([below], [set_by(ROOT, 1, above)])


def test_without_any_policy_the_defaults_hold_and_say_so() -> None:
    defaults = effective([])

    assert [row.rule for row in defaults.tolerances] == [DEFAULT_TOLERANCE]
    assert defaults.two_person.rule == TwoPersonPolicy(rule=TwoPerson.ORDER)
    assert defaults.external_approval.rule == ExternalApprovalPolicy(external_approval="NONE")
    assert defaults.over_delivery.rule == OverDeliveryPolicy(percent=Decimal(0))
    assert defaults.substitutes.rule == SubstitutesPolicy(by_rule="NEVER")
    assert defaults.receipt_free.rule == ReceiptFreePolicy(up_to=None)
    reminders = (defaults.reminders.task, defaults.reminders.response, defaults.reminders.receipt)
    assert [interval.days for interval in reminders] == [3, 5, 10]
    sources = (*defaults.tolerances, defaults.two_person, defaults.external_approval, defaults.over_delivery)
    sources += tuple(interval.source for interval in reminders)
    assert {(row.organisation_name, row.organisation_id, row.depth) for row in sources} == {("default", None, 0)}


def test_every_tolerance_row_counts_the_nearest_first() -> None:
    rows = [
        set_by(ROOT, 2, tolerance(absolute="300")),
        set_by(INSTITUTION, 0, tolerance(percent="5")),
        set_by(MINISTRY, 1, tolerance(level="LINE", absolute="100")),
    ]

    assert [row.organisation_id for row in effective(rows).tolerances] == [INSTITUTION, MINISTRY, ROOT]


def test_a_tightening_holds_below_and_its_source_is_told() -> None:
    rows = [
        set_by(ROOT, 2, OverDeliveryPolicy(percent=Decimal(20))),
        set_by(MINISTRY, 1, OverDeliveryPolicy(percent=Decimal(5))),
    ]

    found = effective(rows).over_delivery

    assert (found.rule, found.organisation_id, found.depth) == (
        OverDeliveryPolicy(percent=Decimal(5)),
        MINISTRY,
        1,
    )


def test_of_reminders_the_shortest_of_each_holds_and_of_equal_ones_the_nearest() -> None:
    rows = [
        set_by(ROOT, 2, RemindersPolicy(task_days=2, response_days=7)),
        set_by(MINISTRY, 1, RemindersPolicy(task_days=2)),
        set_by(INSTITUTION, 0, RemindersPolicy(response_days=8)),
    ]

    found = effective(rows).reminders

    assert [(one.days, one.source.organisation_id) for one in (found.task, found.response, found.receipt)] == [
        (2, MINISTRY),
        (7, ROOT),
        (10, None),
    ]


def test_several_policies_are_refused_together_and_each_is_named() -> None:
    upper = [
        set_by(MINISTRY, 1, OverDeliveryPolicy()),
        set_by(ROOT, 2, OverDeliveryPolicy()),
        set_by(ROOT, 2, tolerance(absolute="100")),
    ]
    rules = [OverDeliveryPolicy(percent=Decimal(1)), ExternalApprovalPolicy(), tolerance(absolute="101")]

    with pytest.raises(WidensPolicy) as refused:
        refuse_widening(rules, upper)

    named = [(fault.rule_id, fault.message.split(" has set ")[0]) for fault in refused.value.faults]
    assert named == [
        ("OVER_DELIVERY", "organisation 1"),
        ("OVER_DELIVERY", "organisation 0"),
        ("TOLERANCE", "organisation 0"),
    ]


@pytest.mark.parametrize("ladder", FROM_STRICT_TO_WIDE[:5])
def test_what_is_tightened_above_later_holds_below_whatever_was_set_there_before(ladder: list[PolicyRule]) -> None:
    for strict, wide in pairwise(ladder):
        found = effective([set_by(INSTITUTION, 0, wide), set_by(MINISTRY, 1, strict), set_by(ROOT, 2, wide)])

        rules = [found.two_person, found.external_approval, found.over_delivery, found.substitutes, found.receipt_free]
        assert (strict, MINISTRY) in [(row.rule, row.organisation_id) for row in rules]


def test_of_equally_tight_rows_the_nearest_is_the_source() -> None:
    rows = [set_by(ROOT, 2, OverDeliveryPolicy()), set_by(MINISTRY, 1, OverDeliveryPolicy())]

    assert effective(rows).over_delivery.organisation_id == MINISTRY


@pytest.mark.parametrize(
    "rule",
    [
        {"kind": "TOLERANCE", "absolute": "-1"},
        {"kind": "TOLERANCE", "percent": "100.01"},
        {"kind": "TOLERANCE", "absolute": 1.5},
        {"kind": "TOLERANCE", "favour": "CHECK"},
        {"kind": "TWO_PERSON_RULE", "rule": "THREE"},
        {"kind": "TWO_PERSON_RULE", "rule": "SINGLE_UP_TO", "up_to": "-0.01"},
        {"kind": "OVER_DELIVERY", "percent": "101"},
        {"kind": "SUBSTITUTES", "by_rule": "ALWAYS"},
        {"kind": "RECEIPT_FREE", "up_to": "-1"},
        {"kind": "EXTERNAL_APPROVAL", "external_approval": "MAYBE"},
        {"kind": "REMINDERS", "task_days": 0},
        {"kind": "REMINDERS", "response_days": 251},
        {"kind": "REMINDERS", "receipt_days": "5"},
        {"kind": "DISCOUNT"},
        {},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(rule: dict[str, object]) -> None:
    reader: TypeAdapter[PolicyRule] = TypeAdapter(PolicyRule)

    with pytest.raises(ValidationError):
        reader.validate_python(rule)
