"""What each code says in English."""

MESSAGES: dict[str, str] = {
    "INVOICE_IS_NEW": "No earlier document from this supplier is like this one.",
    "DUPLICATE": "Number {actual} was used before, on {expected}.",
    "POSSIBLE_DUPLICATE": "This looks like {expected}: {actual}.",
    "SUPPLIER_NOT_BLOCKED": "The supplier is not blocked.",
    "SUPPLIER_BLOCKED": "The supplier is blocked; a person decides what is paid.",
    "PAYEE_AGREES": "The payee is known.",
    "PAYEE_FIRST": "This is the first account known of the supplier: {actual}.",
    "PAYEE_CHANGED": "The invoice is to be paid to {actual}; the supplier's approved invoices were paid to {expected}.",
    "FACTORING": "{actual} is to be paid instead of the supplier ({expected}), and was not before.",
    "PAYMENT_ID_AGREES": "No payment slip has a payment id that cannot be right.",
    "PAYMENT_ID_WRONG": ("The payment slip's id cannot be right: {actual} is too long, or its check digit is wrong."),
    "TYPE_ACCEPTED": "The document type is accepted.",
    "INVOICE_TYPE": "Invoice type {actual} is not paid against an order.",
    "PREPAYMENT_NOT_AGREED": "The invoice is on account (type {actual}), and no prepayment was agreed on: {expected}.",
    "TOTALS_AGREE": "The parts make the payable amount, {actual} {unit}.",
    "TOTALS_DISAGREE": "The payable amount is {actual} {unit}; its parts make {expected} {unit}.",
    "ROUNDING_IGNORED": "The payable amount is rounded by {actual} {unit}, at most {limit} is ignored.",
    "ROUNDING_TOO_LARGE": "The payable amount is rounded by {actual} {unit}; at most {limit} is ignored ({source}).",
    "TAX_PLAUSIBLE": "The tax follows from the rates.",
    "TAX_IMPLAUSIBLE": "The tax is not plausible: {actual}, expected {expected}.",
    "TAX_LEFT_OUT": "The invoice has tax of {actual} {unit}, but the rates of its lines make {expected}.",
    "ORDER_FOUND": "Order {order} was found.",
    "NO_ORDER_REF": "The invoice names no order.",
    "ORDER_UNKNOWN": "No order has the number {actual}.",
    "MANDATORY_AGREEMENT": (
        "Agreement {expected} with the supplier demands e-orders; this was bought without one, or names none."
    ),
    "CREDIT_WITHOUT_REFERENCE": "The credit note names no known invoice or order.",
    "SUPPLIER_AGREES": "Order {order} was placed with this supplier.",
    "SUPPLIER_MISMATCH": "Order {order} was placed with {expected}; the invoice is from {actual}.",
    "BUYER_AGREES": "Order {order} belongs to this buyer.",
    "BUYER_MISMATCH": "Order {order} belongs to {expected}; the invoice is to {actual}.",
    "CURRENCY_AGREES": "Invoice and order {order} are in {actual}.",
    "CURRENCY": "Order {order} is in {expected}, the invoice in {actual}.",
    "ORDER_OPEN": "Order {order} is open.",
    "ORDER_STATE": "Order {order} is {actual}.",
    "ORDER_NOT_SENT": "Order {order} was not sent, it is {actual}.",
    "TWO_PERSONS": "The rule {expected} on persons holds for order {order} ({source}).",
    "ONE_PERSON": "The rule {expected} on persons does not hold for order {order}, seen by {actual} ({source}).",
    "EXTERNAL_APPROVAL_MISSING": "Order {order} was placed elsewhere, without an approval that is trusted.",
    "LINE_PAIRED": "Line {line} bills line {order_line} of order {order}, found by {actual}.",
    "LINE_UNKNOWN": "Line {line} ({actual}) is not on the order.",
    "LINE_AMBIGUOUS": "Line {line} may bill several order lines: {expected}.",
    "PAIRING_MARGIN": (
        "Line {line} could bill {expected}; it bills {order_line}, and the next best costs {amount} {unit} more a unit."
    ),
    "LINES_INTERCHANGEABLE": "Line {line} bills {expected}, which have one price; what is open of them is filled.",
    "PAIRED_BY_LIKENESS": (
        "Line {line} ({actual}) is most like line {order_line} of order {order} ({expected}), "
        "by {amount} of 1000 points more than anything else."
    ),
    "MATCHED_BY_HEAD": "Line {line} is all that is received and not invoiced of {expected}: {amount} {unit}.",
    "LINE_REFERENCE_UNKNOWN": "Line {line} names order line {actual}, which is not there; the item is {order_line}.",
    "REFERENCE_CONTRADICTS_ITEM": "Line {line} names order line {order_line} ({expected}), but bills {actual}.",
    "LINE_FREE": "Line {line} is free of charge.",
    "LINE_POSITIVE": "Line {line} has a quantity and an amount that can be billed.",
    "LINE_NOT_POSITIVE": "Line {line} has quantity {actual} {unit} and amount {amount}.",
    "UNIT_AGREES": "Line {line} is in {actual}, as ordered in {expected}.",
    "UNIT_MISMATCH": "Line {line} is in {actual}; order line {order_line} is in {expected}.",
    "ARITHMETIC_AGREES": "Price times quantity of line {line} is {actual} {unit}.",
    "LINE_ROUNDING": "Line {line} bills {actual} {unit}; price times quantity is {expected}.",
    "LINE_ARITHMETIC": "Line {line} bills {actual} {unit}, but price times quantity is {expected}.",
    "PRICE_AGREES": "Line {line} has the order's price, {expected} {unit}.",
    "PRICE_WITHIN_TOLERANCE": (
        "Line {line} costs {actual} where the order says {expected} {unit}: {amount} in all, within {limit} ({source})."
    ),
    "PRICE_BELOW": "Line {line} costs {actual} where the order says {expected} {unit}: {amount} in all.",
    "PRICE_BELOW_CHECK": "Line {line} costs {actual} where the order says {expected} {unit}; {source} wants a look.",
    "PRICE_OVER": (
        "Line {line} costs {actual} where the order says {expected} {unit}: {amount} in all, "
        "more than {limit} ({source})."
    ),
    "PRICE_BRACKET_MISSED": (
        "Order {order} takes {actual} of the article on order line {order_line}, and from {limit} on the agreement "
        "asks {expected} {unit}: {amount} too much is billed."
    ),
    "ORDERED_ABOVE_AGREEMENT": (
        "Order line {order_line} of {order} was agreed on at {actual} where the agreement asks {expected} {unit}: "
        "{amount} more is billed."
    ),
    "QTY_WITHIN_ORDER": "Line {line} bills {actual} {unit} of {expected} that are ordered and not yet invoiced.",
    "QTY_OVER_ORDER": "Line {line} bills {actual} {unit}; {expected} are ordered and not yet invoiced.",
    "AMOUNT_WITHIN_ORDER": "Line {line} bills {actual} {unit} of {expected} that are ordered and not yet invoiced.",
    "AMOUNT_WITHIN_TOLERANCE": (
        "Line {line} bills {actual} {unit} where {expected} are left on the order: {amount} above, "
        "within {limit} ({source})."
    ),
    "AMOUNT_OVER_ORDER": (
        "Line {line} bills {actual} {unit} where {expected} are left on the order: {amount} above, "
        "more than {limit} ({source})."
    ),
    "RECEIVED": "What line {line} bills is received ({actual} of {expected} {unit}).",
    "PREPAID": "Line {line} bills {actual} {unit} of a prepaid order; {amount} of it have not come yet.",
    "RECEIPT_MISSING": "Line {line} bills {actual} {unit}; {expected} received are not invoiced, {amount} are missing.",
    "CHARGE_EXPECTED": "{actual}: {amount} {unit}, as agreed.",
    "CHARGE_WITHIN_CAP": (
        "{actual}: {amount} {unit} more than agreed ({expected}), under the cap of {limit} ({source})."
    ),
    "CHARGE_NOT_ALLOWED": "{actual}: {amount} {unit} more than agreed ({expected}); the cap is {limit} ({source}).",
    "DISCOUNT": "{actual}: {amount} {unit} taken off.",
    "TOTAL_AGREES": "Nothing is billed above order {order}.",
    "TOTAL_WITHIN_TOLERANCE": (
        "Order {order}: {actual} {unit} above it, {expected} used before, within {limit} ({source})."
    ),
    "TOTAL_OVER": "Order {order}: {actual} {unit} above it, {expected} used before, more than {limit} ({source}).",
    "FAVOUR_NOT_USED": "Order {order}: lower prices of {actual} {unit} did not pay for the {amount} above.",
    "STANDING_RUNS": "Standing order {order}, reference {actual}, runs.",
    "STANDING_HALTED": "Standing order {order} is {actual}; the invoice goes the ordinary way.",
    "STANDING_NO_PERIOD": "Standing order {order} has no period for this invoice of {actual}.",
    "STANDING_PERIOD": "The invoice is for {actual} of standing order {order}, which has no other.",
    "STANDING_PERIOD_USED": "The period {actual} of standing order {order} has the invoice {expected} already.",
    "STANDING_EARLY": "The invoice was issued on {actual}, before {expected}, when it may come at the earliest.",
    "STANDING_AMOUNT_AGREES": "{actual} {unit} of {expected} that the periods of order {order} expect.",
    "STANDING_WITHIN_TOLERANCE": (
        "{actual} {unit} where the periods of order {order} expect {expected}: {amount} above, "
        "within {limit} ({source})."
    ),
    "STANDING_INDEX_USED": (
        "{actual} {unit} where the periods of order {order} expect {expected}: {amount} above, "
        "within {limit} ({source}), once this year; new terms should follow."
    ),
    "STANDING_AMOUNT_OVER": (
        "{actual} {unit} where the periods of order {order} expect {expected}: {amount} above, "
        "more than {limit} ({source})."
    ),
    "BELOW_EXPECTED": "{actual} {unit} where the periods of order {order} expect {expected} at least.",
    "STANDING_WITHIN_CAPS": "{actual} {unit} is under every cap of order {order}.",
    "STANDING_INVOICE_CAP": "{actual} {unit} where one invoice on order {order} is {limit} at most.",
    "STANDING_PERIOD_CAP": "{actual} {unit} in all where the periods of order {order} are {limit} at most.",
    "STANDING_TOTAL_CAP": "{actual} {unit} in all where all invoices on order {order} are {limit} at most.",
    "STANDING_COMMITMENT": "{actual} {unit} in all where {limit} is approved for order {order}.",
    "STANDING_SPACED": "Invoices on order {order} are at least {limit} days apart.",
    "STANDING_TOO_SOON": "Issued on {actual}, fewer than {limit} days from another of {expected} on order {order}.",
    "STANDING_SUGGESTED": "{actual} {unit} would fit standing order {order} (reference {expected}); a person decides.",
    "CREDIT_WITHIN_INVOICED": "Line {line} credits {actual} {unit} of {expected} invoiced.",
    "CREDIT_OVER_INVOICED": "Line {line} credits {actual} {unit}; {expected} were invoiced.",
    "CREDIT_PRICE_AGREES": "Line {line} credits {actual} {unit}, as invoiced.",
    "CREDIT_PRICE": "Line {line} credits {actual} {unit}; invoiced for it were {expected}.",
    "CREDIT_AS_EXPECTED": "The credit of line {line} was expected ({actual} of {expected} {unit}).",
    "CREDIT_NOT_EXPECTED": "The credit of line {line} ({actual} {unit}) was not expected; {expected} were.",
    "CREDIT_CHARGE": "{actual}: {amount} {unit} credited.",
    "CREDIT_REDUCED": "{actual}: {amount} {unit} kept back from the credit.",
}

PASSES: dict[str, str] = {
    "SUPPLIER_BLOCKED": "passes once the supplier is {passes_at}",
    "PAYEE_CHANGED": "passes if it is to be paid to {passes_at}, or once an invoice with the account is approved",
    "PAYMENT_ID_WRONG": "passes if the supplier sends it again with {passes_at}",
    "TOTALS_DISAGREE": "passes if the payable amount is {passes_at} {unit}",
    "ROUNDING_TOO_LARGE": "passes if the rounding is at most {passes_at} {unit}",
    "TAX_LEFT_OUT": "passes if its tax is {passes_at} {unit}",
    "MANDATORY_AGREEMENT": "passes if it names an order on agreement {passes_at}",
    "SUPPLIER_MISMATCH": "passes if the invoice is from {passes_at}",
    "BUYER_MISMATCH": "passes if the invoice is to {passes_at}",
    "PREPAYMENT_NOT_AGREED": "passes if every order it names is {passes_at}",
    "CURRENCY": "passes if the invoice is in {passes_at}",
    "ORDER_STATE": "passes if the order is {passes_at}",
    "ORDER_NOT_SENT": "passes if the order is {passes_at}",
    "ONE_PERSON": "passes if {passes_at} has approved it",
    "EXTERNAL_APPROVAL_MISSING": "passes if the organisation trusts the approval of the placing system",
    "REFERENCE_CONTRADICTS_ITEM": "passes if the line bills {passes_at}",
    "LINE_AMBIGUOUS": "passes if the line names one of them",
    "PAIRED_BY_LIKENESS": "passes if the line names order line {passes_at}",
    "UNIT_MISMATCH": "passes if the line is in {passes_at}",
    "LINE_ARITHMETIC": "passes if the line's amount is {passes_at} {unit}",
    "PRICE_OVER": "passes if the unit price is at most {passes_at} {unit}",
    "PRICE_BELOW_CHECK": "passes if the unit price is {passes_at} {unit}",
    "PRICE_BRACKET_MISSED": "comes to {passes_at} {unit} at that price",
    "QTY_OVER_ORDER": "passes if at most {passes_at} {unit} are billed",
    "AMOUNT_OVER_ORDER": "passes if at most {passes_at} {unit} are billed",
    "RECEIPT_MISSING": "passes when {passes_at} {unit} more are received",
    "CHARGE_NOT_ALLOWED": "passes if unexpected charges are at most {passes_at} {unit} together",
    "TOTAL_OVER": "passes if at most {passes_at} {unit} are above the order",
    "STANDING_EARLY": "passes if it is issued on {passes_at} or later",
    "STANDING_AMOUNT_OVER": "passes if it is at most {passes_at} {unit}",
    "STANDING_INVOICE_CAP": "passes if it is at most {passes_at} {unit}",
    "STANDING_PERIOD_CAP": "passes if it is at most {passes_at} {unit}",
    "STANDING_TOTAL_CAP": "passes if it is at most {passes_at} {unit}",
    "STANDING_COMMITMENT": "passes if it is at most {passes_at} {unit}, or when new terms are approved",
    "CREDIT_OVER_INVOICED": "passes if at most {passes_at} {unit} are credited",
    "CREDIT_PRICE": "passes if the line's amount is {passes_at} {unit}",
    "CREDIT_NOT_EXPECTED": "passes when {passes_at} {unit} more are returned",
    "CREDIT_REDUCED": "passes if nothing is kept back",
}

WORDS: dict[str, str] = {
    "REFERENCE": "its order line reference",
    "BILLING_REFERENCE": "the invoice line it credits",
    "SELLER_ITEM": "the supplier's item number",
    "GTIN": "its GTIN",
    "BUYER_ITEM": "the buyer's item number",
    "AMOUNT_POOL": "the order's amount",
    "LIKENESS": "its likeness",
    "HEAD": "the sum of what is received",
    "FREIGHT": "Freight",
    "PACKING": "Packing",
    "FEE": "Fee",
    "INTEREST": "Interest or reminder fee",
    "OTHER": "Charge",
    "NO_TOLERANCE": "no tolerance is set",
    "NO_CAP": "no freight cap is set",
    "SERVICE_DEFAULT": "the service's default",
    "ANOTHER_PERSON": "another person",
    "CHECK_DIGIT": "a payment id whose check digit is right",
    "NOT_BLOCKED": "unblocked",
    "PREPAYMENT": "a text order with prepayment",
    "SAME_AMOUNT_AND_DATE": "same amount and date, another number",
    "SAME_NUMBER_ELSEWHERE": "same number, another year or buyer",
    "ALLOWANCE": "Allowance",
    "STANDING_TERMS": "the order's terms",
    "STANDING_INDEX": "the terms' tolerance and index allowance",
    "SUSPENDED": "suspended",
    "AGREEMENT_OVER": "on an agreement that is over",
    "DRAFT": "a draft",
    "PENDING_APPROVAL": "waiting for approval",
    "APPROVED": "approved",
    "SEND_FAILED": "not delivered",
    "SENT": "sent",
    "CLOSED": "closed",
    "CLOSED_SHORT": "closed early",
    "CANCELLED": "cancelled",
    "REJECTED": "rejected",
}
