"""Reads the envelope of a document, also of one that breaks XSD or rules, so that it can be kept and answered."""

from typing import Final

from lxml import etree

from app.documents.envelope import Envelope
from app.documents.party import Party
from app.kit.errors import Invalid
from app.oioubl.parties import read_party
from app.oioubl.reading import Node, fault_at
from app.oioubl.ubl import document_type

_KEY_LENGTH: Final = 200
_SUPPLIER: Final = ("AccountingSupplierParty", "SellerSupplierParty")
_CUSTOMER: Final = ("AccountingCustomerParty", "BuyerCustomerParty")
_BUYER: Final = ("BuyerCustomerParty",)
_SELLER: Final = ("SellerSupplierParty",)
_PROVIDER: Final = ("ProviderParty", "SellerSupplierParty")
_RECEIVER: Final = ("ReceiverParty",)
_REFERENCES: Final = ("RelatedCatalogueReference", "DeletedCatalogueReference")

_PARTIES: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "ApplicationResponse": (("SenderParty",), _RECEIVER),
    "Catalogue": (_PROVIDER, _RECEIVER),
    "CatalogueDeletion": (_PROVIDER, _RECEIVER),
    "CatalogueItemSpecificationUpdate": (_PROVIDER, _RECEIVER),
    "CataloguePricingUpdate": (_PROVIDER, _RECEIVER),
    "CatalogueRequest": (_RECEIVER, _PROVIDER),
    "CreditNote": (_SUPPLIER, _CUSTOMER),
    "Invoice": (_SUPPLIER, _CUSTOMER),
    "Order": (_BUYER, _SELLER),
    "OrderCancellation": (_BUYER, _SELLER),
    "OrderChange": (_BUYER, _SELLER),
    "OrderResponse": (_SELLER, _BUYER),
    "OrderResponseSimple": (_SELLER, _BUYER),
    "Reminder": (_SUPPLIER, _CUSTOMER),
}
"""Who sends and who receives each kind: the first of these parties that carries an identifier."""


class EnvelopeUnreadable(Invalid):
    """The document does not tell who sent it, or under which number, so that nobody could be answered."""

    title = "Sender or number not readable"


def read_envelope(root: etree._Element) -> Envelope:
    """Read who sent a document and under which number, overlooking what else is wrong with it.

    :raises EnvelopeUnreadable: when the number or every identifier of the sender is missing.
    """
    found = document_type(root)
    senders, receivers = _PARTIES[found or ""]
    node = Node(root, [])
    number, sender = node.number_text("ID"), _party(node, senders)
    if number is None:
        raise _unreadable(root, "cbc:ID")
    if sender is None:
        raise _unreadable(root, f"An identifier in cac:{senders[0]}")
    return Envelope(
        document_type=found or "",
        number=number,
        profile_id=node.text("ProfileID"),
        uuid=node.uuid("F-LIB006"),
        issue_date=node.date("IssueDate"),
        version_id=node.text("VersionID"),
        about_number=_about(node),
        sender=sender,
        receiver=_party(node, receivers),
    )


def _about(node: Node) -> str | None:
    references = (node.part(name) for name in _REFERENCES)
    return next((found.number_text("ID") for found in references if found is not None), None)


def _unreadable(root: etree._Element, missing: str) -> EnvelopeUnreadable:
    message = f"{missing} is missing, so that the document can be neither kept nor answered."
    message_da = f"{missing} mangler, så dokumentet hverken kan gemmes eller besvares."
    return EnvelopeUnreadable(message, faults=[fault_at(root, message, message_da)])


def _party(node: Node, names: tuple[str, ...]) -> Party | None:
    for name in names:
        part = node.part(name)
        wrapped = None if part is None else part.part("Party") or part
        party = None if wrapped is None else read_party(wrapped)
        if party is not None and party.keys and all(len(key) <= _KEY_LENGTH for key in party.keys):
            return party
    return None
