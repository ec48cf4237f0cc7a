"""Parties: who buys, sells, sends and receives."""

from collections.abc import Iterator

from app.documents.values import Identifier, Text, Value


class Address(Value):
    """A postal address; `format_code` is OIOUBL's AddressFormatCode (StructuredDK, Unstructured, …)."""

    format_code: str = "StructuredDK"
    postbox: Text | None = None
    street_name: Text | None = None
    additional_street_name: Text | None = None
    building_number: Text | None = None
    department: Text | None = None
    city_name: Text | None = None
    postal_zone: Text | None = None
    region: Text | None = None
    district: Text | None = None
    address_lines: tuple[Text, ...] = ()
    country_code: str | None = None


class Contact(Value):
    """A person to ask; `id` is the buyer's person reference, which OIOUBL demands of customers."""

    id: Text | None = None
    name: Text | None = None
    telephone: Text | None = None
    electronic_mail: Text | None = None


class LegalEntity(Value):
    """The registered company behind a party."""

    registration_name: Text | None = None
    company_id: Identifier | None = None


class Party(Value):
    """One side of a document. Documents differ in which identifier they carry, so look at all of `identifiers`."""

    endpoint_id: Identifier | None = None
    identifications: tuple[Identifier, ...] = ()
    name: Text | None = None
    address: Address | None = None
    tax_company_id: Identifier | None = None
    legal_entity: LegalEntity | None = None
    contact: Contact | None = None

    @property
    def identifiers(self) -> Iterator[Identifier]:
        """Give every identifier: the endpoint first, then the legal entity's, then the others."""
        if self.endpoint_id is not None:
            yield self.endpoint_id
        if self.legal_entity is not None and self.legal_entity.company_id is not None:
            yield self.legal_entity.company_id
        yield from self.identifications

    def is_identified_as(self, other: "Party") -> bool:
        """Whether the two have an identification in common, which is how the official rules tell parties apart."""
        theirs = {identification.value for identification in other.identifications}
        return any(identification.value in theirs for identification in self.identifications)

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(identifier.key for identifier in self.identifiers))
