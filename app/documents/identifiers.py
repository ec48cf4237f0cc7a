"""Check digits of the identifiers that Danish documents carry: our own rules P-GLN and P-CVR.

The official rules test length and prefix alone, and official examples carry wrong digits; so these are strict for what
a person registers and only flagged inside received documents.
"""

from stdnum import ean
from stdnum.dk import cvr
from stdnum.exceptions import ValidationError

from app.documents.values import Identifier

GLN_LENGTH = 13


def gln_fault(value: str) -> str | None:
    """Say what is wrong with a GLN (13 digits, GS1 check digit: weights 3 and 1), or nothing."""
    if len(value) != GLN_LENGTH or not (value.isascii() and value.isdecimal()):
        return f"P-GLN: a GLN has {GLN_LENGTH} digits, {value!r} has not"
    expected = ean.calc_check_digit(value[:-1])
    if value[-1] != expected:
        return f"P-GLN: the check digit of {value} is wrong; with these digits it would be {expected}"
    return None


def cvr_fault(value: str) -> str | None:
    """Say what is wrong with a CVR number (8 digits, modulus 11), or nothing."""
    try:
        cvr.validate(value)
    except ValidationError as reason:
        return f"P-CVR: {value!r} is no CVR number: {str(reason).lower().rstrip('.')}"
    return None


def identifier_fault(identifier: Identifier) -> str | None:
    """Say what is wrong with an identifier by its scheme, or nothing; schemes without check digits always pass."""
    if identifier.scheme_id == "GLN":
        return gln_fault(identifier.value)
    if identifier.scheme_id in ("DK:CVR", "DK:SE"):
        return cvr_fault(identifier.value)
    return None
