"""The profiles: which business process a document belongs to, and which kinds of document that process has."""

from typing import Final

_BILLING: Final = ("Invoice", "CreditNote", "Reminder", "ApplicationResponse")
_ADVANCED: Final = ("Order", "OrderResponse", "OrderResponseSimple", "OrderChange", "OrderCancellation")
_SELLER_FIRST: Final = ("OrderResponse", "OrderResponseSimple", "OrderChange", "OrderCancellation")
_CATALOGUE: Final = ("Catalogue", "CatalogueDeletion", "ApplicationResponse")
_UPDATES: Final = ("CatalogueItemSpecificationUpdate", "CataloguePricingUpdate")

# An R behind a process makes the positive receipt compulsory: for a simple order that is the OrderResponseSimple,
# which the plain process lacks; elsewhere it is an ApplicationResponse, which is there anyway.
_ORDERING: Final[dict[str, tuple[str, ...]]] = {
    "OrdSim": ("Order",),
    "OrdSimR": ("Order", "OrderResponseSimple"),
    "OrdAdv": _ADVANCED,
    "OrdAdvR": _ADVANCED,
    "OrdSel": _SELLER_FIRST,
}
_CATALOGUES: Final[dict[str, tuple[str, ...]]] = {
    "CatBas": _CATALOGUE,
    "CatSim": (*_CATALOGUE, "CatalogueRequest"),
    "CatExt": (*_CATALOGUE, *_UPDATES),
    "CatAdv": (*_CATALOGUE, "CatalogueRequest", *_UPDATES),
}
_NES: Final[dict[int, tuple[str, ...]]] = {
    1: ("Catalogue",),
    2: ("Catalogue", "CatalogueDeletion", *_UPDATES),
    5: ("Invoice", "CreditNote"),
    7: ("Order", "OrderResponseSimple", "Invoice", "CreditNote"),
    8: ("Invoice", "CreditNote", "ApplicationResponse"),
}


def _nes(version: str) -> dict[str, tuple[str, ...]]:
    return {f"urn:www.nesubl.eu:profiles:profile{number}:{version}": types for number, types in _NES.items()}


# By the list that first names them (urn:oioubl:id:profileid-1.1 to -1.6); each list repeats the ones before it.
_LISTS: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "profileid-1.1": {
        "NONE": ("ApplicationResponse",),
        "Procurement-BilSim-1.0": _BILLING,
        "Procurement-BilSimR-1.0": _BILLING,
        "Procurement-PayBas-1.0": ("Statement",),
        "Procurement-PayBasR-1.0": ("Statement", "ApplicationResponse"),
        **{
            f"Procurement-{ordering}-{billing}-1.0": (*types, *_BILLING)
            for ordering, types in _ORDERING.items()
            for billing in ("BilSim", "BilSimR")
        },
        **{f"Catalogue-{name}{r}-1.0": types for name, types in _CATALOGUES.items() for r in ("", "R")},
        **_nes("ver1.0"),
    },
    "profileid-1.2": _nes("ver2.0"),
    "profileid-1.3": {
        "Reference-Utility-1.0": ("UtilityStatement",),
        "Reference-UtilityR-1.0": ("UtilityStatement", "ApplicationResponse"),
    },
    "profileid-1.4": {
        "Procurement-OrdSim-1.0": _ORDERING["OrdSim"],
        "Procurement-OrdSimR-1.0": _ORDERING["OrdSimR"],
        "urn:www.nesubl.eu:profiles:profile3:ver2.0": ("Order",),
        "urn:www.cenbii.eu:profile:bii30:ver2.0": ("DespatchAdvice",),
        "Procurement-TecRes-1.0": ("ApplicationResponse",),
        "Catalogue-CatPriUpd-1.0": ("CataloguePricingUpdate", "ApplicationResponse"),
        "Catalogue-CatPriUpdR-1.0": ("CataloguePricingUpdate", "ApplicationResponse"),
    },
    "profileid-1.5": {"Procurement-OrdRes-1.0": ("OrderResponse",)},
    "profileid-1.6": {"Procurement-BilSimReminderOnly-1.0": ("Reminder",)},
}

DEFAULT_PROFILE: Final = "Procurement-OrdAdv-BilSim-1.0"
"""What a supplier is taken to know until somebody says otherwise."""

PROFILES: Final[dict[str, frozenset[str]]] = {
    profile_id: frozenset(types) for profiles in _LISTS.values() for profile_id, types in profiles.items()
}
"""Each profile with its document types (digst.dk's list of profiles; guideline G26)."""

_LIST_OF: Final = {profile_id: name for name, profiles in _LISTS.items() for profile_id in profiles}


def is_profile(profile_id: str) -> bool:
    return profile_id in PROFILES


def profile_allows(profile_id: str, document_type: str) -> bool:
    """Whether documents of that type, such as `OrderChange`, belong to the profile; an unknown profile has none."""
    return document_type in PROFILES.get(profile_id, frozenset())


def list_of(profile_id: str) -> str:
    """The oldest list that names the profile, such as `profileid-1.1`: systems in use may not know a newer one."""
    return _LIST_OF.get(profile_id, "profileid-1.6")
