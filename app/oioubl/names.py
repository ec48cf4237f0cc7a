"""The code lists and identifier schemes that OIOUBL wants named beside a value, as attributes ready to write."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

UBL_VERSION: Final = "2.1"
CUSTOMIZATION: Final = "OIOUBL-2.1"
CUSTOMIZATIONS: Final = ("OIOUBL-2.01", "OIOUBL-2.02", "OIOUBL-2.1")
"""What is read (F-LIB002); the two older ones follow the same rules."""

DANISH_AGENCY: Final = "320"

NONE: Final[Mapping[str, str]] = MappingProxyType({})


def identifier_list(name: str) -> Mapping[str, str]:
    """Attributes of an identifier out of a Danish list."""
    return MappingProxyType({"schemeID": f"urn:oioubl:id:{name}", "schemeAgencyID": DANISH_AGENCY})


def code_list(name: str) -> Mapping[str, str]:
    """Attributes of a code out of a Danish list."""
    return MappingProxyType({"listID": f"urn:oioubl:codelist:{name}", "listAgencyID": DANISH_AGENCY})


def _international(name: str, agency: str) -> Mapping[str, str]:
    return MappingProxyType({"listID": name, "listAgencyID": agency})


ADDRESS_FORMAT: Final = code_list("addressformatcode-1.1")
CATALOGUE_ACTION: Final = code_list("catalogueactioncode-1.1")
DISCREPANCY: Final = code_list("discrepancyresponsecode-1.1")
INVOICE_TYPE: Final = code_list("invoicetypecode-1.1")
LIFE_CYCLE_STATUS: Final = code_list("lifecyclestatuscode-1.1")
LINE_RESPONSE: Final = code_list("lineresponsecode-1.1")
LINE_STATUS: Final = code_list("linestatuscode-1.1")
PAYMENT_CHANNEL: Final = code_list("paymentchannelcode-1.1")
PAYMENT_ID: Final = identifier_list("paymentid-1.1")
REMINDER_CHARGE_REASON: Final = code_list("reminderallowancechargereasoncode-1.0")
REMINDER_TYPE: Final = code_list("remindertypecode-1.1")
RESPONSE: Final = code_list("responsecode-1.1")
RESPONSE_DOCUMENT_TYPE: Final = code_list("responsedocumenttypecode-1.1")
SUBSTITUTION_STATUS: Final = code_list("substitutionstatuscode-1.1")
TAX_TYPE: Final = code_list("taxtypecode-1.1")

ALLOWANCE_CHARGE_REASON: Final = _international("UN/ECE 4465", "6")
PRICE_TYPE: Final = _international("UN/ECE 5387", "6")
SUBSTITUTE_PRICE_TYPE: Final = _international("UN/ECE 5387", DANISH_AGENCY)
UN_ADDRESS_FORMAT: Final = _international("UN/ECE 3477", "6")

_LATER_TAX_CATEGORIES: Final = frozenset("BMLKOG")
_FIRST_TAX_CATEGORIES: Final = identifier_list("taxcategoryid-1.1")
_ALL_TAX_CATEGORIES: Final = identifier_list("taxcategoryid-1.4")
_FIRST_TAX_SCHEMES: Final = identifier_list("taxschemeid-1.1")
_ALL_TAX_SCHEMES: Final = identifier_list("taxschemeid-1.5")


def tax_category(category_id: str) -> Mapping[str, str]:
    """The oldest list that holds the category: systems in use may not know a newer one (F-LIB075)."""
    return _ALL_TAX_CATEGORIES if category_id in _LATER_TAX_CATEGORIES else _FIRST_TAX_CATEGORIES


def tax_scheme(scheme_id: str) -> Mapping[str, str]:
    """Moms is in every list; other duties are looked for in the newest (F-LIB070)."""
    return _FIRST_TAX_SCHEMES if scheme_id == "63" else _ALL_TAX_SCHEMES


def classification(list_id: str | None, list_version_id: str | None) -> Mapping[str, str]:
    """UNSPSC is kept by agency 113 (F-CAT232, F-CAT233)."""
    agency = {"listAgencyID": "113"} if list_id == "UNSPSC" else {}
    identity = {"listID": list_id} if list_id else {}
    version = {"listVersionID": list_version_id} if list_version_id else {}
    return MappingProxyType(identity | agency | version)
