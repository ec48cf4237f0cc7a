"""Reads of the organisations chapter; every list starts from what the caller may see."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.documents.party import Party
from app.kit.errors import NotFound
from app.organisations.access import Call, below, branches, holds_on, valid_on
from app.organisations.models import LocationNumber, Organisation, OrganisationLink, Task, TaskState
from app.organisations.people_models import Prokura, ProkuraPart, Role, User
from app.organisations.permissions import Permission
from app.organisations.policies import Effective, PolicyRule, Sourced, effective
from app.organisations.policy_models import Policy, PolicyStatus
from app.organisations.prokura import Limit, Posted
from app.organisations.reorganisation_models import Reorganisation
from app.organisations.supplier_models import Supplier, SupplierIdentifier
from app.organisations.tree import above_on

RULE: TypeAdapter[PolicyRule] = TypeAdapter(PolicyRule)

# Made once: every invoice or every order asks these.
_VALID = valid_on(LocationNumber, bindparam("day"))
_BY_GLN = (
    select(Organisation)
    .join(LocationNumber, col(LocationNumber.organisation_id) == col(Organisation.id))
    .where(
        LocationNumber.gln == bindparam("gln"),
        col(LocationNumber.valid_from) <= bindparam("day"),
        or_(_VALID, col(LocationNumber.routable_to) >= bindparam("day")),
    )
    .order_by(_VALID.desc(), col(LocationNumber.valid_from).desc())
    .limit(1)
)
_GLNS = (
    select(LocationNumber.gln)
    .where(LocationNumber.organisation_id == bindparam("organisation_id"), _VALID)
    .order_by(LocationNumber.gln)
)
_IN_SIGHT = select(Organisation).where(
    below(Organisation.id, bindparam("tops", expanding=True)), Organisation.id == bindparam("organisation_id")
)
_UPWARDS = (
    select(Organisation)
    .join(OrganisationLink, col(OrganisationLink.ancestor_id) == col(Organisation.id))
    .where(OrganisationLink.descendant_id == bindparam("organisation_id"))
    .order_by(col(OrganisationLink.depth))
)
_PROKURA = (
    select(Prokura)
    .join(OrganisationLink, col(OrganisationLink.ancestor_id) == col(Prokura.organisation_id))
    .where(
        OrganisationLink.descendant_id == bindparam("organisation_id"),
        Prokura.user_id == bindparam("user_id"),
        Prokura.part == bindparam("part"),
        Prokura.currency == bindparam("currency"),
        holds_on(Prokura, bindparam("day")),
    )
)
_BY_KEYS = (
    select(SupplierIdentifier.key, Supplier)
    .join(Supplier, col(Supplier.id) == col(SupplierIdentifier.supplier_id))
    .where(col(SupplierIdentifier.key).in_(bindparam("keys", expanding=True)))
)
_POLICIES = (
    select(Policy, Organisation.name, OrganisationLink.depth)
    .join(OrganisationLink, col(OrganisationLink.ancestor_id) == col(Policy.organisation_id))
    .join(Organisation, col(Organisation.id) == col(Policy.organisation_id))
    .where(
        OrganisationLink.descendant_id == bindparam("organisation_id"),
        Policy.status == PolicyStatus.PUBLISHED,
        col(Policy.valid_from) <= bindparam("day"),
    )
    .order_by(col(Policy.valid_from), func.coalesce(Policy.published_at, Policy.set_at), col(Policy.id))
)


class OrganisationNotFound(NotFound):
    """No such organisation, or not for this caller."""


class SupplierNotFound(NotFound):
    """No such supplier."""


class ReorganisationNotFound(NotFound):
    """No such reorganisation, or not for this caller."""


class TaskNotFound(NotFound):
    """No such task, or none that waits for this caller."""


class UserNotFound(NotFound):
    """No such user, or not for this caller."""


def visible_organisations(call: Call) -> SelectOfScalar[Organisation]:
    """Give the organisations of every branch in which the actor holds any role."""
    return select(Organisation).where(branches(call.actor, Permission.ORGANISATION_READ, Organisation.id))


def organisation(call: Call, organisation_id: UUID) -> Organisation:
    """Find an organisation that the actor sees.

    :raises OrganisationNotFound: otherwise.
    """
    tops = list(call.actor.organisations(Permission.ORGANISATION_READ))
    found = call.session.exec(_IN_SIGHT, params={"tops": tops, "organisation_id": organisation_id}).first()
    if found is None:
        raise OrganisationNotFound(f"there is no organisation {organisation_id}")
    return found


def glns(session: Session, organisation_id: UUID, day: date) -> list[str]:
    """Give the GLNs that route to an organisation on a day."""
    return list(session.exec(_GLNS, params={"organisation_id": organisation_id, "day": day}).all())


def organisation_by_gln(session: Session, gln: str, day: date) -> Organisation | None:
    """Find where a GLN routes to on a day; one that has ended still does for its time of grace, unless it is
    another's by then.
    """
    return session.exec(_BY_GLN, params={"gln": gln, "day": day}).first()


def organisation_of(session: Session, party: Party, day: date) -> Organisation | None:
    """Find the organisation that a document's party is: by the GLN of its endpoint, then by its other GLNs."""
    for identifier in party.identifiers:
        if identifier.scheme_id == "GLN" and (found := organisation_by_gln(session, identifier.value, day)):
            return found
    return None


def is_below(session: Session, descendant_id: UUID, ancestor_id: UUID) -> bool:
    """Tell whether an organisation is another, or anywhere below it."""
    return session.get(OrganisationLink, (descendant_id, ancestor_id)) is not None


def visible_suppliers(call: Call) -> SelectOfScalar[Supplier]:
    """Give all suppliers to whoever has a role in an organisation; a supplier sees itself."""
    if call.actor.organisations(Permission.SUPPLIER_READ):
        return select(Supplier)
    return select(Supplier).where(col(Supplier.id).in_(call.actor.suppliers(Permission.CATALOGUE_UPLOAD)))


def supplier(call: Call, supplier_id: UUID, *, lock: bool = False) -> Supplier:
    """Find a supplier that the actor sees; `lock` keeps its row as it is until the transaction ends.

    :raises SupplierNotFound: otherwise.
    """
    query = visible_suppliers(call).where(Supplier.id == supplier_id)
    found = call.session.exec(query.with_for_update(key_share=True) if lock else query).first()
    if found is None:
        raise SupplierNotFound(f"there is no supplier {supplier_id}")
    return found


def supplier_by_keys(session: Session, keys: Iterable[str]) -> Supplier | None:
    """Find the supplier known by the first of these keys that is known at all."""
    wanted = list(keys)
    known = dict(session.exec(_BY_KEYS, params={"keys": wanted}).all())
    return next((known[key] for key in wanted if key in known), None)


def supplier_keys(session: Session, supplier_id: UUID) -> frozenset[str]:
    """Give every key under which documents name a supplier."""
    query = select(SupplierIdentifier.key).where(SupplierIdentifier.supplier_id == supplier_id)
    return frozenset(session.exec(query).all())


def visible_users(call: Call) -> SelectOfScalar[User]:
    """Give the users of every branch that the actor administers, and the actor."""
    return select(User).where(
        or_(branches(call.actor, Permission.USER_READ, User.organisation_id), col(User.id) == call.actor.principal_id)
    )


def user(call: Call, user_id: UUID) -> User:
    """Find a user that the actor sees.

    :raises UserNotFound: otherwise.
    """
    found = call.session.exec(visible_users(call).where(User.id == user_id)).first()
    if found is None:
        raise UserNotFound(f"there is no user {user_id}")
    return found


def order_limits(
    session: Session, user_id: UUID, organisation_id: UUID, currency: str, part: ProkuraPart, day: date
) -> Sequence[Prokura]:
    """Give a person's prokura rows that hold at an organisation on a day, in one currency."""
    asked = {"organisation_id": organisation_id, "user_id": user_id, "part": part, "currency": currency, "day": day}
    return session.exec(_PROKURA, params=asked).all()


def limit_of(row: Prokura) -> Limit:
    """Give a prokura row as a fact to decide on."""
    posted = None if row.dimension is None else Posted(row.dimension, row.dimension_from or "", row.dimension_to or "")
    return Limit(row.id, row.max_amount, row.supplier_id, row.agreement_id, row.unspsc_prefix, posted)


def policies_above(session: Session, organisation_id: UUID, day: date) -> list[Sourced]:
    """Give the latest policy of each kind and level of an organisation and of each one above it, as of a day; of those
    that begin on one day the one that was published last.
    """
    rows = session.exec(_POLICIES, params={"organisation_id": organisation_id, "day": day}).all()
    latest: dict[tuple[UUID, str, str], Sourced] = {}
    for row, name, depth in rows:
        rule = RULE.validate_python(row.value)
        key = (row.organisation_id, row.kind, getattr(rule, "level", ""))
        latest[key] = Sourced(rule, row.organisation_id, name, depth, row.id, row.valid_from)
    return list(latest.values())


def effective_policy(session: Session, organisation_id: UUID, day: date) -> Effective:
    """Give what holds at an organisation on a day, each value with where it came from."""
    return effective(policies_above(session, organisation_id, day))


def visible_reorganisations(call: Call) -> SelectOfScalar[Reorganisation]:
    """Give the reorganisations of every branch in which the actor holds any role."""
    return select(Reorganisation).where(
        branches(call.actor, Permission.ORGANISATION_READ, Reorganisation.organisation_id)
    )


def reorganisation(call: Call, reorganisation_id: UUID) -> Reorganisation:
    """Find a reorganisation that the actor sees.

    :raises ReorganisationNotFound: otherwise.
    """
    found = call.session.exec(visible_reorganisations(call).where(Reorganisation.id == reorganisation_id)).first()
    if found is None:
        raise ReorganisationNotFound(f"there is no reorganisation {reorganisation_id}")
    return found


def visible_tasks(call: Call) -> SelectOfScalar[Task]:
    """Give the tasks of the actor: those named to them, and those of a role that they hold where the task stands."""
    return select(Task).where(or_(*ways_to_tasks(call)))


def ways_to_tasks(call: Call) -> list[ColumnElement[bool]]:
    """Give the conditions of which any one makes a task the actor's; none shares a task with another."""
    places: dict[Role, list[UUID]] = {}
    for grant in call.actor.grants:
        if grant.organisation_id is not None:
            places.setdefault(grant.role, []).append(grant.organisation_id)
    by_role = [
        and_(col(Task.user_id).is_(None), col(Task.role) == role, below(Task.organisation_id, tops))
        for role, tops in places.items()
    ]
    return [col(Task.user_id) == call.actor.principal_id, *by_role]


def awaited_subjects(call: Call) -> Select[UUID]:
    """Give the ids of the things about which a task is open for the actor."""
    return visible_tasks(call).where(Task.state == TaskState.OPEN).with_only_columns(col(Task.subject_id))


def task(call: Call, task_id: UUID) -> Task:
    """Find a task of the actor.

    :raises TaskNotFound: otherwise.
    """
    found = call.session.exec(visible_tasks(call).where(Task.id == task_id)).first()
    if found is None:
        raise TaskNotFound(f"there is no task {task_id}")
    return found


def open_tasks_about(session: Session, subject_id: UUID) -> Sequence[Task]:
    """Give the open tasks about a thing."""
    return session.exec(select(Task).where(Task.subject_id == subject_id, Task.state == TaskState.OPEN)).all()


def upwards_on(session: Session, organisation_id: UUID, day: date) -> Sequence[Organisation]:
    """Give an organisation and everything that stood above it when a day ended, itself first and the root last."""
    links = above_on(organisation_id, day, "depth").subquery()
    query = select(Organisation).join(links, links.c.ancestor_id == col(Organisation.id))
    return session.exec(query.order_by(links.c.depth)).all()


def upwards(session: Session, organisation_id: UUID) -> Sequence[Organisation]:
    """Give an organisation and everything above it, the organisation itself first and the root last."""
    return session.exec(_UPWARDS, params={"organisation_id": organisation_id}).all()
