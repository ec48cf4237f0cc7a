"""The envelope: who sent a document, to whom, under which number, as far as even a faulty document tells."""

from datetime import date

from app.documents.party import Party
from app.documents.values import Number, Text, Value


class Envelope(Value):
    """What it takes to keep a document and to answer it. The sender carries at least one identifier. `about_number` is
    the number of the document that this one changes or takes back, where it has one of its own.
    """

    document_type: str
    number: Number
    profile_id: Text | None = None
    uuid: Text | None = None
    issue_date: date | None = None
    version_id: Text | None = None
    about_number: Number | None = None
    sender: Party
    receiver: Party | None = None

    @property
    def sender_key(self) -> str:
        """The first key of the sender, such as `DK:CVR:DK30714008`: what its documents are kept under."""
        return self.sender.keys[0]
