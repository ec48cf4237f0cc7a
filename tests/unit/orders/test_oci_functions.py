"""What OCI shops are asked in the background, and what is read of the pages they answer with."""

from decimal import Decimal

import pytest

from app.orders.punch_out.cart import CartNotReadable
from app.orders.punch_out.oci_functions import MOST_FIELDS, read_answer, search_fields, validate_fields

LINE = {
    "NEW_ITEM-DESCRIPTION[1]": "Kopipapir &amp; mere",
    "NEW_ITEM-VENDORMAT[1]": "P-1",
    "NEW_ITEM-QUANTITY[1]": "2.000",
    "NEW_ITEM-UNIT[1]": "PCE",
    "NEW_ITEM-PRICE[1]": "29.50",
    "NEW_ITEM-CURRENCY[1]": "DKK",
}


def page(**changed: str) -> str:
    fields = "".join(f'<input type="hidden" name="{name}" value="{text}">' for name, text in (LINE | changed).items())
    return f"<html><body onload='document.forms[0].submit()'><form method=post>{fields}</form></body></html>"


def test_the_form_on_the_page_is_the_answer() -> None:
    (line,) = read_answer(page()).lines
    assert (line.item.name, line.item.sellers_number, line.unspsc) == ("Kopipapir & mere", "P-1", "")
    assert (line.quantity.value, line.price.price_amount) == (Decimal(2), Decimal("29.50"))


@pytest.mark.parametrize("content", ["", " ", "\x00", "<html>", "intet", "<!--", "<input>", "<input name=a>" * 9])
def test_a_page_without_lines_is_that_the_shop_has_nothing(content: str) -> None:
    assert read_answer(content).lines == ()


@pytest.mark.parametrize(
    "content",
    [
        page(**{"NEW_ITEM-PRICE[1]": "29,50"}),
        page(**{"NEW_ITEM-UNIT[1]": "<script>"}),
        page(**{"NEW_ITEM-QUANTITY[1]": "1e9"}),
        page().replace("</form>", "<input name='NEW_ITEM-PRICE[2]' value='1'></form>"),
        "<input name=a>" * (MOST_FIELDS + 1),
    ],
)
def test_an_answer_is_read_whole_or_not_at_all(content: str) -> None:
    with pytest.raises(CartNotReadable):
        read_answer(content)


@pytest.mark.parametrize("part", ["<!--", "<a ", "<![CDATA[", "<div>", "</", "<input value='", "&", "<!DOCTYPE x ["])
def test_a_page_that_never_ends_is_nothing(part: str) -> None:
    assert read_answer(part * 100_000).lines == ()


def test_no_entity_of_the_page_is_followed() -> None:
    told = read_answer('<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + page(x="&x;"))
    assert [line.item.sellers_number for line in told.lines] == ["P-1"]


def test_a_quantity_is_asked_about_with_the_three_decimals_of_oci() -> None:
    assert validate_fields("P-1", Decimal("2.5")) == {"FUNCTION": "VALIDATE", "PRODUCTID": "P-1", "QUANTITY": "2.500"}
    assert search_fields("papir") == {"FUNCTION": "BACKGROUND_SEARCH", "SEARCHSTRING": "papir"}
