"""The posting of a line (kontering) as dimensions and their values, read from the text that it is sent as.

`accounting_cost` is one text. One of the form `name=value;name=value`, such as `account=2210;cost centre=4711`, names
its dimensions; any other text is the value of the dimension `account`. Names are compared in small letters.
"""

from collections.abc import Mapping
from typing import Final

ACCOUNT: Final = "account"


def posting_of(accounting_cost: str | None) -> Mapping[str, str]:
    """Give the value of each dimension; none without a posting. A text that names a dimension twice, or leaves a name
    or a value out, is one value.
    """
    text = (accounting_cost or "").strip()
    if not text:
        return {}
    parts = [part.partition("=") for part in text.split(";")]
    named = {name.strip().lower(): value.strip() for name, _, value in parts}
    if len(named) < len(parts) or not all(name and value for name, value in named.items()):
        return {ACCOUNT: text}
    return named
