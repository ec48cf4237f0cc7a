"""The closure table of the tree: adding an organisation, moving a branch, and who stood above whom on a day."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CompoundSelect, Date, and_, bindparam, delete, insert, literal, union_all
from sqlalchemy import select as core_select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from app.kit.db import rows, write
from app.kit.errors import Conflict
from app.organisations.models import FormerLink, Organisation, OrganisationLink, OrganisationStatus

LINKS: Final = (OrganisationLink, FormerLink)

_HELD = (
    select(Organisation)
    .where(Organisation.id == bindparam("organisation_id"))
    .execution_options(populate_existing=True)
    .with_for_update(read=True)
)


class OrganisationClosed(Conflict):
    """A closed organisation takes no new orders, and nothing is made or hung below it."""


def require_open(organisation: Organisation) -> None:
    """Let only an ACTIVE organisation pass.

    :raises OrganisationClosed: otherwise.
    """
    if organisation.status != OrganisationStatus.ACTIVE:
        raise OrganisationClosed(f"{organisation.name} is closed")


def hold(session: Session, organisation_id: UUID) -> Organisation:
    """Give an organisation as it is, and keep it where it is in the tree until the transaction ends. What depends on
    who stands above whom asks for this first, or a move at the same moment would not know of it.
    """
    return session.exec(_HELD, params={"organisation_id": organisation_id}).one()


def link_new(session: Session, organisation_id: UUID, parent_id: UUID | None, today: date) -> None:
    """Put an organisation that has just been made below another."""
    session.add(OrganisationLink(descendant_id=organisation_id, ancestor_id=organisation_id, depth=0, since_on=today))
    if parent_id is not None:
        above = session.exec(select(OrganisationLink).where(OrganisationLink.descendant_id == parent_id)).all()
        session.add_all(
            OrganisationLink(
                descendant_id=organisation_id, ancestor_id=link.ancestor_id, depth=link.depth + 1, since_on=today
            )
            for link in above
        )
    session.flush()


def within(top_id: UUID) -> Any:
    """Give the query for the ids of an organisation and all below it, as the tree is now."""
    return core_select(col(OrganisationLink.descendant_id)).where(col(OrganisationLink.ancestor_id) == top_id)


def ancestors(session: Session, organisation_id: UUID) -> list[UUID]:
    """Give the ids of an organisation and all above it, itself first and the root last."""
    query = select(OrganisationLink.ancestor_id).where(OrganisationLink.descendant_id == organisation_id)
    return list(session.exec(query.order_by(col(OrganisationLink.depth))).all())


def above_on(organisation_id: Any, day: Any, *more: str) -> CompoundSelect[*tuple[Any, ...]]:
    """Give the query for the ids of an organisation and all that stood above it when a day ended, maybe with more
    columns of the pairs.
    """
    now, then = (core_select(*(getattr(link, name) for name in ("ancestor_id", *more))) for link in LINKS)
    now = now.where(col(OrganisationLink.descendant_id) == organisation_id, col(OrganisationLink.since_on) <= day)
    then = then.where(
        col(FormerLink.descendant_id) == organisation_id,
        col(FormerLink.since_on) <= day,
        col(FormerLink.until_on) > day,
    )
    return union_all(now, then)


def placements(session: Session, organisation_id: UUID) -> Sequence[Any]:
    """Give below which organisations one has stood, the present one last: rows of parent_id, parent_name, since_on and
    until_on.
    """
    found = []
    for link, until in ((FormerLink, col(FormerLink.until_on)), (OrganisationLink, literal(None, Date))):
        parent_id, name = col(link.ancestor_id), col(Organisation.name)
        columns: tuple[Any, ...] = (
            parent_id.label("parent_id"),
            name.label("parent_name"),
            col(link.since_on),
            until.label("until_on"),
        )
        direct = (col(link.descendant_id) == organisation_id, col(link.depth) == 1)
        found.append(core_select(*columns).join(Organisation, col(Organisation.id) == parent_id).where(*direct))
    return rows(session, union_all(*found).order_by("since_on"))


def lock_root(session: Session, root_id: UUID) -> None:
    """Let one reorganisation or set-up import at a time work below a root; others may refer to it."""
    root = core_select(col(Organisation.id)).where(col(Organisation.id) == root_id)
    session.connection().execute(root.with_for_update(key_share=True)).all()


def lock_branch(session: Session, top_id: UUID) -> None:
    """Let nobody build on a branch, or hand something across its edge, until the transaction ends."""
    query = core_select(col(Organisation.id)).where(col(Organisation.id).in_(within(top_id)))
    session.connection().execute(query.order_by(col(Organisation.id)).with_for_update()).all()


def move_branch(session: Session, top: Organisation, parent_id: UUID, today: date) -> None:
    """Hang an organisation with all below it under another; the pairs that end are kept with their days."""
    old = core_select(col(OrganisationLink.ancestor_id)).where(
        col(OrganisationLink.descendant_id) == top.id, col(OrganisationLink.depth) > 0
    )
    ending = and_(col(OrganisationLink.descendant_id).in_(within(top.id)), col(OrganisationLink.ancestor_id).in_(old))
    kept = core_select(
        col(OrganisationLink.descendant_id),
        col(OrganisationLink.ancestor_id),
        col(OrganisationLink.since_on),
        literal(today),
        col(OrganisationLink.depth),
    ).where(ending, col(OrganisationLink.since_on) < today)
    names = ["descendant_id", "ancestor_id", "since_on", "until_on", "depth"]
    write(session, insert(FormerLink).from_select(names, kept), {})
    write(session, delete(OrganisationLink).where(ending), {})
    below, above = aliased(OrganisationLink), aliased(OrganisationLink)
    depth = col(below.depth) + col(above.depth) + 1
    pairs = (
        core_select(col(below.descendant_id), col(above.ancestor_id), depth, literal(today))
        .join_from(below, above, col(above.descendant_id) == parent_id)
        .where(col(below.ancestor_id) == top.id)
    )
    names = ["descendant_id", "ancestor_id", "depth", "since_on"]
    write(session, insert(OrganisationLink).from_select(names, pairs), {})
    top.parent_id = parent_id
    session.add(top)
    session.flush()
