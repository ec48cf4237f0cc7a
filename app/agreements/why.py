"""Why a user sees an agreement or not, from frozen facts: the step that stops it is named, in Danish and English."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from app.agreements.groups import Narrowing
from app.agreements.models import AgreementStatus


class Cause(StrEnum):
    """What lets a user see an agreement, or stops it; the codes keep their meaning."""

    VISIBLE = "VISIBLE"
    NOT_ACTIVE = "NOT_ACTIVE"
    NOT_VALID = "NOT_VALID"
    STEP_REVOKED = "STEP_REVOKED"
    STEP_LAPSED = "STEP_LAPSED"
    STEP_NOT_VALID = "STEP_NOT_VALID"
    GROUP_LEFT_OUT = "GROUP_LEFT_OUT"
    GROUP_NOT_OF_AGREEMENT = "GROUP_NOT_OF_AGREEMENT"
    NOT_SHARED_WITH_USER = "NOT_SHARED_WITH_USER"
    NOT_HANDED_DOWN = "NOT_HANDED_DOWN"


@dataclass(frozen=True, slots=True)
class Step:
    """One share of a chain, as it stood on the day asked about; `lapsed` says that a reorganisation took it back."""

    share_id: UUID
    giver: str
    receiver: str
    receiver_da: str
    narrowing: Narrowing
    valid_from: date
    valid_to: date | None
    revoked_on: date | None
    lapsed: bool = False


Path = tuple[Step, ...]
"""A chain from the owner down."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the answer depends on. `paths` reach the user; `held` are those by which organisations at and
    above the user have it, and `holder` the nearest of them that does, which is the user's own with `is_own`. `group`
    is the product group asked about, if any.
    """

    day: date
    contract_number: str
    user: str
    place: str
    status: AgreementStatus
    valid_from: date
    valid_to: date
    product_groups: tuple[str, ...]
    paths: Sequence[Path]
    held: Sequence[Path]
    holder: str | None
    is_own: bool
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that lets through or stops, and at which share, if at one."""

    cause: Cause
    message: str
    message_da: str
    share_id: UUID | None = None


MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
MONTHS_DA: Final = (
    *("januar", "februar", "marts", "april", "maj", "juni"),
    *("juli", "august", "september", "oktober", "november", "december"),
)


def in_english(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def in_danish(day: date) -> str:
    return f"{day.day}. {MONTHS_DA[day.month - 1]} {day.year}"


def explain(facts: Facts) -> tuple[bool, tuple[Finding, ...]]:
    """Tell whether the user sees the agreement (with the product group asked about) on the day, and why: what lets it
    through, or everything that stops it.
    """
    general = [*_stopped_by_agreement(facts)]
    stops = [stopped_at(path, facts.day) or _left_out_at(path, facts.group) for path in facts.paths]
    if not general and None in stops:
        return True, (_visible(facts, facts.paths[stops.index(None)]),)
    found = dict.fromkeys([*general, *(stop for stop in stops if stop is not None), *_unshared(facts)])
    return False, tuple(found)


def _stopped_by_agreement(facts: Facts) -> Iterator[Finding]:
    number = facts.contract_number
    if facts.status != AgreementStatus.ACTIVE:
        yield Finding(
            Cause.NOT_ACTIVE,
            f"agreement {number} is {facts.status}; users see ACTIVE ones alone",
            f"aftale {number} er {facts.status}; brugere ser kun aktive aftaler",
        )
    if not facts.valid_from <= facts.day <= facts.valid_to:
        yield Finding(
            Cause.NOT_VALID,
            f"agreement {number} is valid from {in_english(facts.valid_from)} to {in_english(facts.valid_to)}",
            f"aftale {number} gælder fra {in_danish(facts.valid_from)} til {in_danish(facts.valid_to)}",
        )
    if facts.group is not None and not Narrowing(facts.product_groups).allows(facts.group):
        yield Finding(
            Cause.GROUP_NOT_OF_AGREEMENT,
            f"product group {facts.group} is none of the agreement's",
            f"varegruppe {facts.group} er ikke omfattet af aftalen",
        )


def stopped_at(path: Path, day: date) -> Finding | None:
    """Give the first step of a chain that is revoked or not valid on a day, or nothing."""
    for step in path:
        at, at_da = _share(step), _share_da(step)
        if step.revoked_on is not None and step.lapsed:
            return Finding(
                Cause.STEP_LAPSED,
                f"{at} lapsed on {in_english(step.revoked_on)}, when a reorganisation parted the two",
                f"{at_da} bortfaldt den {in_danish(step.revoked_on)}, da en ressortændring skilte dem ad",
                step.share_id,
            )
        if step.revoked_on is not None:
            return Finding(
                Cause.STEP_REVOKED,
                f"{at} was revoked on {in_english(step.revoked_on)}",
                f"{at_da} blev trukket tilbage den {in_danish(step.revoked_on)}",
                step.share_id,
            )
        if not step.valid_from <= day <= (step.valid_to or date.max):
            return Finding(
                Cause.STEP_NOT_VALID,
                f"{at} is valid {_between(step)}",
                f"{at_da} gælder {_between_da(step)}",
                step.share_id,
            )
    return None


def _share(step: Step) -> str:
    return f"the share from {step.giver} to {step.receiver}"


def _share_da(step: Step) -> str:
    return f"delingen fra {step.giver} til {step.receiver_da}"


def _between(step: Step) -> str:
    until = f" to {in_english(step.valid_to)}" if step.valid_to is not None else ""
    return f"from {in_english(step.valid_from)}{until}"


def _between_da(step: Step) -> str:
    until = f" til {in_danish(step.valid_to)}" if step.valid_to is not None else ""
    return f"fra {in_danish(step.valid_from)}{until}"


def _left_out_at(path: Path, group: str | None) -> Finding | None:
    if group is None:
        return None
    step = next((step for step in path if not step.narrowing.allows(group)), None)
    if step is None:
        return None
    return Finding(
        Cause.GROUP_LEFT_OUT,
        f"{_share(step)} leaves product group {group} out",
        f"{_share_da(step)} udelader varegruppe {group}",
        step.share_id,
    )


def _unshared(facts: Facts) -> Iterator[Finding]:
    """Say how far down the agreement has come, when no share is meant for the user."""
    if facts.paths:
        return
    yield from (stop for stop in (stopped_at(path, facts.day) for path in facts.held) if stop is not None)
    if facts.is_own:
        yield Finding(
            Cause.NOT_SHARED_WITH_USER,
            f"{facts.holder} has the agreement, but shares it with neither {facts.user}, a group, nor everybody",
            f"{facts.holder} har aftalen, men har ikke delt den med {facts.user}, en af brugerens grupper eller alle",
        )
    else:
        nearest, nearest_da = facts.holder or "no organisation above", facts.holder or "ingen organisation ovenfor"
        yield Finding(
            Cause.NOT_HANDED_DOWN,
            f"{nearest} has the agreement; it has not been handed down to {facts.place}",
            f"{nearest_da} har aftalen; den er ikke delt ned til {facts.place}",
        )


def _visible(facts: Facts, path: Path) -> Finding:
    last = path[-1]
    way, way_da = f"{last.giver} shares it with {last.receiver}", f"{last.giver} deler den med {last.receiver_da}"
    return Finding(
        Cause.VISIBLE,
        f"{facts.user} sees agreement {facts.contract_number}: {way}",
        f"{facts.user} ser aftale {facts.contract_number}: {way_da}",
        last.share_id,
    )
