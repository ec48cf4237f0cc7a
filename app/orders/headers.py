"""What orders of every kind begin with: number, parties, terms, and who is to approve and receive them."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from app.documents.numbers import normalised_number
from app.kit.ids import new_id
from app.oioubl.profiles import DEFAULT_PROFILE
from app.orders.delivery_addresses import delivery_address
from app.orders.messages import CatalogueOrderIn, TextOrderIn
from app.orders.models import OrderType, PurchaseOrder
from app.orders.numbering import next_number
from app.orders.order_settings import require_fit
from app.orders.receipt_models import NamedReceiver
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.policies import OverDeliveryPolicy
from app.organisations.supplier_models import Supplier
from app.organisations.supplier_standing import order_profile

SAID_ALIKE = {"buyer_reference", "accounting_cost", "requested_delivery_on", "confidential"}
"""What a body says of its order as the order keeps it."""


@dataclass(frozen=True, slots=True)
class Source:
    """From whom, on which agreement if on one, in which currency, and by which kind of order something is bought."""

    supplier: Supplier
    agreement_id: UUID | None
    currency: str
    type: OrderType


def header(
    call: Call, body: CatalogueOrderIn | TextOrderIn, organisation: Organisation, gln: str, source: Source
) -> PurchaseOrder:
    """Make an order without its lines, in DRAFT.

    :raises PersonNotFit: when a named approver may not approve there, or a named receiver is nobody there.
    :raises AddressElsewhere: when the address is none that the organisation has goods brought to.
    """
    require_fit(call, organisation.id, body.approver_id, Permission.ORDER_APPROVE, "/approver_id")
    for index, receiver_id in enumerate(body.receiver_ids):
        require_fit(call, organisation.id, receiver_id, None, f"/receiver_ids/{index}")
    number = next_number(call.session, organisation.id)
    place = delivery_address(call.session, organisation.id, body.delivery_address_id)
    return PurchaseOrder(
        id=new_id(call.now),
        number=number,
        normalised_number=normalised_number(number),
        organisation_id=organisation.id,
        root_id=organisation.root_id,
        supplier_id=source.supplier.id,
        agreement_id=source.agreement_id,
        type=source.type,
        buyer_gln=gln,
        currency=source.currency,
        profile_id=profile_for(source.supplier),
        total_amount=Decimal(0),
        delivery_address=place,
        approver_id=body.approver_id,
        created_by=call.actor.id,
        created_for=call.actor.on_behalf_of,
        created_at=call.now,
        **body.model_dump(include=SAID_ALIKE),
    )


def named_receivers(order: PurchaseOrder, body: CatalogueOrderIn | TextOrderIn) -> list[NamedReceiver]:
    """Give who is to receive an order, each once."""
    return [NamedReceiver(order_id=order.id, user_id=user_id) for user_id in dict.fromkeys(body.receiver_ids)]


def profile_for(supplier: Supplier) -> str:
    """Give the profile that an order to a supplier is in; suppliers that only bill have none that holds one."""
    return order_profile(supplier) or DEFAULT_PROFILE


def over_delivery(call: Call, organisation_id: UUID) -> Decimal:
    """Give the percentage above an order that may be received, as it is today."""
    rule = organisations.effective_policy(call.session, organisation_id, call.today).over_delivery.rule
    assert isinstance(rule, OverDeliveryPolicy)  # noqa: S101 - what the field holds
    return rule.percent
