"""The schema of a proof is printed from the types."""

import json
from collections.abc import Callable

from app.match.proof_schema import proof_schema


def test_the_published_schema_is_as_the_types_make_it(assert_golden: Callable[[str, bytes], None]) -> None:
    printed = json.dumps(proof_schema(), indent=1, ensure_ascii=False) + "\n"
    assert_golden("../../docs/match-proof.schema.json", printed.encode())
