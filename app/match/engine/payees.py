"""Who is to be paid, and where: a payee or an account that is not known is what a fraud looks like."""

from collections.abc import Iterator

from app.documents.invoice import Invoice, PaymentMeans
from app.match.engine.decision import Finding
from app.match.engine.facts import Case

SHOWN = 3


def _plain(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


def _accounts(means: PaymentMeans) -> Iterator[str]:
    if means.account_id:
        yield f"ACCOUNT:{_plain(means.branch_id or '')}{_plain(means.account_id)}"
    if means.credit_account_id:
        yield f"CREDITOR:{_plain(means.credit_account_id)}"


def accounts_of(invoice: Invoice) -> tuple[str, ...]:
    """Give the accounts and creditor numbers that an invoice wants to be paid to, each in one form."""
    return tuple(dict.fromkeys(key for means in invoice.payment_means for key in _accounts(means)))


def payees_of(invoice: Invoice) -> tuple[str, ...]:
    """Give the keys of whom to pay, where that is another than the supplier."""
    keys = () if invoice.payee is None else invoice.payee.keys
    return tuple(f"PAYEE:{key}" for key in keys) if set(keys).isdisjoint(invoice.supplier.keys) else ()


def payee(case: Case) -> Finding:
    """It goes where the supplier's approved invoices went; a credit note takes nothing anywhere."""
    accounts, payees, before = accounts_of(case.invoice), payees_of(case.invoice), case.paid_before
    if case.invoice.is_credit or not (accounts or payees):
        return Finding("PAYEE_AGREES")
    known = set() if before is None else set(before)
    if payees and known.isdisjoint(payees):
        return Finding("FACTORING", expected=", ".join(case.invoice.supplier.keys), actual=", ".join(payees))
    if before is None:
        return Finding("PAYEE_FIRST", actual=", ".join(accounts))
    unknown = [account for account in accounts if account not in known]
    if not unknown:
        return Finding("PAYEE_AGREES")
    shown = ", ".join(before[:SHOWN]) or None
    return Finding("PAYEE_CHANGED", expected=shown, actual=", ".join(unknown), passes_at=shown)
