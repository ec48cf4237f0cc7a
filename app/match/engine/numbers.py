"""Numbers as people write them: order numbers made comparable, without ever looking for one inside another."""

import re
from collections.abc import Iterator

from app.documents.invoice import Invoice

_WORDS = (
    "INDKØBSORDRENUMMER", "INDKØBSORDRENR", "INDKØBSORDRE", "ORDRENUMMER", "ORDRENR", "ORDRE", "ORDERNUMBER", "ORDERNO",
    "ORDER", "REKVISITIONSNUMMER", "REKVISITIONSNR", "REKVISITION", "REKVNR", "REKV", "BESTILLINGSNR", "BESTILLING",
    "PURCHASE", "PONUMBER", "PONR", "PONO", "PO", r"P\.O", "NUMMER", "NUMBER", "NR", "NO",
)  # fmt: skip

_PREFIX = re.compile(rf"\A[\s.:#-]*(?:(?:{'|'.join(_WORDS)})(?![A-ZÆØÅ])[\s.:#-]*)*")
# The lookahead keeps POST-12 whole: a prefix is a word of its own, or runs straight into a figure.

_BLANKS = re.compile(r"\s+")
_SEPARATORS = re.compile(r"[,;\s]+")


def _without_leading_zeros(text: str) -> str:
    return text.lstrip("0") or text[-1:]


def normalised_number(text: str) -> str:
    """Make an order number comparable: `Ordre nr. 004711` and `4711` are one; case and blanks do not count."""
    upper = text.upper()
    kept = _BLANKS.sub("", _PREFIX.sub("", upper))
    return _without_leading_zeros(kept or _BLANKS.sub("", upper))


def normalised_invoice_number(text: str) -> str:
    """Make a supplier's invoice number comparable: case, blanks and leading zeros do not count."""
    return _without_leading_zeros(_BLANKS.sub("", text.upper()))


def header_numbers(text: str) -> tuple[str, ...]:
    """Read a header reference: the whole of it first, then its parts with a figure in them, each normalised."""
    parts = [part for part in _SEPARATORS.split(text) if any(letter.isdigit() for letter in part)]
    return tuple(dict.fromkeys(normalised_number(number) for number in (text, *parts) if number.strip()))


def _numbers(invoice: Invoice) -> Iterator[str]:
    if invoice.order_reference is not None:
        yield from header_numbers(invoice.order_reference.number)
    for line in invoice.lines:
        for reference in line.order_line_references:
            if reference.order_number is not None:
                yield normalised_number(reference.order_number)


def order_numbers(invoice: Invoice) -> tuple[str, ...]:
    """Give every order number the invoice may mean, normalised, each once: what the caller looks orders up by."""
    return tuple(dict.fromkeys(_numbers(invoice)))
