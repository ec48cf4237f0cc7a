"""What a catalogue and every document about one have in common."""

from datetime import time

from app.documents.party import Party
from app.documents.values import Period
from app.oioubl.header import HeaderFields, read_header
from app.oioubl.parties import read_party, read_wrapped_party
from app.oioubl.reading import Node
from app.oioubl.references import read_contract_id, read_period


class CatalogueHeaderFields(HeaderFields):
    """The fields of `documents.CatalogueHeader`, ready to be passed on."""

    name: str | None
    issue_time: time | None
    descriptions: tuple[str, ...]
    validity_period: Period | None
    contract_id: str | None
    provider: Party
    receiver: Party
    supplier: Party | None
    contractor: Party | None


def read_catalogue_header(node: Node, number_rule: str, contract_rule: str) -> CatalogueHeaderFields:
    return CatalogueHeaderFields(
        **read_header(node, number_rule),
        name=node.text("Name"),
        issue_time=node.time("IssueTime"),
        descriptions=node.texts("Description"),
        validity_period=node.read("ValidityPeriod", read_period),
        contract_id=read_contract_id(node, contract_rule),
        provider=read_party(node.needed_part("ProviderParty")),
        receiver=read_party(node.needed_part("ReceiverParty")),
        supplier=node.read("SellerSupplierParty", read_wrapped_party),
        contractor=node.read("ContractorCustomerParty", read_wrapped_party),
    )


def read_trading_terms(node: Node) -> tuple[str, ...]:
    return tuple(text for terms in node.parts("TradingTerms") for text in terms.texts("Information"))
