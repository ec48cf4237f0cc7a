"""Rows of the catalogs chapter as callers see them."""

from collections.abc import Sequence
from typing import Any

from app.agreements.cascade import reason_of
from app.catalogs import queries
from app.catalogs.alternatives import Offer
from app.catalogs.lines import is_available, labels_of
from app.catalogs.messages import (
    AgreementBrief,
    BetterLine,
    CatalogueWithVersions,
    LineOut,
    SupplierBrief,
    VersionOut,
)
from app.catalogs.models import Catalogue, CatalogueVersion
from app.organisations.access import Call
from app.organisations.supplier_models import Supplier


def version_out(version: CatalogueVersion) -> VersionOut:
    return VersionOut.model_validate(version, from_attributes=True)


def catalogue_out(call: Call, catalogue: Catalogue) -> CatalogueWithVersions:
    call.session.flush()
    versions = [version_out(version) for version in queries.versions(call.session, catalogue.id)]
    return CatalogueWithVersions(**catalogue.model_dump(), versions=versions)


def line_out(offer: Offer, supplier: Supplier, better: Sequence[Offer]) -> LineOut:
    return LineOut(**line_fields(offer, supplier, better))


def line_fields(offer: Offer, supplier: Supplier, better: Sequence[Offer]) -> dict[str, Any]:
    """Give the fields of a LineOut, for a message that has others beside them."""
    row, line, agreement = offer.row, offer.line, offer.agreement
    return {
        "id": row.id,
        "line_id": row.line_id,
        "name": row.name,
        "sellers_item_id": row.sellers_item_id,
        "manufacturers_item_id": row.manufacturers_item_id,
        "gtin": row.gtin,
        "unspsc": row.unspsc,
        "descriptions": line.item.descriptions,
        "orderable_unit": line.orderable_unit,
        "content_unit_quantity": line.content_unit_quantity,
        "minimum_order_quantity": line.minimum_order_quantity,
        "maximum_order_quantity": line.maximum_order_quantity,
        "order_quantity_increment": line.order_quantity_increment,
        "lead_time": offer.lead_time,
        "available": is_available(line),
        "labels": labels_of(line.item),
        "price": offer.price,
        "agreement": AgreementBrief.model_validate(agreement, from_attributes=True),
        "supplier": SupplierBrief(id=supplier.id, name=supplier.name),
        "cascade_rank": offer.standing.rank,
        "cascade_reason": reason_of(agreement.kind, binding=agreement.binding),
        "better": [_better_line(other) for other in better],
    }


def _better_line(offer: Offer) -> BetterLine:
    return BetterLine(
        id=offer.row.id,
        name=offer.row.name,
        agreement_id=offer.agreement.id,
        agreement_title=offer.agreement.title,
        cascade_rank=offer.standing.rank,
        price=offer.price,
    )
