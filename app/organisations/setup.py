"""Set-up sheets: a branch's organisations, users, roles and prokura, imported in one piece and exported as the same.

A dry run answers what an import would do, with every fault; an import with faults is refused and changes nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.kit.calls import Raw
from app.kit.commented import commented_workbook, named
from app.kit.errors import Fault, Invalid
from app.kit.problems import ProblemFault
from app.kit.sheets import CSV, XLSX, Table, write_csv
from app.kit.uploads import Upload
from app.kit.workbooks import WrittenSheet, write_workbook
from app.organisations import queries
from app.organisations.access import Call, NotAllowed, require
from app.organisations.hands import hands_of
from app.organisations.people_models import Prokura, RoleGrant
from app.organisations.permissions import Permission
from app.organisations.setup_book import book_of, commented_book, faults_of
from app.organisations.setup_columns import COLUMNS, SHEET_NAMES, Kind
from app.organisations.setup_export import Branch
from app.organisations.setup_facts import location_numbers, powers_of, suppliers_of, tree_of, users_of
from app.organisations.setup_messages import SetupCounts, SetupFormat, SetupResult
from app.organisations.setup_people import plan_users
from app.organisations.setup_places import plan_organisations
from app.organisations.setup_plan import Outcome, Plan
from app.organisations.setup_powers import LIMIT, ROLE, plan_powers
from app.organisations.setup_writing import lock_roots, write_plan

MOST_FAULTS: Final = 1000
"""Faults in one answer; the workbook with comments has them all."""

PLACES: Final = ("parent", "organisation")


class SetupNotFitting(Invalid):
    """Rows of the set-up sheets do not fit; nothing was imported."""


@dataclass(frozen=True, slots=True)
class Import:
    """An import as it went, or as it would go; `id` is None when nothing was written."""

    id: UUID | None
    sha256: str
    is_dry: bool
    book: Mapping[Kind, Table]
    plan: Plan
    faults: Sequence[Fault]

    def as_result(self) -> SetupResult:
        return SetupResult(
            id=self.id,
            dry_run=self.is_dry,
            sha256=self.sha256,
            fault_count=len(self.faults),
            faults=[ProblemFault(**fault.as_json()) for fault in self.faults[:MOST_FAULTS]],
            **{kind: _counts(self.plan, kind) for kind in Kind},
        )


def import_setup(call: Call, upload: Upload, *, dry_run: bool, as_workbook: bool) -> SetupResult | Raw:
    """Import set-up sheets, or tell what importing them would do, in figures or as the same sheets with comments.

    :raises SetupNotFitting, SheetsNotKnown: as `take_in` does.
    """
    done = take_in(call, upload, dry_run=dry_run)
    if as_workbook:
        return commented_workbook(commented_book(done.book, done.plan, is_done=not dry_run))
    return done.as_result()


def take_in(call: Call, upload: Upload, *, dry_run: bool) -> Import:
    """Import set-up sheets: all rows or none. A dry run writes nothing and refuses nothing.

    :raises SetupNotFitting: when any row is at fault, unless it is a dry run.
    :raises SheetsNotKnown: for sheets that are none of these.
    """
    if not call.actor.organisations(Permission.USER_CREATE):
        raise NotAllowed("importing set-up sheets takes the role local administrator")
    if not dry_run:
        lock_roots(call)
    book = book_of(upload.sheets)
    plan = _plan(call, book)
    faults = faults_of(book, plan)
    if faults and not dry_run:
        message = (
            f"{len(faults)} cells or rows are at fault, and nothing was imported; a dry run can give them as comments"
        )
        raise SetupNotFitting(message, faults=faults[:MOST_FAULTS])
    import_id = write_plan(call, plan, upload.sha256) if not dry_run else None
    return Import(import_id, upload.sha256, dry_run, book, plan, faults)


def _plan(call: Call, book: Mapping[Kind, Table]) -> Plan:
    """Read what stands, then plan sheet by sheet: what a later one refers to is made in an earlier one."""
    cells = [row.cells for table in book.values() for row in table.rows]
    tree = tree_of(call)
    glns = {one for row in cells for field in ("glns", *PLACES) for one in row.get(field, "").split() if len(one) == 13}
    tree.glns.update(location_numbers(call, glns))
    identities = {(row["issuer"], row["subject"]) for row in cells if "issuer" in row and "subject" in row}
    users = users_of(call, tree, identities)
    ids = {user.id for user in users.values()}
    powers = {
        Kind.ROLES: powers_of(call, RoleGrant, ids if Kind.ROLES in book else ()),
        Kind.PROKURA: powers_of(call, Prokura, ids if Kind.PROKURA in book else ()),
    }
    suppliers = suppliers_of(call, {row["supplier"] for row in cells if "supplier" in row})
    own_hands = hands_of(call)
    plan = Plan(call.actor.id, own_hands, call.now, call.today, tree, users, suppliers, powers)
    steps: Mapping[Kind, Callable[[Plan, Table], None]] = {
        Kind.ORGANISATIONS: plan_organisations,
        Kind.USERS: plan_users,
        Kind.ROLES: lambda plan, table: plan_powers(plan, table, ROLE),
        Kind.PROKURA: lambda plan, table: plan_powers(plan, table, LIMIT),
    }
    for kind, table in book.items():
        steps[kind](plan, table)
    return plan


def _counts(plan: Plan, kind: Kind) -> SetupCounts:
    return SetupCounts(**{outcome: plan.counts(kind)[outcome] for outcome in Outcome})


def export_setup(call: Call, organisation_id: UUID, form: SetupFormat, sheet: Kind) -> Raw:
    """Export a branch as set-up sheets; CSV has one sheet at a time.

    :raises NotAllowed: without the permission to read a branch's set-up.
    """
    organisation = queries.organisation(call, organisation_id)
    require(call, Permission.SETUP_READ, organisation.id)
    branch = Branch(call, organisation.id)
    if form == SetupFormat.CSV:
        header = [column.heading.header for column in COLUMNS[sheet]]
        content = write_csv(header, branch.rows_of(sheet))
        return Raw(content, f"{CSV}; charset=utf-8", named(f"{SHEET_NAMES[sheet][0].lower()}.csv"))
    return _workbook((_sheet(branch, kind) for kind in Kind), "opsaetning")


def _sheet(branch: Branch, kind: Kind) -> WrittenSheet:
    headings = [column.heading for column in COLUMNS[kind]]
    return WrittenSheet(SHEET_NAMES[kind][0], headings, enumerate(branch.rows_of(kind), start=2))


def _workbook(sheets: Iterable[WrittenSheet], name: str) -> Raw:
    return Raw(write_workbook(sheets), XLSX, named(f"{name}.xlsx"))
