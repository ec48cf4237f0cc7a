"""Rows of the catalogs chapter as callers see them."""

from collections.abc import Sequence

from app.catalogs import queries
from app.catalogs.alternatives import Offer
from app.catalogs.changes import change_of
from app.catalogs.lines import document_line
from app.catalogs.messages import (
    AgreementBrief,
    BetterLine,
    CatalogueWithVersions,
    ChangeOut,
    LineOut,
    SupplierBrief,
    VersionOut,
)
from app.catalogs.models import Catalogue, CatalogueLine, CatalogueVersion
from app.organisations.access import Call
from app.organisations.supplier_models import Supplier


def version_out(version: CatalogueVersion) -> VersionOut:
    return VersionOut.model_validate(version, from_attributes=True)


def catalogue_out(call: Call, catalogue: Catalogue) -> CatalogueWithVersions:
    call.session.flush()
    versions = [version_out(version) for version in queries.versions(call.session, catalogue.id)]
    return CatalogueWithVersions(**catalogue.model_dump(), versions=versions)


def change_out(
    version: CatalogueVersion, before: CatalogueLine | None, after: CatalogueLine | None, groups: tuple[str, ...]
) -> ChangeOut:
    old = document_line(before.content) if before is not None else None
    new = document_line(after.content) if after is not None else None
    change = change_of(old, new, version.compared_on)
    row = after or before
    assert row is not None  # noqa: S101 - a change has at least one side
    return ChangeOut(
        kind=change.kind,
        line_id=row.line_id,
        name=row.name,
        price_before=change.price_before,
        price_after=change.price_after,
        price_difference=change.price_difference,
        price_percent=change.price_percent,
        changed_fields=change.changed_fields,
        outside_product_groups=after is not None and bool(groups) and not after.unspsc.startswith(groups),
        before=old,
        after=new,
    )


def line_out(call: Call, offer: Offer, better: Sequence[Offer]) -> LineOut:
    row, line, agreement = offer.row, document_line(offer.row.content), offer.agreement
    supplier = call.session.get_one(Supplier, agreement.supplier_id)
    return LineOut(
        **row.model_dump(
            include={"id", "line_id", "name", "sellers_item_id", "manufacturers_item_id", "gtin", "unspsc"}
        ),
        descriptions=line.item.descriptions,
        orderable_unit=line.orderable_unit,
        content_unit_quantity=line.content_unit_quantity,
        minimum_order_quantity=line.minimum_order_quantity,
        maximum_order_quantity=line.maximum_order_quantity,
        order_quantity_increment=line.order_quantity_increment,
        price=offer.price,
        agreement=AgreementBrief.model_validate(agreement, from_attributes=True),
        supplier=SupplierBrief(id=supplier.id, name=supplier.name),
        cascade_rank=offer.standing.rank,
        better=[_better_line(other) for other in better],
    )


def _better_line(offer: Offer) -> BetterLine:
    return BetterLine(
        id=offer.row.id,
        name=offer.row.name,
        agreement_id=offer.agreement.id,
        agreement_title=offer.agreement.title,
        cascade_rank=offer.standing.rank,
        price=offer.price,
    )
