"""The words of catalogue sheets that stand for codes: units of measure, labels, VAT categories, actions.

Each table has the word that is written first; others for the same code are read, too.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from app.kit.cells import Misread
from app.oioubl.schemas import schema_folder
from app.oioubl.schematron import code_list


class Words:
    """Words by the code that they stand for, the one that is offered first."""

    def __init__(self, words: Mapping[str, tuple[str, ...]]) -> None:
        self.words = words
        self.offered = tuple(names[0] for names in words.values())
        self._codes = {key_of(name): code for code, names in words.items() for name in names}

    def get(self, text: str) -> str | None:
        return self._codes.get(key_of(text))

    def code_of(self, text: str) -> str:
        """Give the code that a word stands for.

        :raises Misread: naming those that there are.
        """
        found = self.get(text)
        if found is None:
            known, shown = ", ".join(self.offered), text[:40]
            raise Misread(f"{shown!r} is none of {known}", f"{shown!r} er ikke en af {known}")
        return found


def key_of(text: str) -> str:
    """Give a word as words are compared: however spaced or cased, without the point of an abbreviation."""
    return " ".join(text.split()).rstrip(".").casefold()


UNITS: Final = Words(
    {
        "EA": ("stk", "styk", "stykke", "stykker", "each", "pcs", "piece", "pce", "h87"),
        "BX": ("kasse", "æske", "boks", "box", "xbx"),
        "CT": ("karton", "carton", "xct"),
        "PK": ("pakke", "pk", "package", "xpk"),
        "SET": ("sæt", "set"),
        "PR": ("par", "pair"),
        "BG": ("pose", "bag", "xbg"),
        "SA": ("sæk", "sack", "xsa"),
        "BO": ("flaske", "bottle", "xbo"),
        "CA": ("dåse", "can", "xca"),
        "TU": ("tube", "xtu"),
        "BJ": ("spand", "bucket", "xbj"),
        "RO": ("rulle", "roll", "xro"),
        "RM": ("ris", "ream"),
        "BE": ("bundt", "bundle", "xbe"),
        "PF": ("palle", "pallet"),
        "DZN": ("dusin", "dozen"),
        "CEN": ("hundrede", "hundred"),
        "MIL": ("tusind", "tusinde", "thousand"),
        "KGM": ("kg", "kilo", "kilogram"),
        "GRM": ("gram", "g", "gr"),
        "TNE": ("ton", "tons", "tonne"),
        "LTR": ("liter", "l", "ltr", "litre"),
        "DLT": ("dl", "deciliter"),
        "CLT": ("cl", "centiliter"),
        "MLT": ("ml", "milliliter"),
        "MTR": ("meter", "m", "mtr", "metre"),
        "CMT": ("cm", "centimeter"),
        "MMT": ("mm", "millimeter"),
        "MTK": ("m2", "m²", "kvm", "kvadratmeter"),
        "MTQ": ("m3", "m³", "kubikmeter"),
        "HUR": ("time", "timer", "hour"),
        "DAY": ("dag", "dage", "døgn", "day"),
        "MON": ("måned", "måneder", "month"),
        "ANN": ("år", "year"),
        "KWH": ("kwh",),
        "ST": ("ark", "sheet"),
    }
)
"""Usual words for codes of UN/ECE recommendation 20; every other code of it is read as it stands."""

AMBIGUOUS_UNITS: Final[Mapping[str, str]] = {"ST": "ark (sheet), stk (piece)"}
"""Codes that are mostly written by people who mean another one."""


class Label(NamedTuple):
    """A label as GS1 codes it, and whose it is."""

    code: str
    issuer: str


LABELS: Final[Mapping[str, Label]] = {
    "Svanemærket": Label("SVANEN", "Miljømærkning Danmark"),
    "EU-Blomsten": Label("EU_ECO_LABEL", "Europa-Kommissionen"),
    "EU-økologi": Label("EU_ORGANIC_FARMING", "Europa-Kommissionen"),
    "Blauer Engel": Label("BLUE_ANGEL", "RAL"),
    "FSC": Label("FOREST_STEWARDSHIP_COUNCIL_LABEL", "Forest Stewardship Council"),
    "FSC Mix": Label("FOREST_STEWARDSHIP_COUNCIL_MIX", "Forest Stewardship Council"),
    "FSC Recycled": Label("FOREST_STEWARDSHIP_COUNCIL_RECYCLED", "Forest Stewardship Council"),
    "PEFC": Label("PEFC", "PEFC"),
    "MSC": Label("MARINE_STEWARDSHIP_COUNCIL_LABEL", "Marine Stewardship Council"),
    "Rainforest Alliance": Label("RAINFOREST_ALLIANCE", "Rainforest Alliance"),
    "Energy Star": Label("ENERGY_STAR", "EPA"),
    "TCO": Label("TCO_DEVELOPMENT", "TCO Development"),
    "OEKO-TEX": Label("OEKO_TEX_LABEL", "OEKO-TEX"),
    "Nøglehullet": Label("NYCKELHALET", "Fødevarestyrelsen"),
}
LABEL_NAMES: Final = Words(
    {name: (name,) for name in LABELS}
    | {
        "Svanemærket": ("Svanemærket", "svanen", "svanemærke", "nordic swan", "nordisk miljømærke"),
        "EU-Blomsten": ("EU-Blomsten", "eu blomsten", "blomsten", "eu-blomst", "eu ecolabel", "ecolabel"),
        "EU-økologi": ("EU-økologi", "økologisk", "eu økologi", "ø-mærket", "ø-mærke"),
        "FSC Mix": ("FSC Mix", "fsc-mix"),
        "FSC Recycled": ("FSC Recycled", "fsc-recycled"),
        "OEKO-TEX": ("OEKO-TEX", "oeko tex", "øko-tex"),
        "Nøglehullet": ("Nøglehullet", "nøglehulsmærket"),
    }
)

TAX_CATEGORIES: Final = Words(
    {
        "StandardRated": ("Standard", "StandardRated", "S", "moms", "momspligtig"),
        "ZeroRated": ("Nul", "ZeroRated", "Z", "E", "momsfri", "fritaget"),
        "ReverseCharge": ("Omvendt", "ReverseCharge", "AE", "omvendt betalingspligt"),
    }
)
ACTIONS: Final = Words(
    {
        "Add": ("Ny", "Add", "new", "opret", "tilføj"),
        "Update": ("Ret", "Update", "ændr", "rettes", "opdater"),
        "Delete": ("Slet", "Delete", "slettes", "udgår"),
    }
)


def unit_code(text: str) -> str:
    """Give the unit that a word or a code of UN/ECE recommendation 20 stands for.

    :raises Misread: for any other, and for codes that are mostly meant otherwise.
    """
    found = UNITS.get(text)
    if found is not None:
        return found
    code = key_of(text).upper()
    if code in AMBIGUOUS_UNITS:
        meant = AMBIGUOUS_UNITS[code]
        raise Misread(
            f"the unit {code} may be {meant}; write the word", f"Enheden {code} kan være {meant}; skriv ordet"
        )
    if code not in _unit_codes():
        shown, known = text[:40], ", ".join(UNITS.offered[:6])
        raise Misread(
            f"{shown!r} is no unit; write a code of UN/ECE recommendation 20, or a word such as {known}",
            f"{shown!r} er ikke en enhed; skriv en kode fra UN/ECE-anbefaling 20 eller et ord som {known}",
        )
    return code


def label_of(text: str) -> tuple[str, Label]:
    """Give a label's name and code; one that is not known here is its own."""
    name = LABEL_NAMES.get(text)
    return (name, LABELS[name]) if name is not None else (text, Label(text, text))


@cache
def _unit_codes() -> frozenset[str]:
    return frozenset(code_list(schema_folder() / "codes" / "unit.xml"))
