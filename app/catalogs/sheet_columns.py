"""The columns of a catalogue sheet, in the order in which they are written; they are read wherever they stand."""

from typing import Final

from app.catalogs import sheet_cells as cells
from app.catalogs.sheet_column import NAME_LENGTH, column
from app.catalogs.sheet_terms import BRACKETS, TERMS
from app.catalogs.sheet_words import ACTIONS, LABELS
from app.documents.values import NUMBER_LENGTH, PROSE_LENGTH, TEXT_LENGTH

SHEET_NAME: Final = "Varer"
SHEET_NAMES: Final = (SHEET_NAME, "Items")
GUIDE: Final = "Vejledning"
GUIDES: Final = (GUIDE, "Guide")

IDENTITY: Final = (
    column(
        "item_number",
        "Leverandørens varenr",
        "Dit nummer for varen; hvert nummer står på én række.",
        "Your number of the item; each stands on one row.",
        "Varenr",
        "Varenummer",
        "Supplier item number",
        "Item number",
        needed=True,
        read=cells.item_number,
        most=NUMBER_LENGTH,
        width=20,
    ),
    column(
        "action",
        "Handling",
        "Ny, Ret eller Slet; blank: Ny. Ret erstatter hele linjen, og til Slet er varenummeret nok.",
        "Ny (add), Ret (update) or Slet (delete); blank: Ny. Ret replaces the whole line; Slet needs the number alone.",
        "Action",
        read=cells.action,
        choices=ACTIONS.offered,
        width=10,
    ),
    column(
        "name",
        "Varenavn",
        "Højst 255 tegn; helst højst 40.",
        "At most 255 characters; 40 are best.",
        "Navn",
        "Item name",
        "Name",
        needed=True,
        read=cells.one_line,
        most=NAME_LENGTH,
        width=40,
    ),
    column(
        "description",
        "Beskrivelse",
        "Fri tekst om varen.",
        "Free text about the item.",
        "Varebeskrivelse",
        "Description",
        most=PROSE_LENGTH,
        width=40,
    ),
    column(
        "gtin",
        "GTIN",
        "8, 12, 13 eller 14 cifre, som tekst.",
        "8, 12, 13 or 14 digits, as text.",
        "EAN",
        "Stregkode",
        "GTIN/EAN",
        read=cells.gtin,
        width=16,
    ),
    column(
        "manufacturer",
        "Producent",
        "Producentens navn.",
        "The manufacturer's name.",
        "Fabrikant",
        "Manufacturer",
        read=cells.one_line,
        most=NAME_LENGTH,
        width=24,
    ),
    column(
        "manufacturer_number",
        "Producentens varenr",
        "Producentens eget nummer for varen.",
        "The manufacturer's own number of the item.",
        "Producentens varenummer",
        "Manufacturer item number",
        read=cells.item_number,
        most=NUMBER_LENGTH,
        width=20,
    ),
    column(
        "unspsc",
        "UNSPSC",
        "Otte cifre, version 19.0501.",
        "Eight digits, version 19.0501.",
        "UNSPSC-kode",
        "Varegruppe",
        "UNSPSC code",
        needed=True,
        read=cells.commodity_code,
        width=12,
    ),
)
APPEARANCE: Final = (
    column(
        "labels",
        "Mærkning",
        f"Mærker adskilt af semikolon, fx {'; '.join(list(LABELS)[:3])}.",
        "Labels between semicolons.",
        "Miljømærke",
        "Labels",
        read=cells.words,
        most=TEXT_LENGTH,
        width=20,
    ),
    column(
        "picture",
        "Billede-URL",
        "Webadresse; flere adskilles af blanke.",
        "Web address; several stand between blanks.",
        "Billede",
        "Picture URL",
        read=cells.links,
        most=TEXT_LENGTH,
        width=30,
    ),
    column(
        "data_sheet",
        "Datablad-URL",
        "Webadresse; flere adskilles af blanke.",
        "Web address; several stand between blanks.",
        "Datablad",
        "Data sheet URL",
        read=cells.links,
        most=TEXT_LENGTH,
        width=30,
    ),
    column(
        "keywords",
        "Søgeord",
        "Ord adskilt af semikolon.",
        "Words between semicolons.",
        "Keywords",
        read=cells.words,
        most=TEXT_LENGTH,
        width=24,
    ),
)

COLUMNS: Final = (*IDENTITY, *TERMS, *APPEARANCE, *BRACKETS)
FIELDS: Final = {one.field: one for one in COLUMNS}
NEEDED: Final = tuple(one.field for one in COLUMNS if one.needed)
