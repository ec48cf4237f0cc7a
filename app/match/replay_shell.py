"""Replaying from the shell: the same as at the door, in this process; the database is read and never written."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table
from sqlmodel import Session, col, select

from app.kit.db import Database
from app.kit.errors import Fault, Invalid
from app.match.drafts import Draft, checked, draft_for
from app.match.replay_messages import Tally
from app.match.replaying import Span, codes_of, replayed
from app.match.replays import PeriodBackwards
from app.organisations.models import Organisation
from app.organisations.policies import PolicyRule
from app.organisations.policy_models import Policy
from app.organisations.policy_queries import PolicyNotFound
from app.organisations.queries import OrganisationNotFound

RULES: TypeAdapter[list[PolicyRule]] = TypeAdapter(list[PolicyRule])


class RulesNotReadable(Invalid):
    """The file of rules is no JSON list of policy rules."""


class OrganisationNotNamed(Invalid):
    """There are several root organisations, so it must be said whose invoices are meant."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: days, both included, an organisation (the only root, if none is named), and a draft: the id of
    a proposed policy, or a file with rules.
    """

    first_on: date
    last_on: date
    organisation_id: UUID | None = None
    policy_id: UUID | None = None
    rules_file: Path | None = None


def show_replay(database: Database, wish: Wish, out: Console, *, as_json: bool = False) -> bool:
    """Replay and print what came of it; tells whether every decision by the same policy came out as it was.

    :raises Refusal: as the door does.
    """
    if wish.last_on < wish.first_on:
        raise PeriodBackwards(f"the period ends before {wish.first_on}, its first day; turn the two days round")
    span, draft = database.run(lambda session: _meant(session, wish), write=False)
    tally = Tally()
    for told in replayed(database, span, draft):
        tally = told
    if as_json:
        typer.echo(tally.model_dump_json())
    else:
        _print(tally, out)
    return tally.divergent == 0


def _meant(session: Session, wish: Wish) -> tuple[Span, Draft | None]:
    place = _place(session, wish.organisation_id)
    span = Span(place.id, wish.first_on, wish.last_on)
    if wish.rules_file is not None:
        rules = _rules_in(wish.rules_file)
        return span, checked(session, Draft(place.id, place.name, wish.last_on, tuple(rules)))
    return span, None if wish.policy_id is None else _proposed(session, wish.policy_id, place)


def _place(session: Session, organisation_id: UUID | None) -> Organisation:
    if organisation_id is not None:
        found = session.get(Organisation, organisation_id)
        if found is None:
            raise OrganisationNotFound(f"there is no organisation {organisation_id}")
        return found
    roots = session.exec(select(Organisation).where(col(Organisation.parent_id).is_(None))).all()
    if len(roots) != 1:
        raise OrganisationNotNamed(f"there are {len(roots)} root organisations; name one with --organisation")
    return roots[0]


def _proposed(session: Session, policy_id: UUID, place: Organisation) -> Draft:
    policy = session.get(Policy, policy_id)
    if policy is None:
        raise PolicyNotFound(f"there is no policy {policy_id}")
    return draft_for(session, policy, place.id, policy.valid_from)


def _rules_in(file: Path) -> list[Any]:
    try:
        read = json.loads(file.read_bytes())
        return list(RULES.validate_python(read if isinstance(read, list) else [read]))
    except ValidationError as reason:
        faults = [
            Fault(fault["msg"], pointer="".join(f"/{part}" for part in fault["loc"])) for fault in reason.errors()
        ]
        raise RulesNotReadable("; ".join(f"{one.pointer}: {one.message}" for one in faults), faults=faults) from reason
    except ValueError as reason:
        raise RulesNotReadable(f"{file.name} is no JSON") from reason


def _print(tally: Tally, out: Console) -> None:
    out.print(f"{tally.decided} decided: {tally.passing_more} more pass untouched, {tally.passing_fewer} fewer")
    for currency, exposure in tally.exposed.items():
        out.print(f"exposed in {exposure.invoices} invoices: {exposure.payable_amount} {currency} to pay", end=", ")
        out.print(f"{exposure.deviation} above their orders")
    for before, row in tally.outcomes.items():
        for after, invoices in row.items():
            out.print(f"  {before} -> {after}: {invoices}")
    _print_tables(tally, out)
    for why, number in tally.left_out.items():
        out.print(f"left out, {why}: {number}")
    if tally.divergent:
        out.print(f"[bold]{tally.divergent} decisions DO NOT FOLLOW from their own proofs[/bold]")
    for one in tally.divergences:
        out.print(
            f"  invoice {one.invoice_id}, decision {one.decision_id}: {one.before} -> {one.after or 'unreadable'}"
        )


def _print_tables(tally: Tally, out: Console) -> None:
    changed = [row for row in codes_of(tally) if row[1] != row[2]]
    if changed:
        table = Table("rule", "before", "after")
        for code, before, after in changed:
            table.add_row(code, str(before), str(after))
        out.print(table)
    if tally.largest:
        table = Table("invoice", "to pay", "above", "before", "after", title="the largest that change")
        for one in tally.largest:
            amount = f"{one.payable_amount} {one.currency}"
            table.add_row(one.number, amount, str(one.deviation), one.before, one.after)
        out.print(table)
