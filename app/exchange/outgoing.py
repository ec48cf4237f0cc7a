"""What leaves: the outbox as the people see it whose documents stand in it."""

from typing import Final

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.exchange.messages import OutboundOut, OutboxQuery
from app.kit.archive import ArchivedDocument
from app.kit.outbox import OutboxItem
from app.kit.pages import Page, page
from app.organisations.access import Call, branches
from app.organisations.models import LocationNumber
from app.organisations.permissions import Permission

FILTERS: Final = ("state", "document_type", "receiver", "about_id")


def visible_outbox(call: Call) -> SelectOfScalar[OutboxItem]:
    """Give what is sent under the GLNs of organisations in whose branches the actor reads orders."""
    glns = select("GLN:" + col(LocationNumber.gln)).where(
        branches(call.actor, Permission.ORDER_READ, LocationNumber.organisation_id)
    )
    return (
        select(OutboxItem)
        .join(ArchivedDocument, col(ArchivedDocument.id) == col(OutboxItem.document_id))
        .where(col(ArchivedDocument.sender).in_(glns))
    )


def list_outbox(call: Call, wanted: OutboxQuery) -> Page[OutboundOut]:
    query = visible_outbox(call)
    for name in FILTERS:
        value = getattr(wanted, name)
        if value is not None:
            query = query.where(getattr(OutboxItem, name) == value)
    return page(
        call.session,
        query,
        OutboxItem,
        wanted,
        lambda row: OutboundOut.model_validate(row, from_attributes=True),
    )
