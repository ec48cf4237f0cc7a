"""Reads of posting: the scheme that holds somewhere, its combinations, and the defaults."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit.errors import NotFound
from app.orders.posting_messages import Dimension
from app.orders.posting_models import PostingCombination, PostingDefault, PostingScheme, PostingShare
from app.orders.postings import MOST_TOLD, Default, Scheme
from app.organisations.models import OrganisationLink

_SHARES = (
    select(PostingShare)
    .where(col(PostingShare.order_line_id).in_(bindparam("line_ids", expanding=True)))
    .order_by(col(PostingShare.position))
)

_SCHEME = (
    select(PostingScheme)
    .join(OrganisationLink, col(OrganisationLink.ancestor_id) == col(PostingScheme.organisation_id))
    .where(OrganisationLink.descendant_id == bindparam("organisation_id"))
    .order_by(col(OrganisationLink.depth))
    .limit(1)
)
_DEFAULTS = (
    select(PostingDefault, OrganisationLink.depth)
    .join(OrganisationLink, col(OrganisationLink.ancestor_id) == col(PostingDefault.organisation_id))
    .where(OrganisationLink.descendant_id == bindparam("organisation_id"))
)


class PostingSchemeNotFound(NotFound):
    """Neither the organisation nor one above it has a posting scheme."""


class PostingDefaultNotFound(NotFound):
    """The organisation has no such default."""


def scheme_row(session: Session, organisation_id: UUID) -> PostingScheme | None:
    """Give the scheme that holds at an organisation: its own, or of the nearest one above that has one."""
    return session.exec(_SCHEME, params={"organisation_id": organisation_id}).first()


def scheme_of(row: PostingScheme | None) -> Scheme | None:
    """Give a scheme as a fact to decide on."""
    if row is None:
        return None
    dimensions = tuple(Dimension.model_validate(dimension) for dimension in row.dimensions)
    return Scheme(row.organisation_id, dimensions, row.combinations_only)


def combinations_like(session: Session, scheme: Scheme, posting: str) -> Sequence[str]:
    """Give a posting text that is in a scheme's list; when it is not, a few that begin alike, or else any."""
    keys = select(PostingCombination.key).where(PostingCombination.organisation_id == scheme.organisation_id)
    key = col(PostingCombination.key)
    if session.exec(keys.where(key == posting)).first() is not None:
        return [posting]
    begins = posting.partition(";")[0] + ";"
    few = keys.order_by(key).limit(MOST_TOLD)
    alike = session.exec(few.where(key.startswith(begins, autoescape=True))).all()
    return alike or session.exec(few).all()


def combinations_of(organisation_id: UUID) -> SelectOfScalar[PostingCombination]:
    return select(PostingCombination).where(PostingCombination.organisation_id == organisation_id)


def count_combinations(session: Session, organisation_id: UUID) -> int:
    query = select(func.count()).select_from(combinations_of(organisation_id).subquery())
    return session.exec(query).one()


def defaults_above(session: Session, organisation_id: UUID) -> list[Default]:
    """Give the defaults of an organisation and of all above it."""
    found = session.exec(_DEFAULTS, params={"organisation_id": organisation_id}).all()
    return [
        Default(depth, row.accounting_cost, row.user_id, row.agreement_id, row.unspsc_prefix) for row, depth in found
    ]


def default(session: Session, organisation_id: UUID, default_id: UUID) -> PostingDefault:
    """Find a default of an organisation, and keep its row until the transaction ends.

    :raises PostingDefaultNotFound: otherwise.
    """
    found = session.get(PostingDefault, default_id, with_for_update=True)
    if found is None or found.organisation_id != organisation_id:
        raise PostingDefaultNotFound(f"there is no posting default {default_id} of this organisation")
    return found


def shares_of(session: Session, line_ids: Iterable[UUID]) -> dict[UUID, list[PostingShare]]:
    """Give the shares of the order lines that are split, each line's in order."""
    found: dict[UUID, list[PostingShare]] = {}
    for share in session.exec(_SHARES, params={"line_ids": list(line_ids)}):
        found.setdefault(share.order_line_id, []).append(share)
    return found
