"""What every document begins with: is it one of ours at all, in which version, profile and currency."""

from datetime import date
from typing import TypedDict

from lxml import etree

from app.kit.errors import Invalid
from app.oioubl import names, profiles
from app.oioubl.reading import Node, fault_at
from app.oioubl.ubl import CBC, document_type


class WrongDocument(Invalid):
    """The root element begins another kind of document than the one wanted."""

    title = "Wrong kind of document"


class ForeignCustomization(Invalid):
    """The document follows another specification than OIOUBL, such as Peppol BIS."""

    title = "Not an OIOUBL document"


class HeaderFields(TypedDict):
    """The fields of `documents.Header`, ready to be passed on."""

    customization_id: str
    profile_id: str
    number: str
    uuid: str | None
    issue_date: date
    notes: tuple[str, ...]


def open_document(root: etree._Element, *document_types: str) -> Node:
    """The root as a node to read from.

    :raises WrongDocument: when it is none of the given document types, or in another namespace.
    :raises ForeignCustomization: when its CustomizationID is not OIOUBL's (F-LIB002).
    """
    found = document_type(root)
    if found not in document_types:
        wanted = " or ".join(document_types)
        message = f"The root element is {root.tag}; wanted is {wanted} in UBL's namespace."
        message_da = f"Rodelementet er {root.tag}; der ventes {wanted} i UBL's navnerum."
        raise WrongDocument(message, faults=[fault_at(root, message, message_da)])
    require_customization(root)
    return Node(root, [])


def customization_of(root: etree._Element) -> str:
    """cbc:CustomizationID, or nothing."""
    return (root.findtext(f"{{{CBC}}}CustomizationID") or "").strip()


def require_customization(root: etree._Element) -> None:
    """:raises ForeignCustomization: when the CustomizationID is not OIOUBL's (F-LIB002)."""
    customization = customization_of(root)
    if customization in names.CUSTOMIZATIONS:
        return
    known = ", ".join(names.CUSTOMIZATIONS)
    said = customization[:200] or "missing"
    message = f"CustomizationID is {said}; this service reads {known}. Send the document as OIOUBL."
    message_da = (
        f"CustomizationID er {customization[:200] or 'udeladt'}; der læses {known}. Send dokumentet som OIOUBL."
    )
    element = root.find(f"{{{CBC}}}CustomizationID")
    fault = fault_at(root if element is None else element, message, message_da, "F-LIB002")
    raise ForeignCustomization(message, faults=[fault])


def read_header(node: Node, number_rule: str) -> HeaderFields:
    """The common fields; `number_rule` is the official rule that wants the document's number."""
    return HeaderFields(
        customization_id=node.needed_text("CustomizationID", "F-LIB002"),
        profile_id=_profile(node),
        number=node.needed_text("ID", number_rule),
        uuid=node.uuid("F-LIB006"),
        issue_date=node.needed_date("IssueDate"),
        notes=node.texts("Note"),
    )


def _profile(node: Node) -> str:
    profile_id = node.needed_text("ProfileID")
    element = node.element.find(f"{{{CBC}}}ProfileID")
    if element is not None and node.text("ProfileID") is not None and not profiles.is_profile(profile_id):
        node.fault(
            element,
            f"ProfileID is {profile_id!r}, which is no OIOUBL profile. Use one such as Procurement-OrdAdv-BilSim-1.0.",
            f"ProfileID er {profile_id!r}, som ikke er en OIOUBL-profil. Brug fx Procurement-OrdAdv-BilSim-1.0.",
            "F-LIB004",
        )
    return profile_id


def read_currency(node: Node) -> str | None:
    """DocumentCurrencyCode; where it is left out, the currency of the first price or line amount speaks for it."""
    currency = node.currency_code("DocumentCurrencyCode")
    if currency is not None:
        return currency
    amounts = node.element.iter(f"{{{CBC}}}LineExtensionAmount", f"{{{CBC}}}PriceAmount")
    return next((currency for amount in amounts if (currency := amount.get("currencyID"))), None)
