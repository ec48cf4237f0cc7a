"""Postings on their way to an ERP: it reads those that wait, and acknowledges what it has taken over."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit import audit
from app.kit.audit import Happening
from app.kit.errors import Conflict, Fault, Invalid, NotFound
from app.kit.pages import Page, PageQuery, page
from app.match.confidential import open_to
from app.match.models import InvoiceCase
from app.match.payable_messages import AcknowledgedOut, AcknowledgementsIn, AcknowledgementsOut, PostingOut
from app.match.payable_models import Payable
from app.organisations.access import Call, branches, require
from app.organisations.permissions import Permission


class PostingNotFound(NotFound):
    """No such posting, or not for this caller."""


class PostingsUnknown(Invalid):
    """Some of the postings are not there, or not for this caller; nothing was acknowledged."""


class PostingWithdrawn(Conflict):
    """The approval was taken back before the posting was acknowledged; nothing was acknowledged."""


def visible_postings(call: Call) -> SelectOfScalar[Payable]:
    """Give the postings of every branch where the actor reads invoices: those of confidential orders to their parties,
    and all of them to a system that takes them over.
    """
    return select(Payable).where(
        branches(call.actor, Permission.INVOICE_READ, Payable.organisation_id),
        open_to(call, col(Payable.invoice_id), Payable.organisation_id),
    )


def list_postings(call: Call, wanted: PageQuery, *, acknowledged: bool) -> Page[PostingOut]:
    """Give the postings that wait to be acknowledged, the oldest first, or those that were."""
    query = visible_postings(call)
    if acknowledged:
        query = query.where(col(Payable.acknowledged_at).is_not(None))
    else:
        query = query.where(col(Payable.acknowledged_at).is_(None), col(Payable.withdrawn_at).is_(None))
    return page(call.session, query, Payable, wanted, posting_out)


def get_posting(call: Call, posting_id: UUID) -> PostingOut:
    """Give one posting, also one that was acknowledged or withdrawn.

    :raises PostingNotFound: when there is none that the caller sees.
    """
    found = call.session.exec(visible_postings(call).where(Payable.id == posting_id)).first()
    if found is None:
        raise PostingNotFound(f"there is no posting {posting_id}")
    return posting_out(found)


def acknowledge(call: Call, body: AcknowledgementsIn) -> AcknowledgementsOut:
    """Note that an ERP has some postings: all of them or none. Doing it again changes nothing.

    :raises PostingsUnknown: naming each that the caller does not see.
    :raises NotAllowed: for who may only read one of them.
    :raises PostingWithdrawn: naming those whose approval was taken back.
    """
    wanted = list(dict.fromkeys(body.posting_ids))
    found = _locked(call, wanted)
    _require_known(body.posting_ids, found)
    for organisation_id in sorted({row.organisation_id for row in found.values()}):
        require(call, Permission.POSTING_EXPORT, organisation_id)
    _refuse_withdrawn([found[posting_id] for posting_id in wanted])
    fresh = [found[posting_id] for posting_id in wanted if found[posting_id].acknowledged_at is None]
    cases = _cases(call, fresh)
    for row in fresh:
        row.acknowledged_at, row.acknowledged_by = call.now, call.actor.id
        cases[row.invoice_id].exported_at = call.now
    _note(call, fresh)
    told = (found[posting_id] for posting_id in wanted)
    return AcknowledgementsOut(postings=[AcknowledgedOut.model_validate(row, from_attributes=True) for row in told])


def _locked(call: Call, posting_ids: Sequence[UUID]) -> dict[UUID, Payable]:
    """Find postings and keep their rows, after those of their invoices, in id order so that nobody waits in a ring."""
    seen = visible_postings(call).where(col(Payable.id).in_(posting_ids))
    _lock_cases(call, seen)
    query = seen.order_by(col(Payable.id)).with_for_update().execution_options(populate_existing=True)
    return {row.id: row for row in call.session.exec(query).all()}


def _lock_cases(call: Call, seen: SelectOfScalar[Payable]) -> None:
    ids = seen.with_only_columns(col(Payable.invoice_id))
    query = select(InvoiceCase.id).where(col(InvoiceCase.id).in_(ids)).order_by(col(InvoiceCase.id))
    call.session.exec(query.with_for_update()).all()


def _cases(call: Call, postings: Sequence[Payable]) -> dict[UUID, InvoiceCase]:
    ids = [row.invoice_id for row in postings]
    query = select(InvoiceCase).where(col(InvoiceCase.id).in_(ids)).execution_options(populate_existing=True)
    return {row.id: row for row in call.session.exec(query).all()}


def _require_known(posting_ids: Sequence[UUID], found: dict[UUID, Payable]) -> None:
    faults = [
        Fault(
            f"there is no posting {posting_id}",
            f"der er ingen postering {posting_id}",
            pointer=f"/posting_ids/{index}",
        )
        for index, posting_id in enumerate(posting_ids)
        if posting_id not in found
    ]
    if faults:
        raise PostingsUnknown(f"{len(faults)} of the postings are not there; nothing was acknowledged", faults=faults)


def _refuse_withdrawn(postings: Sequence[Payable]) -> None:
    withdrawn = [str(row.id) for row in postings if row.withdrawn_at is not None]
    if withdrawn:
        raise PostingWithdrawn(
            f"the approval behind {', '.join(withdrawn)} was taken back; do not book it, and acknowledge the others"
        )


def _note(call: Call, postings: Sequence[Payable]) -> None:
    happenings = [
        Happening("posting.acknowledged", row.root_id, "posting", row.id, {"invoice_id": str(row.invoice_id)})
        for row in postings
    ]
    audit.record_all(
        call.session,
        happenings,
        now=call.now,
        actor_id=call.actor.id,
        on_behalf_of=call.actor.on_behalf_of,
        request_id=call.request_id,
    )


def posting_out(row: Payable) -> PostingOut:
    """Give a stored posting as it is answered."""
    stated = row.model_dump(exclude={"content", "root_id", "acknowledged_by"})
    return PostingOut.model_validate({**row.content, **stated})
