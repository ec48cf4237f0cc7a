"""A version that has come is weighed against the limits of its agreement: within them it goes live by itself."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from app.agreements.history import set_by
from app.agreements.limits import CatalogueLimits
from app.agreements.models import Agreement, AgreementStatus, CatalogueApproval
from app.catalogs import change_queries, queries
from app.catalogs.auto_approval import MOST_TOLD, Culprit, Found, Limits, Weighed, reasons_to_look
from app.catalogs.change_queries import is_any
from app.catalogs.change_views import steps_of
from app.catalogs.changes import OTHER_THAN_PRICES, ChangeKind
from app.catalogs.decisions import tell_approved
from app.catalogs.going_live import first_day, go_live, is_over
from app.catalogs.models import Catalogue, CatalogueLine, CatalogueVersion, LineChange, VersionState
from app.catalogs.price_changes import PriceStep
from app.documents.price import Price
from app.kit import audit
from app.kit.money import at_least_decimals
from app.organisations.access import Call
from app.organisations.models import Organisation
from app.organisations.supplier_models import Supplier, SupplierStatus

LIMITS: Final = ("catalogue_approval", "catalogue_limits")
"""The terms of an agreement that let versions go live by themselves."""

LOST: Final = (ChangeKind.REMOVED, ChangeKind.PRICE_GONE, ChangeKind.NOT_ORDERABLE)


def decide(call: Call, catalogue: Catalogue, version: CatalogueVersion, agreement: Agreement) -> Sequence[str] | None:
    """Let the agreement's limits decide on a version that waits for approval. Gives None when it goes live by them, and
    else what to tell the content manager who decides: nothing of an agreement whose versions are all looked at.
    """
    if agreement.catalogue_approval != CatalogueApproval.AUTO:
        return ()
    limits = Limits(**dict(CatalogueLimits.model_validate(agreement.catalogue_limits)))
    setter = set_by(call.session, agreement, *LIMITS)
    reasons = reasons_to_look(_weigh(call, version, agreement, limits, setter), limits)
    if reasons:
        return reasons
    go_live(call.session, version, first_day(version, call.today), call.now)
    version.decided_at = call.now
    organisation = call.session.get_one(Organisation, catalogue.organisation_id)
    audit.record(
        call.session,
        "catalogue.approved_by_limits",
        chain=organisation.root_id,
        entity="catalogue",
        entity_id=catalogue.id,
        now=call.now,
        actor_id=None,
        facts={
            "ordinal": version.ordinal,
            "document_id": str(version.document_id),
            "agreement_version": agreement.version,
            "limits": agreement.catalogue_limits,
            "limits_set_by": str(setter),
        },
        request_id=call.request_id,
    )
    tell_approved(call, catalogue, version, organisation)
    return None


def _weigh(call: Call, version: CatalogueVersion, agreement: Agreement, limits: Limits, setter: UUID) -> Weighed:
    scales = _Scales(call.session, version, agreement)
    counts = scales.counts
    others = any(counts[kind] for kind in OTHER_THAN_PRICES) and not limits.text_changes
    lost = any(counts[kind] for kind in LOST)
    return Weighed(
        obstacles=tuple(_obstacles(call, version, agreement, setter)),
        lines_before=change_queries.lines_before(call.session, version) if lost else 0,
        rises=scales.found(col(LineChange.percent) > limits.most_rise_percent, _worst),
        incomparable=scales.of_kinds(_incomparable, ChangeKind.PRICE_NOT_COMPARABLE),
        unpriced=scales.of_kinds(_named, ChangeKind.PRICE_NEW),
        currencies=scales.found(_foreign(agreement.currency), _priced),
        units=scales.of_kinds(_fields, ChangeKind.UNIT),
        outside=scales.found(change_queries.is_outside(agreement.product_groups), _grouped),
        returned=scales.found(_returned(version), _named) if counts[ChangeKind.ADDED] else Found(),
        lost=scales.of_kinds(_named, *LOST),
        others=scales.of_kinds(_fields, *OTHER_THAN_PRICES) if others else Found(),
    )


def _obstacles(call: Call, version: CatalogueVersion, agreement: Agreement, setter: UUID) -> Iterator[str]:
    accepted = queries.accepted(call.session, version.catalogue_id)
    if not accepted:
        yield "it is the first version of this catalogue"
    elif not any(one.status == VersionState.APPROVED for one in accepted):
        yield "the version before it was withdrawn"
    supplier = call.session.get_one(Supplier, agreement.supplier_id)
    if supplier.status != SupplierStatus.ACTIVE:
        yield f"its supplier is {supplier.status}"
    if agreement.status != AgreementStatus.ACTIVE:
        yield f"the agreement is {agreement.status}"
    if is_over(version, call.today):
        yield f"it ended on {version.valid_to} by its own document"
    if setter in (version.received_from, version.received_for):
        yield "it was handed in by whoever set the agreement's limits"


class _Scales:
    """Finds the lines of a version that some limit is about."""

    def __init__(self, session: Session, version: CatalogueVersion, agreement: Agreement) -> None:
        self._session = session
        self._version = version
        self.counts = change_queries.count_by_kind(session, version, agreement.product_groups)

    def of_kinds(self, told: Callable[[Any], Culprit], *kinds: ChangeKind) -> Found:
        return self.found(is_any(*kinds), told) if any(self.counts[kind] for kind in kinds) else Found()

    def found(self, condition: ColumnElement[bool], told: Callable[[Any], Culprit]) -> Found:
        count, rows = change_queries.first_of(self._session, self._version, condition, MOST_TOLD)
        return Found(count, [told(row) for row in rows])


def _foreign(currency: str) -> ColumnElement[bool]:
    return or_(is_any(ChangeKind.CURRENCY), col(LineChange.currencies) != currency)


def _returned(version: CatalogueVersion) -> ColumnElement[bool]:
    """Give the condition that an added line was there before: under its own id, or as a removed line with the same item
    number of the seller.
    """
    earlier, removed, gone = aliased(CatalogueLine), aliased(LineChange), aliased(CatalogueLine)
    same_line = exists().where(
        col(earlier.catalogue_id) == version.catalogue_id,
        col(earlier.line_id) == col(CatalogueLine.line_id),
        col(earlier.from_version) < version.ordinal,
    )
    numbers = (
        select(col(gone.sellers_item_id))
        .join_from(removed, gone, col(gone.id) == col(removed.row_id))
        .where(
            col(removed.catalogue_id) == version.catalogue_id,
            col(removed.ordinal) == version.ordinal,
            is_any(ChangeKind.REMOVED, of=removed),
        )
    )
    same_item = col(CatalogueLine.sellers_item_id).in_(numbers)
    return and_(is_any(ChangeKind.ADDED), or_(same_line, same_item))


def _named(row: Any) -> Culprit:
    return Culprit(row.line_id, row.name)


def _grouped(row: Any) -> Culprit:
    return Culprit(row.line_id, f"{row.name} ({row.unspsc or 'no UNSPSC'})")


def _fields(row: Any) -> Culprit:
    return Culprit(row.line_id, ", ".join(row.changed_fields or ()))


def _priced(row: Any) -> Culprit:
    return _step(row, steps_of(row)) if row.steps else Culprit(row.line_id, f"{row.name} ({row.currencies})")


def _incomparable(row: Any) -> Culprit:
    return _step(row, [step for step in steps_of(row) if step.because is not None])


def _worst(row: Any) -> Culprit:
    rises = [step for step in steps_of(row) if step.is_rise]
    return _step(row, sorted(rises, key=lambda step: (step.exact_percent is not None, -(step.exact_percent or 0))))


def _step(row: Any, steps: Sequence[PriceStep]) -> Culprit:
    if not steps:
        return _named(row)
    percent = steps[0].percent
    return Culprit(row.line_id, _price(steps[0].before), _price(steps[0].after), percent)


def _price(price: Price | None) -> str | None:
    if price is None:
        return None
    base = f" for {price.base_quantity}" if price.base_quantity is not None else ""
    return f"{at_least_decimals(price.price_amount)} {price.currency or ''}{base}"
