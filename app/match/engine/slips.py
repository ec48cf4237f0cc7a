"""Payment slips (FIK and giro): the number that tells the payee what is paid, and the check digit at its end."""

from collections.abc import Mapping
from typing import Final

from app.documents.invoice import PaymentMeans
from app.match.engine.decision import Finding
from app.match.engine.facts import Case

SLIPS: Final[Mapping[str, Mapping[str, int]]] = {
    "93": {"71": 15, "73": 0, "75": 16},
    "50": {"01": 0, "04": 16, "15": 16},
}
"""Most digits of the payment id by payment means code and type of card; a card without any has room for words."""


def compact(text: str | None) -> str:
    return "".join(letter for letter in text or "" if letter not in " .-\t\n")


def checks(number: str) -> bool:
    """Tell whether the last digit follows from those before it: each second one from the right counts twice, its
    figures added up, and together with the last they make a multiple of ten.
    """
    digits = [int(digit) for digit in reversed(number)]
    twice = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(twice)) % 10 == 0


def is_payment_id(number: str, most: int) -> bool:
    """Tell whether a number of at most so many digits can be a payment id; leading zeros may be left out."""
    return number.isascii() and number.isdecimal() and len(number) <= most and checks(number)


def wrong_ids(means: PaymentMeans) -> bool:
    """Tell whether a slip names a payment id that cannot be right."""
    most = SLIPS.get(means.code, {}).get(compact(means.payment_id), 0)
    number = compact(means.instruction_id)
    return bool(most and number) and not is_payment_id(number, most)


def payment_id(case: Case) -> Finding:
    """A payment whose id fails its check digit comes back, or is booked on somebody else's bill."""
    for means in case.invoice.payment_means:
        if wrong_ids(means):
            card, number = compact(means.payment_id), compact(means.instruction_id)
            return Finding("PAYMENT_ID_WRONG", actual=f"+{card}<{number}", passes_at="CHECK_DIGIT")
    return Finding("PAYMENT_ID_AGREES")
