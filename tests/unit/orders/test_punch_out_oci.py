"""Carts by OCI: what is read of the form fields, and what is refused by field and rule."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.errors import Fault
from app.kit.money import Quantity
from app.orders.punch_out.cart import MOST_FAULTS, MOST_LINES, Cart, CartLine, CartNotReadable
from app.orders.punch_out.oci import Login, entry_fields, read_cart

LINE = {
    "DESCRIPTION": "Kontorstol, blå",
    "VENDORMAT": "ST-100/B",
    "QUANTITY": "2.000",
    "UNIT": "PCE",
    "PRICE": "1450.50",
    "CURRENCY": "DKK",
    "MATGROUP": "56112104",
}
HOOK = "https://prokura.example/punch-out/return/1?t=x"


def fields(index: int = 1, **changed: str | None) -> list[tuple[str, str]]:
    """Give the fields of a line, some of them changed or, with None, left out."""
    values = {name: value for name, value in (LINE | changed).items() if value is not None}
    return [(f"NEW_ITEM-{name}[{index}]", value) for name, value in values.items()]


def only(cart: Cart) -> CartLine:
    (line,) = cart.lines
    return line


def faults(sent: list[tuple[str, str]], *, decimal_comma: bool = False) -> list[Fault]:
    with pytest.raises(CartNotReadable) as refused:
        read_cart(sent, decimal_comma=decimal_comma)
    return list(refused.value.faults)


def test_a_line_is_read_with_all_that_an_order_says_again() -> None:
    more = {
        "EXT_QUOTE_ID": "T-77",
        "EXT_QUOTE_ITEM": "10",
        "MANUFACTMAT": "M-1",
        "MANUFACTCODE": "HÅG",
        "LEADTIME": "3",
    }
    line = only(read_cart(fields(**more)))
    assert (line.item.name, line.item.sellers_number) == ("Kontorstol, blå", "ST-100/B")
    assert (line.quantity, line.price.price_amount) == (Quantity(Decimal(2), "EA"), Decimal("1450.50"))
    assert (line.currency, line.unspsc) == ("DKK", "56112104")
    assert line.quote == {"EXT_QUOTE_ID": "T-77", "EXT_QUOTE_ITEM": "10", "LEADTIME": "3", "UNIT": "PCE"}
    assert (line.item.manufacturer_name, line.expires_at) == ("HÅG", None)


def test_a_price_for_a_hundred_is_no_price_for_one() -> None:
    line = only(read_cart(fields(PRICE="250.00", PRICEUNIT="100")))
    assert line.price.base_quantity == Quantity(Decimal(100), "EA")
    assert line.price.unit_price == Decimal("2.5")


@pytest.mark.parametrize("price_unit", ["0", "-1", "1.5", "hundrede", "1234567890"])
def test_a_price_unit_that_is_no_whole_number_is_refused(price_unit: str) -> None:
    (fault,) = faults(fields(PRICEUNIT=price_unit))
    assert (fault.pointer, fault.line, fault.rule_id) == ("/NEW_ITEM-PRICEUNIT[1]", 1, "P-OCI-PRICEUNIT")


def test_names_come_in_any_case_and_with_blanks_before_the_bracket() -> None:
    sent = [(name.replace("NEW_ITEM-", "new_item-").replace("[", " ["), value) for name, value in fields()]
    assert only(read_cart(sent)).item.sellers_number == "ST-100/B"


def test_the_long_text_has_its_index_in_its_name() -> None:
    sent = [*fields(1), *fields(2), ("NEW_ITEM-LONGTEXT_2:132[]", "Stol med armlæn"), ("~caller", "CTLG")]
    first, second = read_cart(sent).lines
    assert (first.item.descriptions, second.item.descriptions) == ((), ("Stol med armlæn",))


@pytest.mark.parametrize("name", ["QUANTITY", "UNIT", "PRICE", "CURRENCY", "VENDORMAT", "DESCRIPTION"])
def test_what_a_line_cannot_do_without_is_named(name: str) -> None:
    found = faults([*fields(1), *fields(7, **{name: None})])
    assert {(fault.pointer, fault.line, fault.rule_id) for fault in found} >= {
        (f"/NEW_ITEM-{name}[7]", 7, "P-OCI-REQUIRED")
    }


def test_a_buyers_number_stands_in_for_the_description() -> None:
    assert only(read_cart(fields(DESCRIPTION=None, MATNR="700100"))).item.name == "700100"


@pytest.mark.parametrize("written", ["1,5", "1.234,50"])
def test_a_comma_is_refused_and_the_way_out_is_told(written: str) -> None:
    (fault,) = faults(fields(QUANTITY=written))
    assert (fault.pointer, fault.rule_id) == ("/NEW_ITEM-QUANTITY[1]", "P-OCI-COMMA")
    assert "decimal_comma" in fault.message
    assert "decimal_comma" in (fault.message_da or "")


@pytest.mark.parametrize(
    ("written", "value"), [("1,5", "1.5"), ("1.234,50", "1234.50"), ("7", "7"), ("0,125", "0.125")]
)
def test_a_shop_that_writes_commas_is_read_as_danes_do(written: str, value: str) -> None:
    line = only(read_cart(fields(PRICE=written, QUANTITY="2"), decimal_comma=True))
    assert line.price.price_amount == Decimal(value)


@pytest.mark.parametrize("written", ["1.500", "1.5", "1,234.50", "1.23,4"])
def test_a_point_alone_says_nothing_where_commas_are_written(written: str) -> None:
    (fault,) = faults(fields(PRICE=written, QUANTITY="1"), decimal_comma=True)
    assert (fault.pointer, fault.rule_id) == ("/NEW_ITEM-PRICE[1]", "P-OCI-NUMBER")


@pytest.mark.parametrize("written", ["1.2345", "123456789012", "1e3", "NaN", "-1", "+1", "1 000", "١", "0x1"])
def test_what_is_no_number_of_oci_is_refused(written: str) -> None:
    (fault,) = faults(fields(QUANTITY=written))
    assert (fault.pointer, fault.rule_id) == ("/NEW_ITEM-QUANTITY[1]", "P-OCI-NUMBER")


def test_nothing_of_an_item_is_no_line_and_a_free_one_is() -> None:
    (fault,) = faults(fields(QUANTITY="0.000"))
    assert (fault.pointer, fault.rule_id) == ("/NEW_ITEM-QUANTITY[1]", "P-CART-NUMBER")
    assert only(read_cart(fields(PRICE="0.00"))).price.price_amount == 0


@pytest.mark.parametrize(("name", "length"), [("VENDORMAT", 41), ("EXT_QUOTE_ID", 36), ("EXT_QUOTE_ITEM", 11)])
def test_what_is_said_again_is_never_cut(name: str, length: int) -> None:
    (fault,) = faults(fields(**{name: "x" * length}))
    assert (fault.pointer, fault.rule_id) == (f"/NEW_ITEM-{name}[1]", "P-OCI-LENGTH")


def test_a_description_longer_than_its_forty_characters_is_taken() -> None:
    assert only(read_cart(fields(DESCRIPTION="x" * 200))).item.name == "x" * 200


def test_a_field_that_comes_twice_is_refused_unless_it_says_the_same() -> None:
    assert read_cart([*fields(), *fields()]).lines
    (fault,) = faults([*fields(), ("NEW_ITEM-PRICE[1]", "1.00")])
    assert (fault.pointer, fault.rule_id) == ("/NEW_ITEM-PRICE[1]", "P-OCI-TWICE")


def test_a_currency_that_is_none_and_a_character_xml_cannot_carry_are_refused() -> None:
    (fault,) = faults(fields(CURRENCY="KR"))
    assert (fault.pointer, fault.rule_id) == ("/NEW_ITEM[1]", "P-CART-VALUE")
    assert [fault.rule_id for fault in faults(fields(DESCRIPTION="x\x00y"))] == ["P-CART-VALUE"]
    assert [fault.rule_id for fault in faults(fields(CUST_FIELD1="x\x06y"))] == ["P-CART-VALUE"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"MATGROUP": "56.11.21.04"}, "56112104"),
        ({"MATGROUP": "STOLE", "EXT_SCHEMA_TYPE": "unspsc", "EXT_CATEGORY_ID": "56112104"}, "56112104"),
        ({"MATGROUP": "STOLE", "EXT_SCHEMA_TYPE": "eclass", "EXT_CATEGORY_ID": "56112104"}, ""),
        ({"MATGROUP": None}, ""),
    ],
)
def test_the_product_group_stands_in_one_of_two_places(told: dict[str, str | None], code: str) -> None:
    assert only(read_cart(fields(**told))).unspsc == code


@pytest.mark.parametrize(("unit", "ordered"), [("ST", "EA"), ("STK", "EA"), ("C62", "EA"), ("KGM", "KGM")])
def test_a_piece_has_one_unit_whatever_the_shop_calls_it(unit: str, ordered: str) -> None:
    line = only(read_cart(fields(UNIT=unit)))
    assert (line.quantity.unit_code, line.quote["UNIT"]) == (ordered, unit)


def test_hierarchies_of_oci_5_are_kept() -> None:
    line = only(read_cart(fields(ITEM_ID="2", PARENT_ID="1", ITEM_TYPE="O")))
    assert line.configuration == {"item_id": "2", "parent_id": "1", "item_type": "O"}


def test_an_empty_form_is_an_empty_cart() -> None:
    assert read_cart([]).lines == ()
    assert read_cart([("~caller", "CTLG"), ("NEW_ITEM", "x"), ("NEW_ITEM-PRICE", "1")]).lines == ()


def test_lines_come_in_the_order_of_their_indexes() -> None:
    assert [line.line_id for line in read_cart([*fields(10), *fields(2), *fields(1)]).lines] == ["1", "2", "10"]


def test_five_thousand_lines_are_read_and_one_more_is_refused() -> None:
    sent = [field for index in range(1, MOST_LINES + 1) for field in fields(index)]
    assert len(read_cart(sent).lines) == MOST_LINES
    (fault,) = faults([*sent, *fields(MOST_LINES + 1)])
    assert fault.rule_id == "P-CART-LINES"


def test_no_more_than_a_hundred_faults_are_told() -> None:
    sent = [field for index in range(1, 201) for field in fields(index, PRICE="dyr")]
    assert len(faults(sent)) == MOST_FAULTS


NAMES = st.sampled_from([*LINE, "PRICEUNIT", "EXT_QUOTE_ID", "LONGTEXT", "PARENT_ID"])
TEXTS = st.one_of(st.text(max_size=20), st.from_regex(r"[0-9.,+-]{0,20}", fullmatch=True))


@given(st.lists(st.tuples(NAMES, st.integers(0, 3), TEXTS), max_size=12))
def test_whatever_is_sent_is_read_or_refused(sent: list[tuple[str, int, str]]) -> None:
    named = [(f"NEW_ITEM-{name}[{index}]", value) for name, index, value in sent]
    with suppress(CartNotReadable):
        cart = read_cart([*fields(1), *named])
        assert all(line.quantity.value > 0 and line.price.price_amount >= 0 for line in cart.lines)


def test_a_shop_is_entered_with_the_usual_fields() -> None:
    sent = entry_fields("4.0", HOOK, Login("institution", "hemmelig"), {"SPROG": "DA"})
    assert sent["HOOK_URL"] == HOOK
    assert (sent["USERNAME"], sent["PASSWORD"], sent["SPROG"]) == ("institution", "hemmelig", "DA")
    assert (sent["~OkCode"], sent["~TARGET"], sent["~CALLER"], sent["OCI_VERSION"]) == ("ADDI", "_top", "CTLG", "4.0")


def test_a_shop_may_have_names_of_its_own_for_the_login() -> None:
    sent = entry_fields("5.0", HOOK, Login("inst", "hemmelig", "Bo"), {"kunde": "{username}", "kode": "{secret}"})
    assert (sent["kunde"], sent["kode"]) == ("inst", "hemmelig")
    assert not {"USERNAME", "PASSWORD"} & set(sent)
