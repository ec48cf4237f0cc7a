"""The demo's set-up: a state, a ministry, an institution, its people and policies, a supplier, a shared agreement."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.demo.stage import Stage
from app.kit.demo_issuer import NAME as DEMO_ISSUER

ADMINISTRATOR = "administrator"
SECOND_ADMINISTRATOR = "anden-administrator"
STATE = "Staten"
INSTITUTION_GLN = "5798009882882"
INSTITUTION_CVR = "30714016"
SUPPLIER_CVR = "30714008"
CONTRACT = "K-2026-17"

PEOPLE: dict[str, tuple[str, str]] = {
    "statens-indkoeb": ("state", "CONTENT_MANAGER"),
    "indholdsansvarlig": ("institution", "CONTENT_MANAGER"),
    "rekvirent": ("institution", "REQUISITIONER"),
    "indkoeber": ("institution", "BUYER"),
    "disponent": ("institution", "DISPONENT"),
    "varemodtager": ("institution", "RECEIVER"),
    "fakturabehandler": ("institution", "INVOICE_HANDLER"),
    "godkender": ("institution", "INVOICE_APPROVER"),
    "revisor": ("state", "AUDITOR"),
    "fakturasystem": ("institution", "INVOICE_SYSTEM"),
    SECOND_ADMINISTRATOR: ("state", "LOCAL_ADMINISTRATOR"),
}
"""Subject to where and as what; beside them the administrator and `leverandoer`, the supplier's user."""


@dataclass(frozen=True)
class Institution:
    """The ids of what was set up."""

    state_id: str
    ministry_id: str
    institution_id: str
    supplier_id: str
    agreement_id: str


def set_up(stage: Stage, today: date) -> Institution:
    """Set everything up through the API, as its people would."""
    stage.chapter("The institution")
    state_id = stage.get(ADMINISTRATOR, "/me").json()["organisation_id"]
    ministry_id, institution_id = _organisations(stage, state_id)
    places = {"state": state_id, "institution": institution_id}
    _people(stage, places, today)
    _choice(stage, institution_id, today)
    supplier_id = _supplier(stage, state_id, today)
    agreement_id = _agreement(stage, state_id, supplier_id, today)
    _share(stage, agreement_id, (state_id, ministry_id, institution_id), today)
    return Institution(state_id, ministry_id, institution_id, supplier_id, agreement_id)


def _organisations(stage: Stage, state_id: str) -> tuple[str, str]:
    stage.step("A ministry under the state, an institution under the ministry", ADMINISTRATOR)
    ministry: dict[str, Any] = {"parent_id": state_id, "name": "Ministeriet for Eksempler"}
    ministry_id = stage.post(ADMINISTRATOR, "/organisations", ministry, expect=201)["id"]
    institution = {
        "parent_id": ministry_id,
        "name": "Eksempelstyrelsen",
        "gln": INSTITUTION_GLN,
        "cvr": INSTITUTION_CVR,
    }
    made = stage.post(ADMINISTRATOR, "/organisations", institution, expect=201)
    stage.must(f"{made['name']} is reached at GLN {INSTITUTION_GLN}", holds=made["glns"] == [INSTITUTION_GLN])
    return ministry_id, made["id"]


def _people(stage: Stage, places: dict[str, str], today: date) -> None:
    stage.step("Eleven people and systems, each with a role; the disponent with prokura of 100,000 DKK", ADMINISTRATOR)
    for subject, (place, role) in PEOPLE.items():
        user_id = _user(stage, subject, places[place])
        grant = {"user_id": user_id, "role": role, "organisation_id": places[place], "valid_from": str(today)}
        stage.post(ADMINISTRATOR, "/role-grants", grant, expect=201, quiet=True)
        if role == "DISPONENT":
            prokura = {
                "user_id": user_id,
                "part": "ORDER",
                "max_amount": "100000.00",
                "organisation_id": places[place],
                "valid_from": str(today),
            }
            stage.post(ADMINISTRATOR, "/prokura", prokura, expect=201, quiet=True)
        stage.say(f"{subject}: {role.replace('_', ' ').lower()} at {place}")


def _choice(stage: Stage, institution_id: str, today: date) -> None:
    stage.step("One or two persons over a purchase? The choice is proposed with all that follows", ADMINISTRATOR)
    path = f"/organisations/{institution_id}/policy-templates/REQUISITIONER_AND_DISPONENT"
    proposed = stage.post(ADMINISTRATOR, path, {"valid_from": str(today)}, expect=201)
    for meaning in proposed["meaning"]:
        stage.say(meaning["answer"]["da"])
    stage.step("It counts once another administrator has published it", SECOND_ADMINISTRATOR)
    published = stage.post(SECOND_ADMINISTRATOR, f"/policy-bundles/{proposed['id']}/publish", etag='"1"')
    states = {policy["status"] for policy in published["policies"]}
    stage.must(f"all {len(published['policies'])} policies are PUBLISHED", holds=states == {"PUBLISHED"})


def _user(stage: Stage, subject: str, organisation_id: str) -> str:
    kind = "SYSTEM" if subject == "fakturasystem" else "PERSON"
    body = {
        "issuer": DEMO_ISSUER,
        "subject": subject,
        "name": subject.capitalize(),
        "kind": kind,
        "organisation_id": organisation_id,
    }
    return str(stage.post(ADMINISTRATOR, "/users", body, expect=201, quiet=True)["id"])


def _supplier(stage: Stage, state_id: str, today: date) -> str:
    stage.step("A supplier is registered, and its user may upload for it", "statens-indkoeb")
    body = {"name": "Kontorgrossisten A/S", "cvr": SUPPLIER_CVR}
    supplier_id = str(stage.post("statens-indkoeb", "/suppliers", body, expect=201)["id"])
    user_id = _user(stage, "leverandoer", state_id)
    grant = {"user_id": user_id, "role": "SUPPLIER", "supplier_id": supplier_id, "valid_from": str(today)}
    stage.post(ADMINISTRATOR, "/role-grants", grant, expect=201)
    return supplier_id


def _agreement(stage: Stage, state_id: str, supplier_id: str, today: date) -> str:
    stage.step("A binding SI agreement at the state, made active", "statens-indkoeb")
    body = {
        "owner_id": state_id,
        "supplier_id": supplier_id,
        "kind": "SI",
        "binding": True,
        "title": "Kontorartikler",
        "contract_number": CONTRACT,
        "product_groups": ["14", "44", "56"],
        "valid_from": str(today),
        "valid_to": str(today + timedelta(days=730)),
    }
    opened = stage.post("statens-indkoeb", "/agreements", body, expect=201)
    active = stage.post("statens-indkoeb", f"/agreements/{opened['id']}/activate", etag='"1"')
    stage.must(f"{active['title']} ({active['contract_number']}) is ACTIVE", holds=active["status"] == "ACTIVE")
    return str(active["id"])


def _share(stage: Stage, agreement_id: str, chain: tuple[str, str, str], today: date) -> None:
    state_id, ministry_id, institution_id = chain
    path = f"/agreements/{agreement_id}/shares"
    stage.step("Shared down two levels; office furniture is left out on the way", "statens-indkoeb")
    down = {"target": "ORGANISATION", "valid_from": str(today)}
    first = down | {"from_organisation_id": state_id, "organisation_id": ministry_id}
    stage.post("statens-indkoeb", path, first, expect=201)
    second = down | {"from_organisation_id": ministry_id, "organisation_id": institution_id, "exclude_groups": ["56"]}
    stage.post("statens-indkoeb", path, second, expect=201)
    stage.step("Shared with everybody of the institution: only now do its buyers see it", "indholdsansvarlig")
    everybody = {
        "from_organisation_id": institution_id,
        "target": "EVERYBODY",
        "organisation_id": institution_id,
        "valid_from": str(today),
    }
    stage.post("indholdsansvarlig", path, everybody, expect=201)
