"""The words of orders as suppliers read them, in Danish and English."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.organisations.notice_models import Language


@dataclass(frozen=True, slots=True)
class Words:
    """Everything that a readable order says beside what is in its document; `{number}` is the order's number."""

    order: str
    change: str
    cancellation: str
    draft: str
    write_number: str
    bill_gln: str
    bill_reference: str
    bill_lines: str
    cancelled: str
    headings: tuple[str, str, str]
    buyer: str
    supplier: str
    gln: str
    cvr: str
    reference: str
    contact: str
    posting: str
    contract: str
    issued: str
    place: str
    wanted: str
    ends: str
    columns: tuple[str, ...]
    per: str
    statuses: Mapping[str, str]
    charge: str
    allowance: str
    net: str
    tax: str
    gross: str
    machine: str


UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "BX": ("æske", "box"),
    "C62": ("stk.", "piece"),
    "CMT": ("cm", "cm"),
    "DAY": ("dag", "day"),
    "DZN": ("dusin", "dozen"),
    "EA": ("stk.", "piece"),
    "GRM": ("g", "g"),
    "H87": ("stk.", "piece"),
    "HUR": ("time", "hour"),
    "KGM": ("kg", "kg"),
    "KMT": ("km", "km"),
    "LTR": ("liter", "litre"),
    "MIN": ("minut", "minute"),
    "MLT": ("ml", "ml"),
    "MMT": ("mm", "mm"),
    "MON": ("måned", "month"),
    "MTK": ("m²", "m²"),
    "MTQ": ("m³", "m³"),
    "MTR": ("m", "m"),
    "PK": ("pakke", "pack"),
    "PR": ("par", "pair"),
    "RO": ("rulle", "roll"),
    "SET": ("sæt", "set"),
    "TNE": ("ton", "tonne"),
    "WEE": ("uge", "week"),
}
"""Units in Danish and English; any other is told by its code."""

DANISH: Final = Words(
    order="Ordre {number}",
    change="Ændring af ordre {number}",
    cancellation="Annullering af ordre {number}",
    draft="Udkast: ordren er ikke sendt og må ikke leveres",
    write_number="Skriv ordrenummer {number} på fakturaen",
    bill_gln="Send fakturaen elektronisk til EAN-/GLN-nummer {gln}.",
    bill_reference="Skriv personreference {reference} på fakturaen.",
    bill_lines="Skriv ordrens linjenumre ved fakturaens linjer, og fakturér ikke mere eller dyrere end bestilt.",
    cancelled="Ordren er annulleret og må ikke leveres.",
    headings=("Ordrelinjer", "Bemærkninger", "Fakturering"),
    buyer="Køber",
    supplier="Leverandør",
    gln="EAN/GLN",
    cvr="CVR",
    reference="Personreference",
    contact="Kontakt",
    posting="Kontostreng",
    contract="Aftale",
    issued="Dato",
    place="Leveringsadresse",
    wanted="Ønsket levering",
    ends="Leveres senest",
    columns=("Linje", "Varenr.", "Vare", "Antal", "Pris", "Beløb"),
    per="pr. {quantity}",
    statuses={"Added": "Tilføjet", "Revised": "Ændret", "Cancelled": "Annulleret"},
    charge="Gebyr",
    allowance="Rabat",
    net="I alt ekskl. moms",
    tax="Moms",
    gross="I alt inkl. moms",
    machine="Denne besked er sendt af et system. Ordren er vedhæftet som OIOUBL (XML) og som HTML.",
)

ENGLISH: Final = Words(
    order="Order {number}",
    change="Change of order {number}",
    cancellation="Cancellation of order {number}",
    draft="Draft: the order has not been sent and must not be delivered",
    write_number="Write order number {number} on the invoice",
    bill_gln="Send the invoice electronically to EAN/GLN number {gln}.",
    bill_reference="Write the person reference {reference} on the invoice.",
    bill_lines="Write the order's line numbers at the invoice's lines, and bill no more and no dearer than ordered.",
    cancelled="The order is cancelled and must not be delivered.",
    headings=("Order lines", "Remarks", "Invoicing"),
    buyer="Buyer",
    supplier="Supplier",
    gln="EAN/GLN",
    cvr="CVR",
    reference="Person reference",
    contact="Contact",
    posting="Posting",
    contract="Agreement",
    issued="Date",
    place="Delivery address",
    wanted="Delivery wanted",
    ends="Deliver by",
    columns=("Line", "Item no.", "Item", "Quantity", "Price", "Amount"),
    per="per {quantity}",
    statuses={"Added": "Added", "Revised": "Changed", "Cancelled": "Cancelled"},
    charge="Charge",
    allowance="Allowance",
    net="Total excl. VAT",
    tax="VAT",
    gross="Total incl. VAT",
    machine="This message was sent by a system. The order is attached as OIOUBL (XML) and as HTML.",
)

WORDS: Final[Mapping[Language, Words]] = {Language.DANISH: DANISH, Language.ENGLISH: ENGLISH}


def unit_name(code: str, language: Language) -> str:
    """Give a unit's name, or its code where it has none here."""
    danish, english = UNITS.get(code, (code, code))
    return danish if language == Language.DANISH else english
