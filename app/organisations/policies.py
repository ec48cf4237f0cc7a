"""Policies: what an organisation decides about matching and reminders, and the law that below they only tighten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.kit.errors import Conflict, Fault
from app.kit.money import Exact


class WidensPolicy(Conflict):
    """A lower organisation may tighten what it inherited, never widen it."""


class Rule(BaseModel):
    """A value of a policy: frozen, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TwoPerson(StrEnum):
    """Which two hands an order needs before its invoice approves itself, the strictest first."""

    ORDER = "ORDER"
    ORDER_OR_RECEIPT = "ORDER_OR_RECEIPT"
    SINGLE_UP_TO = "SINGLE_UP_TO"
    NONE = "NONE"


class TolerancePolicy(Rule):
    """How much money above an order passes: an amount, a per cent of the order value of what is invoiced, or both.

    ALL: the smaller of the two binds; ANY: the larger. It is a budget of the whole order.

    `freight_cap` is how much of charges that nobody agreed on may come with one invoice; a rule without it sets no cap.
    Where no rule in force sets one the cap is 0, and every such charge needs a person: the service's own 250 kroner
    hold only as long as nobody has set a tolerance.
    """

    kind: Literal["TOLERANCE"] = "TOLERANCE"
    level: Literal["ORDER", "LINE"] = "ORDER"
    absolute: Annotated[Exact, Field(ge=0)] | None = None
    percent: Annotated[Exact, Field(ge=0, le=100)] | None = None
    combine: Literal["ALL", "ANY"] = "ALL"
    freight_cap: Annotated[Exact, Field(ge=0)] | None = None

    def widens(self, above: "TolerancePolicy") -> bool:
        if self.level != above.level:
            return False
        limits = ((self.absolute, above.absolute), (self.percent, above.percent), (self.freight_cap, above.freight_cap))
        larger = any(mine is not None and theirs is not None and mine > theirs for mine, theirs in limits)
        return larger or (self.combine == "ANY" and above.combine == "ALL")


class TwoPersonPolicy(Rule):
    """Which two-person rule holds; `up_to` is the amount for SINGLE_UP_TO, in kroner."""

    kind: Literal["TWO_PERSON_RULE"] = "TWO_PERSON_RULE"
    rule: TwoPerson = TwoPerson.ORDER
    up_to: Annotated[Exact, Field(ge=0)] | None = None

    def widens(self, above: "TwoPersonPolicy") -> bool:
        order = list(TwoPerson)
        if order.index(self.rule) != order.index(above.rule):
            return order.index(self.rule) > order.index(above.rule)
        return (self.up_to or Decimal(0)) > (above.up_to or Decimal(0))


class ExternalApprovalPolicy(Rule):
    """What the approval of orders placed elsewhere is worth: TRUSTED systems attest it, with NONE it counts nothing."""

    kind: Literal["EXTERNAL_APPROVAL"] = "EXTERNAL_APPROVAL"
    external_approval: Literal["NONE", "TRUSTED"] = "NONE"

    def widens(self, above: "ExternalApprovalPolicy") -> bool:
        return self.external_approval == "TRUSTED" and above.external_approval == "NONE"


class OverDeliveryPolicy(Rule):
    """How many per cent above the order may be received."""

    kind: Literal["OVER_DELIVERY"] = "OVER_DELIVERY"
    percent: Annotated[Exact, Field(ge=0, le=100)] = Decimal(0)

    def widens(self, above: "OverDeliveryPolicy") -> bool:
        return self.percent > above.percent


WorkingDays = Annotated[int, Field(strict=True, ge=1, le=250)]


class RemindersPolicy(Rule):
    """After how many working days somebody is reminded of an open task, of an order that its supplier has not answered,
    and of goods that nobody has received; what is left out is as it is above.
    """

    kind: Literal["REMINDERS"] = "REMINDERS"
    task_days: WorkingDays | None = None
    response_days: WorkingDays | None = None
    receipt_days: WorkingDays | None = None

    def widens(self, above: "RemindersPolicy") -> bool:
        days = (
            (self.task_days, above.task_days),
            (self.response_days, above.response_days),
            (self.receipt_days, above.receipt_days),
        )
        return any(mine is not None and theirs is not None and mine > theirs for mine, theirs in days)


class SubstitutesPolicy(Rule):
    """Whether a supplier's substitute is accepted by rule: NEVER, or where it costs the same or less in the quantity
    that was ordered.
    """

    kind: Literal["SUBSTITUTES"] = "SUBSTITUTES"
    by_rule: Literal["NEVER", "SAME_OR_CHEAPER"] = "NEVER"

    def widens(self, above: "SubstitutesPolicy") -> bool:
        return self.by_rule != "NEVER" and above.by_rule == "NEVER"


class ReceiptFreePolicy(Rule):
    """Up to which net amount a text order may go without receipt, in kroner; without one, any may."""

    kind: Literal["RECEIPT_FREE"] = "RECEIPT_FREE"
    up_to: Annotated[Exact, Field(ge=0)] | None = None

    def widens(self, above: "ReceiptFreePolicy") -> bool:
        return above.up_to is not None and (self.up_to is None or self.up_to > above.up_to)


AnyRule = (
    TolerancePolicy
    | TwoPersonPolicy
    | ExternalApprovalPolicy
    | OverDeliveryPolicy
    | RemindersPolicy
    | SubstitutesPolicy
    | ReceiptFreePolicy
)
PolicyRule = Annotated[AnyRule, Field(discriminator="kind")]

DEFAULT_TOLERANCE = TolerancePolicy(absolute=Decimal(250), percent=Decimal(10), freight_cap=Decimal(250))
DEFAULT_REMINDERS = RemindersPolicy(task_days=3, response_days=5, receipt_days=10)


@dataclass(frozen=True, slots=True)
class Sourced:
    """A policy with where it came from: the organisation that set it, how far above (0 is the organisation itself),
    and since when; `organisation_id` is None for the service's own default.
    """

    rule: AnyRule
    organisation_id: UUID | None = None
    organisation_name: str = "default"
    depth: int = 0
    policy_id: UUID | None = None
    valid_from: date | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """So many working days pass before a reminder, and the row that says so."""

    days: int
    source: Sourced


@dataclass(frozen=True, slots=True)
class Reminders:
    """When somebody is reminded: of an open task, of an order without a response, of goods without a receipt."""

    task: Interval
    response: Interval
    receipt: Interval


@dataclass(frozen=True, slots=True)
class Effective:
    """What holds at an organisation on a day. Every tolerance row counts and the smallest binds; of the others the
    tightest one holds, and of equally tight ones the nearest: a row that was tight enough when it was set is overtaken
    by one that is set above it later. Of reminders the shortest of each holds.
    """

    tolerances: tuple[Sourced, ...]
    two_person: Sourced
    external_approval: Sourced
    over_delivery: Sourced
    reminders: Reminders
    substitutes: Sourced
    receipt_free: Sourced


def effective(rows: Sequence[Sourced]) -> Effective:
    """Combine the policies of an organisation and all above it, as they are on a day."""
    nearest = sorted(rows, key=lambda row: row.depth)
    tolerances = tuple(row for row in nearest if isinstance(row.rule, TolerancePolicy))
    return Effective(
        tolerances=tolerances or (Sourced(DEFAULT_TOLERANCE),),
        two_person=_tightest(nearest, TwoPersonPolicy()),
        external_approval=_tightest(nearest, ExternalApprovalPolicy()),
        over_delivery=_tightest(nearest, OverDeliveryPolicy()),
        reminders=_reminders(nearest),
        substitutes=_tightest(nearest, SubstitutesPolicy()),
        receipt_free=_tightest(nearest, ReceiptFreePolicy()),
    )


def _reminders(rows: Sequence[Sourced]) -> Reminders:
    found = [row for row in rows if isinstance(row.rule, RemindersPolicy)]
    task, response, receipt = (_shortest(found, name) for name in ("task_days", "response_days", "receipt_days"))
    return Reminders(task, response, receipt)


def _shortest(rows: Sequence[Sourced], name: str) -> Interval:
    said = (Interval(days, row) for row in rows if (days := getattr(row.rule, name)) is not None)
    default = Interval(getattr(DEFAULT_REMINDERS, name), Sourced(DEFAULT_REMINDERS))
    return min(said, key=lambda interval: interval.days, default=default)


def _tightest(rows: Sequence[Sourced], default: AnyRule) -> Sourced:
    found: Sourced | None = None
    for row in rows:
        if type(row.rule) is type(default) and (found is None or _widens(found.rule, row.rule)):
            found = row
    return found or Sourced(default)


def _widens(rule: PolicyRule, above: PolicyRule) -> bool:
    """Tell whether a policy is wider than another; those of different kinds cannot be compared."""
    return type(rule) is type(above) and rule.widens(above)  # type: ignore[arg-type]  # mypy does not follow the test


def refuse_widening(rules: Sequence[PolicyRule], above: Sequence[Sourced]) -> None:
    """Refuse policies of which any is wider than one set above.

    :raises WidensPolicy: naming each, and the organisation above.
    """
    faults = [_fault(rule, row) for rule in rules for row in above if _widens(rule, row.rule)]
    if faults:
        raise WidensPolicy("; ".join(fault.message for fault in faults), faults=faults)


def _fault(rule: PolicyRule, row: Sourced) -> Fault:
    theirs = row.rule.model_dump_json(exclude_none=True)
    return Fault(
        f"{row.organisation_name} has set {theirs}, and this {rule.kind} is wider: "
        "make it as tight or tighter, or have it widened there first",
        f"{row.organisation_name} har fastsat {theirs}, og denne {rule.kind} er videre: "
        "gør den lige så snæver eller snævrere, eller få den udvidet dér først",
        rule_id=rule.kind,
    )
