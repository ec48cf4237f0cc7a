"""Where goods are brought: addresses of an organisation, which everybody below it may use."""

from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.documents.party import Address
from app.kit.errors import Fault, Invalid, NotFound
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.orders.approval_models import DeliveryAddress
from app.orders.settings_messages import DeliveryAddressIn, DeliveryAddressOut
from app.organisations import queries as organisations
from app.organisations.access import Call, branches, require
from app.organisations.models import OrganisationLink
from app.organisations.permissions import Permission


class AddressNotFound(NotFound):
    """No such delivery address, or not for this caller."""


class AddressElsewhere(Invalid):
    """The delivery address is none of the organisation or of one above it."""


def add_address(call: Call, organisation_id: UUID, body: DeliveryAddressIn) -> DeliveryAddressOut:
    """Let goods be brought to a place; a new default takes the place of the one before."""
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.ORDER_SETUP, organisation.id)
    if body.is_default:
        for other in call.session.exec(_own(organisation.id)).all():
            other.is_default = False
    row = DeliveryAddress(
        id=new_id(call.now),
        organisation_id=organisation.id,
        address=body.address.model_dump(mode="json", exclude_none=True),
        **body.model_dump(exclude={"address"}),
    )
    call.session.add(row)
    call.session.flush()
    call.audit("delivery_address.added", chain=organisation.root_id, entity="delivery_address", entity_id=row.id)
    return _out(row)


def list_addresses(call: Call, organisation_id: UUID, wanted: PageQuery) -> Page[DeliveryAddressOut]:
    """Give the addresses that an organisation's orders may name: its own, and those above it."""
    organisation = organisations.organisation(call, organisation_id)
    return page(call.session, usable(organisation.id), DeliveryAddress, wanted, _out)


def end_address(call: Call, address_id: UUID) -> None:
    """Let no more goods be brought to a place; orders keep the address that they were sent with.

    :raises AddressNotFound: when there is none that the caller settles.
    """
    mine = branches(call.actor, Permission.ORGANISATION_READ, DeliveryAddress.organisation_id)
    query = select(DeliveryAddress).where(DeliveryAddress.id == address_id, mine)
    row = call.session.exec(query.where(col(DeliveryAddress.ended_at).is_(None)).with_for_update()).first()
    if row is None:
        raise AddressNotFound(f"there is no delivery address {address_id}")
    require(call, Permission.ORDER_SETUP, row.organisation_id)
    row.ended_at, row.is_default = call.now, False
    root_id = organisations.upwards(call.session, row.organisation_id)[-1].id
    call.audit("delivery_address.ended", chain=root_id, entity="delivery_address", entity_id=row.id)


def usable(organisation_id: UUID) -> SelectOfScalar[DeliveryAddress]:
    """Give the addresses that an organisation's orders may name."""
    above = select(OrganisationLink.ancestor_id).where(OrganisationLink.descendant_id == organisation_id)
    return select(DeliveryAddress).where(
        col(DeliveryAddress.organisation_id).in_(above), col(DeliveryAddress.ended_at).is_(None)
    )


def _own(organisation_id: UUID) -> SelectOfScalar[DeliveryAddress]:
    return select(DeliveryAddress).where(
        DeliveryAddress.organisation_id == organisation_id, col(DeliveryAddress.is_default).is_(True)
    )


def delivery_address(session: Session, organisation_id: UUID, address_id: UUID | None) -> dict[str, Any] | None:
    """Give the address that an order keeps: the one that was named, else the nearest default, if there is one.

    :raises AddressElsewhere: when the named one is not for this organisation.
    """
    query = usable(organisation_id)
    if address_id is not None:
        named = session.exec(query.where(DeliveryAddress.id == address_id)).first()
        if named is None:
            message = f"{address_id} is no delivery address of the organisation or one above it"
            raise AddressElsewhere(message, faults=[Fault(message, pointer="/delivery_address_id")])
        return named.address
    nearest = query.join(OrganisationLink, col(OrganisationLink.ancestor_id) == col(DeliveryAddress.organisation_id))
    nearest = nearest.where(
        OrganisationLink.descendant_id == organisation_id, col(DeliveryAddress.is_default).is_(True)
    )
    found = session.exec(nearest.order_by(col(OrganisationLink.depth)).limit(1)).first()
    return found.address if found is not None else None


def _out(row: DeliveryAddress) -> DeliveryAddressOut:
    return DeliveryAddressOut(**row.model_dump(exclude={"address"}), address=Address.model_validate(row.address))
