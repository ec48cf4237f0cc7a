"""The set-up sheets: which there are, which columns they have, and how their cells are read."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from app.kit.cells import day, decimal, digits
from app.kit.sheets import Column
from app.kit.workbooks import Heading
from app.organisations.people_models import ProkuraPart, Role, UserKind

SEPARATOR: Final = " > "
"""Between the names of a path, the upper organisation first."""


class Kind(StrEnum):
    """A kind of rows, in the order in which they are worked on."""

    ORGANISATIONS = "organisations"
    USERS = "users"
    ROLES = "roles"
    PROKURA = "prokura"


SHEET_NAMES: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.ORGANISATIONS: ("Organisationer", "Organisations"),
    Kind.USERS: ("Brugere", "Users"),
    Kind.ROLES: ("Roller", "Roles"),
    Kind.PROKURA: ("Prokura",),
}
"""The name that is written first; the others are read, too."""

ROLE_NAMES: Final[Mapping[Role, str]] = {
    Role.CONTENT_MANAGER: "Indholdsansvarlig",
    Role.REQUISITIONER: "Rekvirent",
    Role.BUYER: "Indkøber",
    Role.DISPONENT: "Disponent",
    Role.RECEIVER: "Varemodtager",
    Role.INVOICE_HANDLER: "Fakturabehandler",
    Role.INVOICE_APPROVER: "Godkender",
    Role.LOCAL_ADMINISTRATOR: "Lokal systemadministrator",
    Role.AUDITOR: "Revisor",
    Role.SUPPLIER: "Leverandør",
    Role.INVOICE_SYSTEM: "Fakturasystem",
}
PART_NAMES: Final[Mapping[ProkuraPart, str]] = {ProkuraPart.ORDER: "Ordre", ProkuraPart.INVOICE: "Faktura"}
KIND_NAMES: Final[Mapping[UserKind, str]] = {UserKind.PERSON: "Person", UserKind.SYSTEM: "System"}


def _one_of(names: Mapping[StrEnum, str]) -> Callable[[str], str]:
    """Give the reader of a word that stands for a value: in Danish, or as the API writes it."""
    known = {name.casefold(): value for value, name in names.items()}
    known |= {value.replace("_", " ").casefold(): value for value in names}

    def read(text: str) -> str:
        found = known.get(" ".join(text.replace("_", " ").split()).casefold())
        if found is None:
            raise ValueError(f"{text[:40]} is none of {', '.join(names.values())}")
        return str(found)

    return read


def _location_numbers(text: str) -> str:
    """Read one GLN or several, and give them between blanks."""
    return " ".join(digits(one) for one in text.replace(",", " ").replace(";", " ").split())


def _column(field: str, header: str, note: str, *aliases: str, **more: object) -> Column:
    looks = {name: more.pop(name) for name in ("choices", "is_date", "is_amount", "width") if name in more}
    return Column(field, Heading(header, note, **looks), aliases, **more)  # type: ignore[arg-type]  # both typed there


PATH_NOTE: Final = (
    "En nøgle fra arket Organisationer, et GLN, et id, eller organisationens navn; er navnet ikke entydigt, "
    f"skrives de overordnedes navne foran: Ministeriet{SEPARATOR}Institutionen{SEPARATOR}Kontoret."
)
SUPPLIER_NOTE: Final = "Leverandørens CVR-nummer, GLN eller id."
DIMENSION_NOTE: Final = (
    "En dimension i konteringen, fx account, hvis grænsen kun gælder nogle af dens værdier, "
    "som så også skrives, fra og til."
)

_ISSUER = _column("issuer", "Udsteder", "Hvem der udsteder brugerens tokens (iss).", "Issuer", needed=True, width=36)
_SUBJECT = _column(
    "subject", "Bruger-id", "Brugerens id hos udstederen (sub), aldrig en e-mail.", "Subject", needed=True, width=24
)
_FROM = _column(
    "valid_from",
    "Gyldig fra",
    "Første dag, fx 01-03-2026.",
    "Valid from",
    needed=True,
    read=day,
    is_date=True,
    width=14,
)
_TO = _column("valid_to", "Gyldig til", "Sidste dag; blank: uden slut.", "Valid to", read=day, is_date=True, width=14)
_PLACE = _column("organisation", "Organisation", PATH_NOTE, "Organization", needed=True, width=44)
_SUPPLIER = _column("supplier", "Leverandør", SUPPLIER_NOTE, "Supplier")

COLUMNS: Final[Mapping[Kind, tuple[Column, ...]]] = {
    Kind.ORGANISATIONS: (
        _column("id", "Id", "Kun for en organisation, der findes: så kan navnet rettes.", "Organisation id", width=38),
        _column("key", "Nøgle", "Frit valgt; gælder i denne fil, så andre ark kan henvise til rækken.", "Key"),
        _column("parent", "Overordnet", f"Organisationen ovenover. {PATH_NOTE}", "Parent", width=44),
        _column("name", "Navn", "Organisationens navn.", "Name", needed=True, width=36),
        _column("glns", "GLN", "13 cifre; flere adskilles af blanke.", "EAN-nummer", "EAN", read=_location_numbers),
        _column("cvr", "CVR", "8 cifre.", "CVR-nummer", read=digits, width=12),
    ),
    Kind.USERS: (
        _ISSUER,
        _SUBJECT,
        _column("name", "Navn", "Brugerens navn.", "Name", needed=True, width=30),
        _column(
            "kind",
            "Type",
            "Person eller System; blank: Person.",
            "Kind",
            read=_one_of(KIND_NAMES),  # type: ignore[arg-type]  # a mapping is invariant in its key
            choices=tuple(KIND_NAMES.values()),
            width=10,
        ),
        _PLACE,
    ),
    Kind.ROLES: (
        _ISSUER,
        _SUBJECT,
        _column(
            "role",
            "Rolle",
            "Hvad brugeren må, i organisationen og alt under den.",
            "Role",
            needed=True,
            read=_one_of(ROLE_NAMES),  # type: ignore[arg-type]  # a mapping is invariant in its key
            choices=tuple(ROLE_NAMES.values()),
            width=26,
        ),
        _column("organisation", "Organisation", PATH_NOTE, "Organization", width=44),
        _column("supplier", "Leverandør", f"Kun for rollen Leverandør. {SUPPLIER_NOTE}", "Supplier"),
        _FROM,
        _TO,
    ),
    Kind.PROKURA: (
        _ISSUER,
        _SUBJECT,
        _column(
            "part",
            "Del",
            "Ordre eller Faktura; den ene gælder aldrig for den anden.",
            "Part",
            needed=True,
            read=_one_of(PART_NAMES),  # type: ignore[arg-type]  # a mapping is invariant in its key
            choices=tuple(PART_NAMES.values()),
            width=10,
        ),
        _column("currency", "Valuta", "Blank: DKK.", "Currency", width=8),
        _column(
            "max_amount",
            "Beløbsgrænse",
            "Højeste beløb, fx 50000 eller 50.000,00.",
            "Max amount",
            "Beløb",
            needed=True,
            read=decimal,
            is_amount=True,
        ),
        _PLACE,
        _SUPPLIER,
        _column("agreement", "Aftale-id", "Aftalens id, hvis grænsen kun gælder den.", "Agreement id", width=38),
        _column("unspsc_prefix", "Varegruppe", "UNSPSC, 2 til 8 cifre.", "Product group", "UNSPSC", read=digits),
        _column("dimension", "Dimension", DIMENSION_NOTE, "Posting dimension", width=18),
        _column("dimension_from", "Dimension fra", "Første værdi, fx 4700.", "Dimension from", width=16),
        _column("dimension_to", "Dimension til", "Sidste værdi, med lige så mange cifre.", "Dimension to", width=16),
        _FROM,
        _TO,
    ),
}

FIELD_OF: Final[Mapping[str, str]] = {
    "parent_id": "parent",
    "gln": "glns",
    "organisation_id": "organisation",
    "user_id": "subject",
    "supplier_id": "supplier",
    "agreement_id": "agreement",
}
"""Fields of the messages that have another name in the sheets."""
