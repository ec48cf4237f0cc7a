"""What leaves: the outbox as the people see it whose documents stand in it."""

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.exchange.messages import OutboundOut
from app.kit.archive import ArchivedDocument
from app.kit.outbox import OutboxItem
from app.kit.pages import Page, PageQuery, page
from app.organisations.access import Call, branches
from app.organisations.models import LocationNumber
from app.organisations.permissions import Permission


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


def list_outbox(call: Call, wanted: PageQuery) -> Page[OutboundOut]:
    return page(
        call.session,
        visible_outbox(call),
        OutboxItem,
        wanted,
        lambda row: OutboundOut.model_validate(row, from_attributes=True),
    )
