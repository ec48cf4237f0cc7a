"""Every code a finding can carry: what it means, what it makes of the invoice, and who acts on it."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What becomes of an invoice, the worst first. REJECTED_TECHNICAL and NETTED are decided outside the engine,
    and the last four by persons: APPROVED is paid like AUTO_APPROVED, DISPUTED is sent back to the supplier, NON_ORDER
    goes the way of an invoice without order, REVERSED takes an approval back.
    """

    REJECTED_TECHNICAL = "REJECTED_TECHNICAL"
    DUPLICATE = "DUPLICATE"
    DEVIATION = "DEVIATION"
    NO_ORDER = "NO_ORDER"
    AWAITING_RECEIPT = "AWAITING_RECEIPT"
    MATCHED_PENDING_APPROVAL = "MATCHED_PENDING_APPROVAL"
    AUTO_APPROVED = "AUTO_APPROVED"
    NETTED = "NETTED"
    APPROVED = "APPROVED"
    DISPUTED = "DISPUTED"
    NON_ORDER = "NON_ORDER"
    REVERSED = "REVERSED"


RANK = {outcome: rank for rank, outcome in enumerate(Outcome)}
"""0 is the worst."""


class Actor(StrEnum):
    """Whose task a finding becomes."""

    NOBODY = "nobody"
    HANDLER = "invoice handler"
    BUYER = "buyer"
    BUYER_AND_DISPONENT = "buyer, then disponent"
    RECEIVER = "receiver"
    APPROVER = "invoice approver"


@dataclass(frozen=True, slots=True)
class Code:
    """`agrees` marks a plain yes, which is left out when nobody asks for explanations."""

    outcome: Outcome
    actor: Actor
    meaning: str
    agrees: bool = False


def _agrees(meaning: str) -> Code:
    return Code(Outcome.AUTO_APPROVED, Actor.NOBODY, meaning, agrees=True)


def _note(meaning: str) -> Code:
    return Code(Outcome.AUTO_APPROVED, Actor.NOBODY, meaning)


def _deviation(actor: Actor, meaning: str) -> Code:
    return Code(Outcome.DEVIATION, actor, meaning)


def _no_order(meaning: str) -> Code:
    return Code(Outcome.NO_ORDER, Actor.HANDLER, meaning)


def _pending(meaning: str) -> Code:
    return Code(Outcome.MATCHED_PENDING_APPROVAL, Actor.APPROVER, meaning)


CODES: dict[str, Code] = {
    "INVOICE_IS_NEW": _agrees("No earlier document of the supplier is like it"),
    "DUPLICATE": Code(Outcome.DUPLICATE, Actor.HANDLER, "The supplier used the number within a year, to this buyer"),
    "POSSIBLE_DUPLICATE": _deviation(
        Actor.HANDLER, "Same number in another year or to another buyer, or same amount and date under another number"
    ),
    "SUPPLIER_NOT_BLOCKED": _agrees("Nobody has blocked the supplier"),
    "SUPPLIER_BLOCKED": _pending("The supplier is blocked, so none of its invoices approves itself"),
    "PAYEE_AGREES": _agrees("The money goes where the supplier's approved invoices went, or nowhere of its own"),
    "PAYEE_FIRST": _note("No approved invoice of the supplier says where its money goes"),
    "PAYEE_CHANGED": _deviation(Actor.HANDLER, "An account that none of the supplier's approved invoices named"),
    "FACTORING": _deviation(Actor.HANDLER, "Another than the supplier is to be paid, and was not before"),
    "PAYMENT_ID_AGREES": _agrees("No payment slip names an id that cannot be right"),
    "PAYMENT_ID_WRONG": _deviation(Actor.HANDLER, "A payment slip's id is too long, or fails its check digit"),
    "TYPE_ACCEPTED": _agrees("An ordinary invoice or credit note"),
    "INVOICE_TYPE": _deviation(Actor.HANDLER, "Proforma, factoring or another type not paid against an order"),
    "PREPAYMENT_NOT_AGREED": _deviation(
        Actor.BUYER_AND_DISPONENT, "A prepayment invoice on an order that does not say that it is paid before it comes"
    ),
    "TOTALS_AGREE": _agrees("Lines, allowances, charges, tax and rounding make the payable amount"),
    "TOTALS_DISAGREE": _deviation(Actor.HANDLER, "The payable amount is not what the document's parts make"),
    "ROUNDING_IGNORED": _agrees("The payable rounding is within what is ignored"),
    "ROUNDING_TOO_LARGE": _deviation(Actor.HANDLER, "The payable rounding is more than is ignored"),
    "TAX_PLAUSIBLE": _agrees("Tax follows from rates of 25 or 0 percent"),
    "TAX_IMPLAUSIBLE": _deviation(Actor.HANDLER, "A tax rate other than 25 or 0 percent, or not what its base makes"),
    "TAX_LEFT_OUT": _deviation(Actor.HANDLER, "Lines state a rate that makes tax, and the document has none"),
    "ORDER_FOUND": _agrees("The order that the document names"),
    "NO_ORDER_REF": _no_order("The invoice names no order"),
    "ORDER_UNKNOWN": _no_order("A named order number is not one of the buyer's orders"),
    "MANDATORY_AGREEMENT": _no_order("The supplier's agreement demands e-orders, and the invoice has no order"),
    "CREDIT_WITHOUT_REFERENCE": _no_order("The credit note names neither an invoice nor an order that is known"),
    "SUPPLIER_AGREES": _agrees("The order was placed with this supplier"),
    "SUPPLIER_MISMATCH": _deviation(Actor.HANDLER, "The order was placed with another supplier"),
    "BUYER_AGREES": _agrees("The order is this buyer's, now or under an earlier number"),
    "BUYER_MISMATCH": _deviation(Actor.HANDLER, "The order is another buyer's"),
    "CURRENCY_AGREES": _agrees("Invoice and order are in one currency"),
    "CURRENCY": _deviation(Actor.HANDLER, "Invoice and order are in different currencies"),
    "ORDER_OPEN": _agrees("The order is in a state that can be billed"),
    "ORDER_STATE": _deviation(Actor.BUYER, "The order is cancelled, closed or rejected"),
    "ORDER_NOT_SENT": _deviation(Actor.BUYER_AND_DISPONENT, "The order was not sent when it was billed"),
    "TWO_PERSONS": _agrees("As many persons have seen the purchase as the policy asks"),
    "ONE_PERSON": _pending("Only one person has seen the purchase"),
    "EXTERNAL_APPROVAL_MISSING": _pending("The order was placed elsewhere, with an approval that is not trusted"),
    "LINE_PAIRED": _agrees("The invoice line was found to bill this order line"),
    "LINE_UNKNOWN": _deviation(Actor.HANDLER, "The line bills nothing that is on the order, and is no charge"),
    "LINE_AMBIGUOUS": _deviation(Actor.HANDLER, "The line could bill several order lines"),
    "PAIRING_MARGIN": _note("Several order lines hold the item; prices and what is open tell which is billed"),
    "LINES_INTERCHANGEABLE": _note("Order lines of one order hold the item at one price: what is open is filled"),
    "PAIRED_BY_LIKENESS": _deviation(Actor.HANDLER, "Found by price, words and quantity alone; a person confirms it"),
    "MATCHED_BY_HEAD": _note("The only line is, to the øre, all that is received of its orders and not invoiced"),
    "LINE_REFERENCE_UNKNOWN": _note("The line names an order line that is not there; its item was found"),
    "REFERENCE_CONTRADICTS_ITEM": _deviation(Actor.HANDLER, "The order line named holds another item"),
    "LINE_FREE": _note("The line is free of charge: it takes nothing of the order"),
    "LINE_POSITIVE": _agrees("Quantity above zero, amount not below it"),
    "LINE_NOT_POSITIVE": _deviation(Actor.HANDLER, "A quantity of zero or less, or a negative amount"),
    "UNIT_AGREES": _agrees("Units are the same or convert exactly"),
    "UNIT_MISMATCH": _deviation(Actor.HANDLER, "Units that do not convert exactly into those of the order"),
    "ARITHMETIC_AGREES": _agrees("Price times quantity is the line's amount"),
    "LINE_ROUNDING": _note("Price times quantity is up to 1.00 off the line's amount; what is billed is judged"),
    "LINE_ARITHMETIC": _deviation(Actor.HANDLER, "Price times quantity is not the line's amount"),
    "PRICE_AGREES": _agrees("The price accepted on the order"),
    "PRICE_WITHIN_TOLERANCE": _note("Above the order's price, within the line's tolerance"),
    "PRICE_BELOW": _note("Below the order's price"),
    "PRICE_BELOW_CHECK": _pending("Below the order's price where the policy wants a person to look"),
    "PRICE_OVER": _deviation(Actor.BUYER_AND_DISPONENT, "Above the order's price by more than the line's tolerance"),
    "ORDERED_ABOVE_AGREEMENT": _note("Billed as ordered, but ordered above the agreement's price of the order date"),
    "PRICE_BRACKET_MISSED": _note("The order's pieces together reach a lower price of the agreement than is billed"),
    "QTY_WITHIN_ORDER": _agrees("No more than is ordered and not yet invoiced"),
    "QTY_OVER_ORDER": _deviation(Actor.BUYER, "More than is ordered and not yet invoiced"),
    "AMOUNT_WITHIN_ORDER": _agrees("No more than the order's amount that is not yet invoiced"),
    "AMOUNT_WITHIN_TOLERANCE": _note("Above the order's amount, within the line's tolerance"),
    "AMOUNT_OVER_ORDER": _deviation(
        Actor.BUYER_AND_DISPONENT, "Above the order's amount by more than the line's tolerance"
    ),
    "RECEIVED": _agrees("No more than is received and not yet invoiced"),
    "RECEIPT_MISSING": Code(Outcome.AWAITING_RECEIPT, Actor.RECEIVER, "More than is received and not yet invoiced"),
    "PREPAID": _note("More than is received, on a text order that is paid before it comes"),
    "CHARGE_EXPECTED": _agrees("A charge that is on the order or has a price in the agreement"),
    "CHARGE_WITHIN_CAP": _note("An unexpected charge under the freight cap; it counts as an excess"),
    "CHARGE_NOT_ALLOWED": _deviation(Actor.HANDLER, "Unexpected and above the freight cap, or interest or a reminder"),
    "DISCOUNT": _note("An allowance on the whole document; it pays for no excess"),
    "TOTAL_AGREES": _agrees("Nothing is billed above the order"),
    "TOTAL_WITHIN_TOLERANCE": _note("Excesses and charges are within the order's tolerance budget"),
    "TOTAL_OVER": _deviation(Actor.BUYER_AND_DISPONENT, "Excesses and charges are above the order's tolerance budget"),
    "FAVOUR_NOT_USED": _note("A favour on one line did not pay for an excess on another"),
    "STANDING_RUNS": _agrees("The standing order runs, and the invoice is for a period of it"),
    "STANDING_HALTED": _no_order("The standing order is suspended, or its agreement is over: an ordinary invoice"),
    "STANDING_NO_PERIOD": _no_order("The invoice is for no period of the standing order: an ordinary invoice"),
    "STANDING_PERIOD": _agrees("The periods have no other invoice"),
    "STANDING_PERIOD_USED": _deviation(Actor.HANDLER, "A period has an invoice already"),
    "STANDING_EARLY": _deviation(Actor.HANDLER, "Issued earlier before its period than was agreed"),
    "STANDING_AMOUNT_AGREES": _agrees("No more than the periods' terms expect"),
    "STANDING_WITHIN_TOLERANCE": _note("Above what the periods' terms expect, within their tolerance"),
    "STANDING_INDEX_USED": _note("Above the tolerance, within the index allowance that one invoice a year may take"),
    "STANDING_AMOUNT_OVER": _deviation(
        Actor.BUYER_AND_DISPONENT, "Above what the periods' terms expect by more than they allow"
    ),
    "BELOW_EXPECTED": _note("Less than the periods' terms expect"),
    "STANDING_WITHIN_CAPS": _agrees("No cap of the terms is exceeded"),
    "STANDING_INVOICE_CAP": _deviation(Actor.BUYER_AND_DISPONENT, "More than one invoice may be"),
    "STANDING_PERIOD_CAP": _deviation(Actor.BUYER_AND_DISPONENT, "More than a period's invoices may be together"),
    "STANDING_TOTAL_CAP": _deviation(Actor.BUYER_AND_DISPONENT, "More than all invoices may be together"),
    "STANDING_COMMITMENT": _deviation(Actor.BUYER_AND_DISPONENT, "More than the disponent has approved in all"),
    "STANDING_SPACED": _agrees("As many days after the invoice before as the terms ask"),
    "STANDING_TOO_SOON": _deviation(Actor.HANDLER, "Fewer days from another invoice than the terms ask"),
    "STANDING_SUGGESTED": _note("The supplier's only standing order here, which would fit; a person decides"),
    "CREDIT_WITHIN_INVOICED": _agrees("No more is credited than was invoiced"),
    "CREDIT_OVER_INVOICED": _deviation(Actor.HANDLER, "More is credited than was invoiced"),
    "CREDIT_PRICE_AGREES": _agrees("Credited at the price invoiced"),
    "CREDIT_PRICE": _deviation(Actor.HANDLER, "Credited at another price than was invoiced"),
    "CREDIT_AS_EXPECTED": _agrees("A return made this credit expected"),
    "CREDIT_NOT_EXPECTED": _pending("No return made this credit expected"),
    "CREDIT_CHARGE": _pending("A charge is credited; no return says so"),
    "CREDIT_REDUCED": _deviation(Actor.HANDLER, "The supplier keeps something back from the credit"),
}  # fmt: skip
