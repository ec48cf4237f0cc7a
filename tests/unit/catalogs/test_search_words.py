"""Words as they are searched by."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogs.words import Word, distance, folded, inner_parts, key_of, number_key, parts, stem, stems, words_of

letters = st.text("abcæø", max_size=7)


@pytest.mark.parametrize(
    ("forms", "of"),
    [
        ("stol Stole stolen STOLENE", "stol"),
        ("kontorstol kontorstolene", "kontorstol"),
        ("lampe lamper lampen lampernes", "lamp"),
        ("rør røret rørene roer", "roer"),
        ("Måtte maatte ma\u030atte", "maat"),
    ],
)
def test_the_forms_of_a_word_have_one_stem(forms: str, of: str) -> None:
    assert set(stems(forms)) == {of}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Ærø Ål Øl", "aeroe aal oel"),
        ("Crème brûlée", "creme brulee"),
        ("Größe", "groesse"),
        ("ﬁn ² ½", "fin 2 1⁄2"),
        ("Ωmega", "ωmega"),
    ],
)
def test_texts_are_folded_to_plain_letters(text: str, plain: str) -> None:
    assert folded(text) == plain


def test_a_number_of_few_digits_is_not_the_beginning_of_another() -> None:
    assert words_of("Papir 80 g, 8706 PAPIR") == (
        Word("papir", "papir", is_beginning=True),
        Word("80", "80", is_beginning=False),
        Word("g", "g", is_beginning=True),
        Word("8706", "8706", is_beginning=True),
    )


@pytest.mark.parametrize("query", ["", "  ", "%", "'; --", "\u0301"])
def test_signs_alone_are_no_words(query: str) -> None:
    assert words_of(query) == ()


def test_identifiers_are_compared_without_blanks_hyphens_and_case() -> None:
    assert key_of("AB-12 / x") == key_of("ab12X") == "ab12x"


def test_a_gtin_is_compared_without_zeros_in_front_and_a_word_is_none() -> None:
    assert number_key("05701234567899") == number_key("5701234567899") == "5701234567899"
    assert number_key("AB12") == number_key("000") == number_key("") == ""


def slow_distance(one: str, other: str) -> int:
    """Give the distance straight from its definition."""
    if not one or not other:
        return len(one) + len(other)
    found = [
        slow_distance(one[1:], other) + 1,
        slow_distance(one, other[1:]) + 1,
        slow_distance(one[1:], other[1:]) + (one[0] != other[0]),
    ]
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        found.append(slow_distance(one[2:], other[2:]) + 1)
    return min(found)


@given(st.text("abc", max_size=5), st.text("abc", max_size=5), st.integers(0, 3))
def test_the_distance_is_what_its_definition_says_up_to_what_is_asked(one: str, other: str, most: int) -> None:
    assert distance(one, other, most) == min(slow_distance(one, other), most + 1)


@given(letters, letters, letters)
def test_a_word_has_every_part_of_what_stands_in_it(before: str, inside: str, behind: str) -> None:
    if len(inside) >= 3:
        assert inner_parts(inside) <= parts(f"{before}{inside}{behind}")


@given(st.text(max_size=40))
def test_a_stem_is_a_word_without_blanks_however_odd_the_text(text: str) -> None:
    for word in words_of(text):
        assert word.stem
        assert stem(word.text) == word.stem
        assert not set(" \"'|&!:*") & set(word.stem)
