"""Whether what a service has sent is valid: asked of the database of every test that has one."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlmodel import Session, col, select

from app.kit.archive import ArchivedDocument, Direction
from app.kit.db import Database
from app.oioubl.validation import fatal_rules

BYTES_FOR_DOCUMENTS = "bytes_for_documents"
"""The mark of tests in which bytes leave that were never meant to be documents."""


@contextmanager
def all_valid(database: Database) -> Iterator[None]:
    """Demand, at the end, that every document that left is valid: syntax, XSD and rules."""
    yield
    broken = {f"{kind} {number}": rules for kind, number, rules in _left(database) if rules}
    assert not broken, f"documents left that are not valid: {broken}"


def _left(database: Database) -> list[tuple[str, str, list[str]]]:
    def documents(session: Session) -> list[ArchivedDocument]:
        return list(session.exec(select(ArchivedDocument).where(col(ArchivedDocument.direction) == Direction.OUT)))

    found = database.run(documents, write=False)
    return [(document.document_type, document.number, fatal_rules(document.content)) for document in found]
