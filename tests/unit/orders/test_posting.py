"""The posting of a line as dimensions: what the one text says, and what it does not."""

from collections.abc import Mapping

import pytest

from app.orders.posting import posting_of


@pytest.mark.parametrize(
    ("text", "posting"),
    [
        (None, {}),
        ("", {}),
        ("  ", {}),
        ("5250124502", {"account": "5250124502"}),
        (" 5250124502 ", {"account": "5250124502"}),
        ("account=2210", {"account": "2210"}),
        ("Account=2210; Cost Centre = 4711", {"account": "2210", "cost centre": "4711"}),
        ("project=a=b", {"project": "a=b"}),
        ("konto 2210; sted 4711", {"account": "konto 2210; sted 4711"}),
        ("account=2210;4711", {"account": "account=2210;4711"}),
        ("account=2210;", {"account": "account=2210;"}),
        ("account=;project=1", {"account": "account=;project=1"}),
        ("=2210", {"account": "=2210"}),
        ("account=2210;account=9999", {"account": "account=2210;account=9999"}),
        ("account=2210;ACCOUNT=9999", {"account": "account=2210;ACCOUNT=9999"}),
    ],
)
def test_a_text_is_read_as_dimensions_or_as_an_account(text: str | None, posting: Mapping[str, str]) -> None:
    assert posting_of(text) == posting
