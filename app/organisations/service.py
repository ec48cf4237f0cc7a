"""Steps of the organisations chapter: each finds, requires, does and returns."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from app.kit import audit
from app.kit.clock import business_day
from app.kit.errors import Conflict, Fault, Invalid
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.organisations import queries
from app.organisations.access import Call, require
from app.organisations.messages import OrganisationIn, OrganisationOut, TaskOut
from app.organisations.models import LocationNumber, Organisation, OrganisationLink, Task
from app.organisations.people_messages import GrantOut, Me
from app.organisations.people_models import Role, RoleGrant, User
from app.organisations.permissions import Permission
from app.organisations.policies import refuse_widening
from app.organisations.policy_messages import PolicyIn, PolicyOut
from app.organisations.policy_models import Policy, PolicyKind


class AlreadyFounded(Conflict):
    """There is already a root organisation."""


class GlnTaken(Conflict):
    """The GLN routes to another organisation."""


class NotBefore(Invalid):
    """What was decided is never changed backwards in time."""


def found(session: Session, name: str, issuer: str, subject: str, now: datetime) -> tuple[Organisation, User]:
    """Make the first root organisation and its first administrator.

    :raises AlreadyFounded: when any organisation exists.
    """
    if session.exec(select(Organisation.id).limit(1)).first() is not None:
        raise AlreadyFounded("there is a root organisation already; its administrator can make what is below it")
    root = _add_organisation(session, name, None, now)
    administrator = User(
        id=new_id(now), issuer=issuer, subject=subject, name="Administrator", organisation_id=root.id, created_at=now
    )
    session.add(administrator)
    session.flush()
    session.add(
        RoleGrant(
            id=new_id(now),
            user_id=administrator.id,
            role=Role.LOCAL_ADMINISTRATOR,
            organisation_id=root.id,
            valid_from=business_day(now),
        )
    )
    audit.record(
        session,
        "organisation.founded",
        chain=root.id,
        entity="organisation",
        entity_id=root.id,
        now=now,
        actor_id=administrator.id,
    )
    return root, administrator


def me(call: Call) -> Me:
    """Tell the caller who the service takes them for."""
    grants = [
        GrantOut(role=grant.role, organisation_id=grant.organisation_id, supplier_id=grant.supplier_id)
        for grant in call.actor.grants
    ]
    return Me(id=call.actor.id, organisation_id=call.actor.organisation_id, grants=grants)


def create_organisation(call: Call, body: OrganisationIn) -> OrganisationOut:
    """Make an organisation below another.

    :raises GlnTaken: when the GLN routes elsewhere today.
    """
    parent = queries.organisation(call, body.parent_id)
    require(call, Permission.ORGANISATION_CREATE, parent.id)
    if body.gln is not None and queries.organisation_by_gln(call.session, body.gln, call.today) is not None:
        raise GlnTaken(f"GLN {body.gln} routes to another organisation today")
    organisation = _add_organisation(call.session, body.name, parent, call.now, body.cvr)
    if body.gln is not None:
        call.session.add(
            LocationNumber(id=new_id(call.now), gln=body.gln, organisation_id=organisation.id, valid_from=call.today)
        )
    call.audit("organisation.created", chain=organisation.root_id, entity="organisation", entity_id=organisation.id)
    return organisation_out(call, organisation)


def _add_organisation(
    session: Session, name: str, parent: Organisation | None, now: datetime, cvr: str | None = None
) -> Organisation:
    own_id = new_id(now)
    organisation = Organisation(
        id=own_id,
        parent_id=parent.id if parent else None,
        root_id=parent.root_id if parent else own_id,
        name=name,
        cvr=cvr,
        created_at=now,
    )
    session.add(organisation)
    session.flush()
    session.add(OrganisationLink(descendant_id=own_id, ancestor_id=own_id, depth=0))
    if parent is not None:
        above = session.exec(select(OrganisationLink).where(OrganisationLink.descendant_id == parent.id)).all()
        session.add_all(
            OrganisationLink(descendant_id=own_id, ancestor_id=link.ancestor_id, depth=link.depth + 1) for link in above
        )
    session.flush()
    return organisation


def organisation_out(call: Call, organisation: Organisation) -> OrganisationOut:
    call.session.flush()
    return OrganisationOut(
        **organisation.model_dump(exclude={"created_at"}), glns=queries.glns(call.session, organisation.id, call.today)
    )


def get_organisation(call: Call, organisation_id: UUID) -> OrganisationOut:
    return organisation_out(call, queries.organisation(call, organisation_id))


def list_organisations(call: Call, wanted: PageQuery) -> Page[OrganisationOut]:
    query = queries.visible_organisations(call)
    return page(call.session, query, Organisation, wanted, lambda row: organisation_out(call, row))


def set_policy(call: Call, organisation_id: UUID, body: PolicyIn) -> PolicyOut:
    """Set a policy for an organisation and all below it, from today or later.

    :raises NotBefore: when it would begin in the past.
    :raises WidensPolicy: when it is wider than what is set above.
    """
    organisation = queries.organisation(call, organisation_id)
    require(call, Permission.POLICY_SET, organisation.id)
    if body.valid_from < call.today:
        message = "a policy begins today or later; what was decided under the old one stands"
        raise NotBefore(message, faults=[Fault(message, pointer="/valid_from")])
    above = [row for row in queries.policies_above(call.session, organisation.id, body.valid_from) if row.depth]
    refuse_widening(body.rule, above)
    value = body.rule.model_dump(mode="json")
    policy = Policy(
        id=new_id(call.now),
        organisation_id=organisation.id,
        kind=PolicyKind(body.rule.kind),
        value=value,
        valid_from=body.valid_from,
        set_by=call.actor.id,
        set_at=call.now,
    )
    call.session.add(policy)
    call.session.flush()
    call.audit("policy.set", chain=organisation.root_id, entity="organisation", entity_id=organisation.id, facts=value)
    return PolicyOut(id=policy.id, organisation_id=organisation.id, valid_from=body.valid_from, rule=body.rule)


def list_tasks(call: Call, wanted: PageQuery) -> Page[TaskOut]:
    return page(
        call.session,
        queries.visible_tasks(call),
        Task,
        wanted,
        lambda row: TaskOut.model_validate(row, from_attributes=True),
    )
