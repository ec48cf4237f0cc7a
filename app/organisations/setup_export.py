"""A branch as set-up sheets: what `book_of` reads back, so that importing it again changes nothing."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import SQLModel, col, select

from app.kit.db import rows
from app.kit.money import plain
from app.organisations.access import Call, below, valid_on
from app.organisations.models import LocationNumber, Organisation
from app.organisations.people_models import Prokura, RoleGrant, User
from app.organisations.queries import visible_suppliers
from app.organisations.setup_columns import COLUMNS, KIND_NAMES, PART_NAMES, ROLE_NAMES, Kind
from app.organisations.setup_facts import Tree, suppliers_of, tree_of
from app.organisations.supplier_models import Supplier

Cells = dict[str, str]


class Branch:
    """An organisation and all below it, to be written as sheets; names are those that an import finds again."""

    def __init__(self, call: Call, top_id: UUID) -> None:
        self._call = call
        self._top_id = top_id
        self._tree: Tree = tree_of(call)
        self._names: dict[UUID, str] = {}
        self._suppliers: dict[UUID, str] = {}

    def rows_of(self, kind: Kind) -> Iterator[list[str]]:
        """Give the rows of a sheet in the order of its columns."""
        cells = {
            Kind.ORGANISATIONS: self._organisations,
            Kind.USERS: self._users,
            Kind.ROLES: self._roles,
            Kind.PROKURA: self._prokura,
        }
        for row in cells[kind]():
            yield [row.get(column.field, "") for column in COLUMNS[kind]]

    def _in_branch(self, column: Any) -> Any:
        return below(column, [self._top_id])

    def _organisations(self) -> Iterator[Cells]:
        query = select(col(LocationNumber.organisation_id), col(LocationNumber.gln)).where(
            valid_on(LocationNumber, self._call.today), self._in_branch(LocationNumber.organisation_id)
        )
        glns: dict[UUID, list[str]] = {}
        for row in rows(self._call.session, query.order_by(col(LocationNumber.gln))):
            glns.setdefault(row.organisation_id, []).append(row.gln)
        below_top = select(col(Organisation.id)).where(self._in_branch(Organisation.id))
        ids = [row.id for row in rows(self._call.session, below_top)]
        for name, place_id in sorted((self._named(one), one) for one in ids):
            place = self._tree.places[place_id]
            parent_id = place.parent_id if place_id != self._top_id else None
            yield {
                "id": str(place_id),
                "key": name if name != str(place_id) else "",
                "parent": self._named(parent_id) if parent_id is not None else "",
                "name": place.name,
                "glns": " ".join(glns.get(place_id, [])),
                "cvr": place.cvr or "",
            }

    def _users(self) -> Iterator[Cells]:
        query = select(User).where(self._in_branch(User.organisation_id))
        for row in self._read(query, User):
            yield {
                **_identity(row),
                "name": row.name,
                "kind": KIND_NAMES[row.kind],
                "organisation": self._named(row.organisation_id),
            }

    def _roles(self) -> Iterator[Cells]:
        for row in self._powers(RoleGrant):
            yield _power(row) | {
                "role": ROLE_NAMES[row.role],
                "organisation": self._named(row.organisation_id) if row.organisation_id else "",
                "supplier": self._supplier(row.supplier_id),
            }

    def _prokura(self) -> Iterator[Cells]:
        for row in self._powers(Prokura):
            yield _power(row) | {
                "part": PART_NAMES[row.part],
                "currency": row.currency,
                "max_amount": plain(row.max_amount).replace(".", ","),
                "organisation": self._named(row.organisation_id),
                "supplier": self._supplier(row.supplier_id),
                "agreement": str(row.agreement_id or ""),
                "unspsc_prefix": row.unspsc_prefix or "",
                "dimension": row.dimension or "",
                "dimension_from": row.dimension_from or "",
                "dimension_to": row.dimension_to or "",
            }

    def _read(self, query: Any, model: type[SQLModel]) -> Sequence[Any]:
        table = SQLModel.metadata.tables[str(model.__tablename__)]
        columns = {**{one.name: one for one in table.c}, "issuer": col(User.issuer), "subject": col(User.subject)}
        ordered = query.with_only_columns(*columns.values()).order_by(col(User.issuer), col(User.subject), table.c.id)
        return rows(self._call.session, ordered)

    def _powers(self, model: type[RoleGrant] | type[Prokura]) -> Iterator[Any]:
        """Give the roles or limits in the branch, and the supplier roles of its users; what is twice there, once, and
        what was ended, not at all.
        """
        query = select(model).join(User, col(User.id) == col(model.user_id))
        inside = self._in_branch(model.organisation_id)
        if model is RoleGrant:
            inside = inside | (col(model.organisation_id).is_(None) & self._in_branch(User.organisation_id))
        seen = set()
        for row in self._read(query.where(inside, col(model.ended_at).is_(None)), model):
            content = tuple(value for name, value in row._mapping.items() if name not in ("id", "granted_by", "set_by"))
            if content not in seen:
                seen.add(content)
                yield row

    def _named(self, place_id: UUID) -> str:
        if place_id not in self._names:
            self._names[place_id] = self._tree.named(place_id, self._top_id)
        return self._names[place_id]

    def _supplier(self, supplier_id: UUID | None) -> str:
        """Give a supplier's CVR number when it is found by it, else its id."""
        if supplier_id is None:
            return ""
        if not self._suppliers:
            known = {row.id: row.cvr for row in rows(self._call.session, _numbers(self._call))}
            found = suppliers_of(self._call, {cvr for cvr in known.values() if cvr})
            self._suppliers = {one: cvr if found.get(cvr) == one else str(one) for one, cvr in known.items()}
        return self._suppliers.get(supplier_id, str(supplier_id))


def _numbers(call: Call) -> Any:
    return visible_suppliers(call).with_only_columns(col(Supplier.id), col(Supplier.cvr))


def _identity(row: Any) -> Cells:
    return {"issuer": row.issuer, "subject": row.subject}


def _power(row: Any) -> Cells:
    return _identity(row) | {"valid_from": row.valid_from.isoformat(), "valid_to": str(row.valid_to or "")}
