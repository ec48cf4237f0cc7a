"""Steps of posting defaults: where lines are posted that nobody posts."""

from uuid import UUID

from sqlmodel import col, select

from app.agreements import queries as agreements
from app.agreements.models import Agreement
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.orders import posting_queries as queries
from app.orders.posting_lines import PostingNotAllowed, Rules
from app.orders.posting_messages import PostingDefaultIn, PostingDefaultOut
from app.orders.posting_models import PostingDefault
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.models import Organisation, OrganisationLink
from app.organisations.permissions import Permission


class PostingDefaultTaken(Conflict):
    """The organisation has a default of just this user, agreement and product group already."""


def add_default(call: Call, organisation_id: UUID, body: PostingDefaultIn) -> PostingDefaultOut:
    """Say where lines are posted that nobody posts.

    :raises AgreementNotFound: for an agreement that is neither owned at or above the organisation nor seen otherwise.
    :raises PostingNotAllowed: for a posting that the scheme does not allow.
    :raises PostingDefaultTaken: when there is one of just the same.
    """
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.ORDER_SETUP, organisation.id)
    if body.user_id is not None:
        organisations.user(call, body.user_id)
    if body.agreement_id is not None:
        _require_agreement(call, organisation, body.agreement_id)
    rules = Rules.of(call.session, organisation.id)
    if faults := rules.faults(body.accounting_cost, "/accounting_cost"):
        raise PostingNotAllowed("the posting is not allowed; see `errors`", faults=faults)
    _refuse_taken(call, organisation, body)
    values = body.model_dump() | {"accounting_cost": rules.normalised(body.accounting_cost)}
    row = PostingDefault(id=new_id(call.now), organisation_id=organisation.id, **values)
    call.session.add(row)
    call.session.flush()
    _note(call, organisation, "posting_default.added", row)
    return _out(row)


def _require_agreement(call: Call, organisation: Organisation, agreement_id: UUID) -> None:
    above = select(OrganisationLink.ancestor_id).where(OrganisationLink.descendant_id == organisation.id)
    query = select(Agreement.id).where(Agreement.id == agreement_id, col(Agreement.owner_id).in_(above))
    if call.session.exec(query).first() is None:
        agreements.agreement(call, agreement_id)


def _refuse_taken(call: Call, organisation: Organisation, body: PostingDefaultIn) -> None:
    locked = select(Organisation.id).where(Organisation.id == organisation.id).with_for_update(key_share=True)
    call.session.exec(locked).one()
    taken = select(PostingDefault.id).where(
        PostingDefault.organisation_id == organisation.id,
        col(PostingDefault.user_id).is_not_distinct_from(body.user_id),
        col(PostingDefault.agreement_id).is_not_distinct_from(body.agreement_id),
        col(PostingDefault.unspsc_prefix).is_not_distinct_from(body.unspsc_prefix),
    )
    if (found := call.session.exec(taken).first()) is not None:
        raise PostingDefaultTaken(f"the default {found} is of just the same; delete it first")


def list_defaults(call: Call, organisation_id: UUID, wanted: PageQuery) -> Page[PostingDefaultOut]:
    """Give the defaults that an organisation itself has set."""
    organisation = organisations.organisation(call, organisation_id)
    query = select(PostingDefault).where(PostingDefault.organisation_id == organisation.id)
    return page(call.session, query, PostingDefault, wanted, _out)


def drop_default(call: Call, organisation_id: UUID, default_id: UUID) -> None:
    """Take a default back; lines that were posted by it stay as they are.

    :raises PostingDefaultNotFound: when the organisation has no such default.
    """
    organisation = organisations.organisation(call, organisation_id)
    row = queries.default(call.session, organisation.id, default_id)
    require(call, Permission.ORDER_SETUP, organisation.id)
    _note(call, organisation, "posting_default.dropped", row)
    call.session.delete(row)


def _out(row: PostingDefault) -> PostingDefaultOut:
    return PostingDefaultOut.model_validate(row, from_attributes=True)


def _note(call: Call, organisation: Organisation, action: str, row: PostingDefault) -> None:
    facts = {"default_id": str(row.id)}
    call.audit(action, chain=organisation.root_id, entity="organisation", entity_id=organisation.id, facts=facts)
