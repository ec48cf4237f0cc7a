"""An invoice's case, whole, as one file to keep: its documents, decisions with their proofs, orders, receipts, postings
and audit events. The same case is the same bytes.
"""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any, Final
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from pydantic import BaseModel
from sqlalchemy import func, union_all
from sqlalchemy import select as columns
from sqlmodel import col, select

from app.exchange.models import InboundDocument
from app.kit.archive import ArchivedDocument
from app.kit.audit import AuditEvent, canonical_json
from app.kit.calls import Filed
from app.kit.errors import Conflict
from app.kit.outbox import OutboxItem
from app.match import queries
from app.match.answers import decision_out
from app.match.handling import case_out
from app.match.models import CaseOrder, InvoiceCase, MatchDecision
from app.match.payable_models import Payable
from app.match.posting_export import posting_out
from app.orders import queries as orders
from app.orders.change_models import OrderChangeRequest, OrderVersion
from app.orders.models import PurchaseOrder
from app.orders.receipt_models import Receipt
from app.orders.receiving import receipt_out
from app.orders.remark_messages import CommentOut
from app.orders.remark_models import Attachment, Comment
from app.orders.service import order_out
from app.organisations.access import Call, require
from app.organisations.permissions import Permission

ZIP: Final = "application/zip"
LONG_AGO: Final = (1980, 1, 1, 0, 0, 0)
"""When every file in it says that it was written; no earlier time can be said."""
MAY_BE_READ: Final = 0o644 << 16
UNIX: Final = 3
MOST_BYTES: Final = 256 * 1024 * 1024
ENDINGS: Final = {"application/xml": "xml", "application/json": "json"}

Entry = tuple[str, bytes]


class CaseFileTooLarge(Conflict):
    """The documents of the case are more than go into one file."""


def get_case_file(call: Call, invoice_id: UUID) -> Filed:
    """Give an invoice's case as a zip. Of an order that the caller does not see only its number is told.

    :raises InvoiceNotFound: when there is none that the caller sees.
    :raises NotAllowed: for who sees it only because of an own order.
    :raises CaseFileTooLarge: for more than 256 MiB of documents.
    """
    case = queries.invoice(call, invoice_id)
    require(call, Permission.INVOICE_READ, case.organisation_id)
    contents = _CaseFile(call, case)
    contents.require_size()
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed when it has been sent
    _write(file, contents)
    named = {"Content-Disposition": f'attachment; filename="case-{case.id}.zip"', "X-Content-Type-Options": "nosniff"}
    return Filed(file, ZIP, named)


def _write(file: IO[bytes], contents: "_CaseFile") -> None:
    listed: list[dict[str, Any]] = []
    with ZipFile(file, "w", ZIP_DEFLATED) as package:
        for name, content in contents.entries():
            _add(package, name, content)
            listed.append({"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})
        _add(package, "index.json", canonical_json({"files": listed, **contents.told()}))


def _add(package: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, LONG_AGO)
    entry.compress_type, entry.create_system, entry.external_attr = ZIP_DEFLATED, UNIX, MAY_BE_READ
    package.writestr(entry, content)


class _CaseFile:
    """What belongs to a case, as files by name; one is read at a time."""

    def __init__(self, call: Call, case: InvoiceCase) -> None:
        self._call = call
        self._case = case
        billed = select(CaseOrder.order_id).where(CaseOrder.invoice_id == case.id)
        numbered = select(PurchaseOrder.id, PurchaseOrder.number).where(col(PurchaseOrder.id).in_(billed))
        self._numbers: dict[UUID, str] = dict(call.session.exec(numbered).all())
        seen = orders.visible_orders(call).where(orders.seen_inside(call), col(PurchaseOrder.id).in_(billed))
        self._orders: Sequence[PurchaseOrder] = call.session.exec(seen.order_by(col(PurchaseOrder.id))).all()
        changes = select(OrderChangeRequest.id).where(
            col(OrderChangeRequest.order_id).in_([order.id for order in self._orders])
        )
        self._about: list[UUID] = [case.id, *(order.id for order in self._orders), *call.session.exec(changes).all()]

    def told(self) -> dict[str, Any]:
        """Give what the index says beside the files."""
        seen = {order.id for order in self._orders}
        withheld = sorted(number for order_id, number in self._numbers.items() if order_id not in seen)
        case = self._case
        return {"invoice_id": str(case.id), "number": case.number, "outcome": case.outcome, "withheld_orders": withheld}

    def require_size(self) -> None:
        query = select(func.sum(func.length(ArchivedDocument.content))).where(col(ArchivedDocument.id).in_(self._ids()))
        size = self._call.session.exec(query).one() or 0
        if size > MOST_BYTES:
            raise CaseFileTooLarge(
                f"the case's documents are {size // 2**20} MiB, more than {MOST_BYTES // 2**20}; read them one by one"
            )

    def entries(self) -> Iterator[Entry]:
        yield from self._audit()
        yield "case.json", _json(case_out(self._call, self._case))
        yield from self._decisions()
        yield from self._documents()
        for position, order in enumerate(self._orders, start=1):
            yield from self._order(f"orders/{position:04}", order)
        yield from self._postings()

    def _audit(self) -> Iterator[Entry]:
        postings = select(Payable.id).where(Payable.invoice_id == self._case.id)
        about = [*self._about, *self._call.session.exec(postings).all()]
        query = select(AuditEvent).where(col(AuditEvent.entity_id).in_(about)).order_by(col(AuditEvent.id))
        yield "audit.json", _rows(self._call.session.exec(query).all())

    def _decisions(self) -> Iterator[Entry]:
        query = queries.decisions_of(self._case.id).order_by(col(MatchDecision.sequence))
        for row in self._call.session.exec(query).all():
            yield f"decisions/{row.sequence:04}.json", _json(decision_out(row))
            yield f"decisions/{row.sequence:04}.proof.json", row.proof.encode()

    def _ids(self) -> Any:
        """Give the documents about the case and its orders, that came and that left."""
        order_ids = [order.id for order in self._orders]
        inbound = columns(col(InboundDocument.document_id)).where(col(InboundDocument.result_id).in_(self._about))
        outbound = columns(col(OutboxItem.document_id)).where(col(OutboxItem.about_id).in_(self._about))
        sent = columns(col(PurchaseOrder.document_id)).where(col(PurchaseOrder.id).in_(order_ids))
        versions = columns(col(OrderVersion.document_id)).where(col(OrderVersion.order_id).in_(order_ids))
        own = columns(col(InvoiceCase.document_id)).where(col(InvoiceCase.id) == self._case.id)
        return union_all(inbound, outbound, sent, versions, own)

    def _documents(self) -> Iterator[Entry]:
        query = select(ArchivedDocument.id).where(col(ArchivedDocument.id).in_(self._ids()))
        for position, document_id in enumerate(self._call.session.exec(query.order_by(col(ArchivedDocument.id))), 1):
            document = self._call.session.get_one(ArchivedDocument, document_id)
            ending = ENDINGS.get(document.media_type, "bin")
            name = f"documents/{position:04}-{document.direction.lower()}-{document.document_type}.{ending}"
            content = document.content
            self._call.session.expunge(document)
            yield name, content

    def _order(self, folder: str, order: PurchaseOrder) -> Iterator[Entry]:
        session = self._call.session
        files = select(Attachment, ArchivedDocument.sha256).join(
            ArchivedDocument, col(ArchivedDocument.id) == col(Attachment.document_id)
        )
        attached = session.exec(files.where(Attachment.subject_id == order.id).order_by(col(Attachment.id))).all()
        yield f"{folder}/attachments.json", _plain({**row.model_dump(), "sha256": digest} for row, digest in attached)
        comments = select(Comment).where(Comment.subject_id == order.id).order_by(col(Comment.id))
        written = (CommentOut.model_validate(row, from_attributes=True) for row in session.exec(comments).all())
        yield f"{folder}/comments.json", _rows(list(written))
        yield f"{folder}/order.json", _json(order_out(self._call, order))
        receipts = select(Receipt).where(Receipt.order_id == order.id).order_by(col(Receipt.id))
        yield f"{folder}/receipts.json", _rows([receipt_out(self._call, row) for row in session.exec(receipts).all()])

    def _postings(self) -> Iterator[Entry]:
        query = select(Payable).where(Payable.invoice_id == self._case.id).order_by(col(Payable.id))
        for position, row in enumerate(self._call.session.exec(query).all(), start=1):
            yield f"postings/{position:04}.json", _json(posting_out(row))


def _json(value: BaseModel) -> bytes:
    return canonical_json(value.model_dump(mode="json"))


def _rows(values: Sequence[BaseModel]) -> bytes:
    return canonical_json([value.model_dump(mode="json") for value in values])


def _plain(values: Iterable[dict[str, Any]]) -> bytes:
    return canonical_json([{name: _text(value) for name, value in row.items()} for row in values])


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, int) else str(value)
