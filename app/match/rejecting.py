"""Invoices that break the format: kept, answered to the supplier, and decided as REJECTED_TECHNICAL, without a task."""

import hashlib
from typing import Any
from uuid import UUID

from app.dialects import Received
from app.documents.numbers import normalised_invoice_number
from app.kit.audit import canonical_json
from app.kit.errors import Fault
from app.kit.ids import new_id
from app.match.engine.codes import Outcome
from app.match.messages import FindingOut
from app.match.models import InvoiceCase, MatchDecision, Trigger
from app.organisations import queries as organisations
from app.organisations.access import Call
from app.organisations.answers import TECHNICAL_REJECT, answer_document, told
from app.organisations.models import Organisation

NO_POLICY = "none"


def reject(call: Call, received: Received[Any], organisation: Organisation, document_id: UUID) -> InvoiceCase:
    """Record a technical rejection and queue the TechnicalReject for the sender."""
    envelope = received.envelope
    supplier = organisations.supplier_by_keys(call.session, envelope.sender.keys)
    case = InvoiceCase(
        id=new_id(call.now),
        document_id=document_id,
        document_type=envelope.document_type,
        number=envelope.number,
        normalised_number=normalised_invoice_number(envelope.number),
        supplier_id=supplier.id if supplier is not None else None,
        organisation_id=organisation.id,
        root_id=organisation.root_id,
        issue_date=envelope.issue_date,
        outcome=Outcome.REJECTED_TECHNICAL,
        decision_id=new_id(call.now),
        submitted_by=call.actor.id,
        submitted_for=call.actor.on_behalf_of,
        received_at=call.now,
    )
    call.session.add(case)
    call.session.flush()
    call.session.add(_decision(call, case, received))
    reasons = [told(fault) for fault in received.faults]
    answer_document(call, envelope, TECHNICAL_REJECT, about_id=case.id, organisation=organisation, reasons=reasons)
    facts = {"outcome": case.outcome, "rules": sorted({fault.rule_id or "" for fault in received.faults})}
    call.audit("invoice.rejected", chain=organisation.root_id, entity="invoice", entity_id=case.id, facts=facts)
    return case


def _decision(call: Call, case: InvoiceCase, received: Received[Any]) -> MatchDecision:
    facts = [fault.as_json() for fault in received.faults]
    text = canonical_json({"outcome": case.outcome, "document": str(case.document_id), "faults": facts}).decode()
    return MatchDecision(
        id=case.decision_id,
        invoice_id=case.id,
        sequence=1,
        trigger=Trigger.RECEIVED,
        outcome=case.outcome,
        answer=rejection_of(received),
        proof=text,
        proof_sha256=hashlib.sha256(text.encode()).hexdigest(),
        decided_at=call.now,
    )


def rejection_of(received: Received[Any]) -> dict[str, Any]:
    """Give a technical rejection as JSON, with a finding for every fault."""
    findings = [_finding(fault).model_dump(mode="json", exclude_none=True) for fault in received.faults]
    nothing: dict[str, Any] = {name: [] for name in ("pairs", "allocations", "charges", "orders")}
    return {"policy_version": NO_POLICY, "findings": findings, **nothing}


def _finding(fault: Fault) -> FindingOut:
    return FindingOut(
        code=fault.rule_id or "UNREADABLE",
        outcome=Outcome.REJECTED_TECHNICAL,
        actual=fault.xpath,
        message_en=fault.message,
        message_da=fault.message_da or fault.message,
    )
