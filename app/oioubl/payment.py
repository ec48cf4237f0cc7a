"""How an invoice is to be paid."""

from decimal import Decimal

from app.documents.invoice import PaymentMeans
from app.documents.values import TEXT_LENGTH
from app.oioubl import names
from app.oioubl.reading import Node
from app.oioubl.writing import Page


def read_payment_means(node: Node) -> PaymentMeans:
    account = node.part("PayeeFinancialAccount")
    branch = account and account.part("FinancialInstitutionBranch")
    return PaymentMeans(
        code=node.needed_text("PaymentMeansCode", "F-LIB100"),
        due_date=node.date("PaymentDueDate"),
        channel_code=node.text("PaymentChannelCode"),
        payment_id=node.text("PaymentID"),
        instruction_id=node.text("InstructionID"),
        account_id=account and account.text("ID"),
        payment_notes=() if account is None else account.texts("PaymentNote", TEXT_LENGTH),
        branch_id=branch and branch.text("ID"),
        institution_id=branch and branch.read("FinancialInstitution", lambda institution: institution.text("ID")),
        credit_account_id=node.read("CreditAccount", lambda credit: credit.text("AccountID")),
    )


def write_payment_means(page: Page, means: PaymentMeans) -> None:
    page.text("PaymentMeansCode", means.code)
    page.date("PaymentDueDate", means.due_date)
    page.text("PaymentChannelCode", means.channel_code, names.PAYMENT_CHANNEL)
    page.text("InstructionID", means.instruction_id)
    page.text("PaymentID", means.payment_id, names.PAYMENT_ID)
    account = page.part("PayeeFinancialAccount")
    account.text("ID", means.account_id)
    account.texts("PaymentNote", means.payment_notes)
    branch = account.part("FinancialInstitutionBranch")
    branch.text("ID", means.branch_id)
    branch.part("FinancialInstitution").text("ID", means.institution_id)
    page.part("CreditAccount").text("AccountID", means.credit_account_id)


def write_payment_terms(page: Page, note: str | None, payable_amount: Decimal) -> None:
    """Write the terms' note with the amount that OIOUBL wants beside it: the whole payable (F-INV134, F-REM086)."""
    if note is None:
        return
    terms = page.part("PaymentTerms")
    terms.text("ID", "1")
    terms.text("Note", note)
    terms.amount("Amount", payable_amount)
