"""The sample documents, whole or with a word changed."""

from pathlib import Path

FOLDER = Path(__file__).parents[1] / "samples" / "documents"


def sample(name: str, *changes: tuple[str, str]) -> bytes:
    """A sample's bytes after the given replacements, each of which must find something to replace."""
    text = (FOLDER / f"{name}.xml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, f"{old!r} is not in {name}.xml"
        text = text.replace(old, new)
    return text.encode()
