"""Lines between documents and rows."""

from decimal import Decimal
from uuid import UUID

from hypothesis import given

from app.catalogs.lines import document_line, row_of
from app.documents.catalogue import Catalogue, CatalogueLine
from app.documents.item import Classification
from tests import catalogue_strategies
from tests.catalogues import line

SOME_ID = UUID(int=1)


@given(catalogue_strategies.catalogues())
def test_a_line_comes_back_from_its_row_as_it_was(catalogue: Catalogue) -> None:
    for found in catalogue.lines:
        assert document_line(row_of(found, SOME_ID, 1, SOME_ID)["content"]) == found


def test_numbers_keep_every_digit() -> None:
    found = line("1", minimum_order_quantity=Decimal("0.1234567890123456789"))

    content = row_of(found, SOME_ID, 1, SOME_ID)["content"]

    assert document_line(content).minimum_order_quantity == Decimal("0.1234567890123456789")


def test_only_a_unspsc_code_is_a_product_group() -> None:
    codes = (Classification(code="9999", list_id="OTHER"), Classification(code="44121704"))
    found = line("1")
    several = found.but(item=found.item.but(classifications=codes))
    none: CatalogueLine = found.but(item=found.item.but(classifications=codes[:1]))

    assert row_of(several, SOME_ID, 1, SOME_ID)["unspsc"] == "44121704"
    assert row_of(none, SOME_ID, 1, SOME_ID)["unspsc"] == ""


def test_identifiers_are_cut_where_they_are_searched_by_and_kept_whole_beside() -> None:
    found = line("1", sellers_number="9" * 400)

    row = row_of(found, SOME_ID, 1, SOME_ID)

    assert len(row["sellers_item_id"]) == 300
    assert document_line(row["content"]).item.sellers_number == "9" * 400
