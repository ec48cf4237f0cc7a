"""How an invoice is paid, pure: OIOUBL's payment means as the fields that a payment system asks for."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from app.documents.invoice import PaymentMeans
from app.match.engine.slips import SLIPS, is_payment_id
from app.match.payable_messages import PaymentKind, PaymentOut

KINDS: Final[Mapping[str, PaymentKind]] = {
    "31": PaymentKind.IBAN,
    "42": PaymentKind.ACCOUNT,
    "50": PaymentKind.GIRO,
    "93": PaymentKind.FIK,
    "97": PaymentKind.NEMKONTO,
}
IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}", re.ASCII)
BIC: Final = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)
CVR: Final = re.compile(r"[0-9]{8}", re.ASCII)


def payment_of(means: PaymentMeans, cvr: str | None) -> PaymentOut:
    """Give one way to pay; NemKonto is found by the payee's CVR number."""
    kind = KINDS.get(means.code, PaymentKind.OTHER)
    told = PaymentOut(kind=kind, code=means.code, due_date=means.due_date, notes=list(means.payment_notes))
    if kind in _READ:
        told.missing = [name for name, value in _READ[kind](means, cvr).items() if not _taken(told, name, value)]
    return told


def _taken(told: PaymentOut, name: str, value: tuple[str, bool]) -> bool:
    """Set a field to what stands there, and tell whether it can be right."""
    text, is_right = value
    setattr(told, name, text or None)
    return is_right


def _compact(text: str | None) -> str:
    return re.sub(r"[\s.-]", "", text or "")


def _digits(text: str | None, least: int, most: int) -> tuple[str, bool]:
    number = _compact(text)
    return number, number.isascii() and number.isdigit() and least <= len(number) <= most


def _card(means: PaymentMeans) -> dict[str, tuple[str, bool]]:
    """Read what kind of slip it is, and its payment id: all its digits, the last of which checks the others."""
    lengths = SLIPS[means.code]
    card = _compact(means.payment_id)
    wanted = lengths.get(card, 1)
    number = _compact(means.instruction_id)
    fits = len(number) == wanted and is_payment_id(number, wanted) if wanted else not number or number.isdigit()
    return {"card_type": (card, card in lengths), "payment_id": (number, fits)}


def _fik(means: PaymentMeans, _: str | None) -> dict[str, tuple[str, bool]]:
    return _card(means) | {"creditor": _digits(means.credit_account_id, 8, 8)}


def _giro(means: PaymentMeans, _: str | None) -> dict[str, tuple[str, bool]]:
    return _card(means) | {"creditor": _digits(means.account_id, 7, 8)}


def _iban(means: PaymentMeans, _: str | None) -> dict[str, tuple[str, bool]]:
    iban, bic = (_compact(text).upper() for text in (means.account_id, means.institution_id or means.branch_id))
    return {"iban": (iban, is_iban(iban)), "bic": (bic, not bic or BIC.fullmatch(bic) is not None)}


def _account(means: PaymentMeans, _: str | None) -> dict[str, tuple[str, bool]]:
    return {
        "registration_number": _digits(means.branch_id, 4, 4),
        "account_number": _digits(means.account_id, 1, 10),
    }


def _nemkonto(_: PaymentMeans, cvr: str | None) -> dict[str, tuple[str, bool]]:
    number = _compact(cvr).upper().removeprefix("DK")
    return {"cvr": (number, CVR.fullmatch(number) is not None)}


_READ: Final[Mapping[PaymentKind, Callable[[PaymentMeans, str | None], dict[str, tuple[str, bool]]]]] = {
    PaymentKind.FIK: _fik,
    PaymentKind.GIRO: _giro,
    PaymentKind.IBAN: _iban,
    PaymentKind.ACCOUNT: _account,
    PaymentKind.NEMKONTO: _nemkonto,
}


def is_iban(text: str) -> bool:
    """Tell whether a text is an IBAN whose check digits are right (ISO 13616, mod 97)."""
    if not IBAN.fullmatch(text):
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(letter, 36)) for letter in turned)) % 97 == 1
