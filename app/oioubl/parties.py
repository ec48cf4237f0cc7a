"""Parties and their addresses."""

from app.documents.party import Address, Contact, LegalEntity, Party
from app.documents.values import Identifier
from app.oioubl import names
from app.oioubl.reading import Node
from app.oioubl.writing import Page


def read_party(node: Node) -> Party:
    return Party(
        endpoint_id=node.identifier("EndpointID"),
        identifications=_identifications(node),
        name=node.read("PartyName", lambda name: name.text("Name")),
        address=node.read("PostalAddress", read_address),
        tax_company_id=node.read("PartyTaxScheme", lambda scheme: scheme.identifier("CompanyID")),
        legal_entity=node.read("PartyLegalEntity", _read_legal_entity),
        contact=node.read("Contact", _read_contact),
    )


def write_party(page: Page, party: Party) -> None:
    page.identifier("EndpointID", party.endpoint_id)
    for identification in party.identifications:
        page.part("PartyIdentification").identifier("ID", identification)
    page.part("PartyName").text("Name", party.name)
    page.write("PostalAddress", write_address, party.address)
    page.write("PartyTaxScheme", _write_tax_scheme, party.tax_company_id)
    page.write("PartyLegalEntity", _write_legal_entity, party.legal_entity)
    page.write("Contact", _write_contact, party.contact)


def read_wrapped_party(node: Node) -> Party:
    """The party inside a customer or supplier, such as cac:BuyerCustomerParty/cac:Party."""
    return read_party(node.needed_part("Party"))


def write_wrapped_party(page: Page, party: Party) -> None:
    write_party(page.part("Party"), party)


def write_other_party(page: Page, name: str, party: Party | None, other: Party, rule_id: str) -> None:
    """Write a wrapped party that has to be another one than `other`, of which the rule is sure."""
    if party is None:
        return
    wrapped = page.part(name)
    write_wrapped_party(wrapped, party)
    if party.is_identified_as(other):
        wrapped.refuse(
            f"{name} has the identification of {other.name or 'another party'}; leave it out, it goes without saying.",
            f"{name} har samme identifikation som {other.name or 'en anden part'}; udelad den, den er underforstået.",
            rule_id,
        )


def read_address(node: Node) -> Address:
    return Address(
        format_code=node.needed_text("AddressFormatCode", "F-LIB025"),
        postbox=node.text("Postbox"),
        street_name=node.text("StreetName"),
        additional_street_name=node.text("AdditionalStreetName"),
        building_number=node.text("BuildingNumber"),
        department=node.text("Department"),
        city_name=node.text("CityName"),
        postal_zone=node.text("PostalZone"),
        region=node.text("Region"),
        district=node.text("District"),
        address_lines=tuple(line.needed_text("Line") for line in node.parts("AddressLine")),
        country_code=node.read("Country", lambda country: country.text("IdentificationCode")),
    )


def write_address(page: Page, address: Address) -> None:
    danish = names.ADDRESS_FORMAT
    page.text("AddressFormatCode", address.format_code, names.UN_ADDRESS_FORMAT if _is_un(address) else danish)
    page.text("Postbox", address.postbox)
    page.text("StreetName", address.street_name)
    page.text("AdditionalStreetName", address.additional_street_name)
    page.text("BuildingNumber", address.building_number)
    page.text("Department", address.department)
    page.text("CityName", address.city_name)
    page.text("PostalZone", address.postal_zone)
    page.text("Region", address.region)
    page.text("District", address.district)
    for line in address.address_lines:
        page.part("AddressLine").text("Line", line)
    page.part("Country").text("IdentificationCode", address.country_code)


def _is_un(address: Address) -> bool:
    # UN/ECE 3477 has the single digits 1 to 9, OIOUBL's own list has words.
    return address.format_code.isdigit()


def _read_contact(node: Node) -> Contact:
    return Contact(
        id=node.text("ID"),
        name=node.text("Name"),
        telephone=node.text("Telephone"),
        electronic_mail=node.text("ElectronicMail"),
    )


def _write_contact(page: Page, contact: Contact) -> None:
    page.text("ID", contact.id)
    page.text("Name", contact.name)
    page.text("Telephone", contact.telephone)
    page.text("ElectronicMail", contact.electronic_mail)


def _read_legal_entity(node: Node) -> LegalEntity:
    return LegalEntity(registration_name=node.text("RegistrationName"), company_id=node.identifier("CompanyID"))


def _write_legal_entity(page: Page, entity: LegalEntity) -> None:
    page.text("RegistrationName", entity.registration_name)
    page.identifier("CompanyID", entity.company_id)


def _write_tax_scheme(page: Page, company_id: Identifier) -> None:
    page.identifier("CompanyID", company_id)
    scheme = page.part("TaxScheme")
    scheme.text("ID", "63", names.tax_scheme("63"))
    scheme.text("Name", "Moms")


def _identifications(node: Node) -> tuple[Identifier, ...]:
    found = (part.identifier("ID") for part in node.parts("PartyIdentification"))
    return tuple(identifier for identifier in found if identifier is not None)
