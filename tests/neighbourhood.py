"""One of everything in the institution's branch, and how a request for it looks: what a neighbour must not find."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session

from app.demo import papers
from app.kit.clock import business_day
from app.kit.sheets import CSV
from app.organisations.models import Task, TaskType
from app.organisations.people_models import Role
from app.organisations.tasks import open_task
from tests import standing
from tests.catalogue_sheets import PROFILE, csv_of, head, item, sheet
from tests.catalogues import catalogue_xml
from tests.catalogues import line as line_of
from tests.integration.agreements.sharing import agreement, shared
from tests.integration.organisations.steps import below, grant, made, person
from tests.large_catalogues import hand_in, read_by_jobs
from tests.policies import apply_template, propose
from tests.purchases import done
from tests.story import Story
from tests.world import World

NEIGHBOUR, COMPETITOR, INSIDER = "neighbour", "competitor", "insider"
EVERY_ROLE = tuple(role for role in Role if role != Role.SUPPLIER)
DAYS = {"valid_from": "2026-03-02", "valid_to": "2026-12-31"}
WHY = {"reason": "fordi"}
IN_WORDS = {"source": "TEXT", "text": "Flyttehjælp", "amount": "1000"}
DIMENSIONS = [{"name": "account", "label": "Konto"}, {"name": "sted", "label": "Sted"}]
ADDRESS = {"street_name": "Carl Jacobsens Vej", "building_number": "39", "postal_zone": "2500", "city_name": "Valby"}
SHOP = {"protocol": "OCI", "protocol_version": "4.0", "setup_url": "https://butik.example/oci"}

Ids = Mapping[str, str]
Body = Callable[[Ids], Mapping[str, Any]]


@dataclass(frozen=True)
class Recipe:
    """A request for something of the branch: its JSON body and query, made of the ids of what is there, or the CSV file
    that it sends.
    """

    body: Body | None = None
    query: Body | None = None
    sheet: bytes | None = None


def _plain(**fields: Any) -> Recipe:
    return Recipe(lambda _: fields)


def _organisation(ids: Ids) -> Mapping[str, Any]:
    return {"organisation_id": ids["organisation_id"]}


READ = Recipe()
"""A request that says no more than its path; a decision with `If-Match: *` is one, too."""


KNOWN_TO_ALL = "/suppliers/{supplier_id}"
"""Suppliers are known to everybody who buys: a neighbour is refused there rather than told that there is none."""

RECIPES: Mapping[str, Recipe] = {
    "GET /organisations/{organisation_id}": READ,
    "PATCH /organisations/{organisation_id}": _plain(name="Naboens"),
    "GET /organisations/{organisation_id}/placements": READ,
    "POST /organisations/{organisation_id}/location-numbers": _plain(gln="5798000000018", valid_from="2026-03-02"),
    "GET /organisations/{organisation_id}/location-numbers": READ,
    "POST /location-numbers/{number_id}/end": _plain(valid_to="2026-03-02"),
    "GET /reorganisations/{reorganisation_id}": READ,
    "POST /reorganisations/{reorganisation_id}/withdraw": READ,
    "POST /tasks/{task_id}/set-aside": READ,
    "POST /organisations/{organisation_id}/policies": _plain(
        valid_from="2026-03-02", rule={"kind": "OVER_DELIVERY", "percent": "0"}
    ),
    "GET /organisations/{organisation_id}/policies": READ,
    "GET /organisations/{organisation_id}/policies/effective": READ,
    "GET /policies/{policy_id}": READ,
    "POST /policies/{policy_id}/publish": READ,
    "POST /policies/{policy_id}/withdraw": READ,
    "PUT /organisations/{organisation_id}/posting-scheme": _plain(dimensions=DIMENSIONS),
    "GET /organisations/{organisation_id}/posting-scheme": READ,
    "POST /organisations/{organisation_id}/posting-combinations": Recipe(sheet=b"sted;account\n"),
    "GET /organisations/{organisation_id}/posting-combinations": READ,
    "POST /organisations/{organisation_id}/posting-defaults": _plain(unspsc_prefix="44", accounting_cost="2210"),
    "GET /organisations/{organisation_id}/posting-defaults": READ,
    "DELETE /organisations/{organisation_id}/posting-defaults/{default_id}": READ,
    "POST /organisations/{organisation_id}/policy-templates/{name}": _plain(valid_from="2026-03-02"),
    "GET /policy-bundles/{bundle_id}": READ,
    "POST /policy-bundles/{bundle_id}/publish": READ,
    "POST /policy-bundles/{bundle_id}/withdraw": READ,
    "GET /users/{user_id}": READ,
    "GET /users/{user_id}/role-grants": READ,
    "GET /users/{user_id}/prokura": READ,
    "GET /users/{user_id}/authority": Recipe(query=lambda ids: {"order": ids["order_id"]}),
    "POST /users/{user_id}/api-keys": _plain(name="Naboens", permissions=["document:post"], valid_to="2026-12-31"),
    "GET /users/{user_id}/api-keys": READ,
    "DELETE /api-keys/{key_id}": READ,
    "DELETE /role-grants/{grant_id}": READ,
    "DELETE /prokura/{prokura_id}": READ,
    "DELETE /substitutions/{substitution_id}": READ,
    "GET /suppliers/{supplier_id}": READ,
    "PATCH /suppliers/{supplier_id}": _plain(name="Naboens"),
    "POST /suppliers/{supplier_id}/verify": _plain(name="Naboens", cvr="30714008"),
    "POST /suppliers/{supplier_id}/activate": _plain(**WHY),
    "POST /suppliers/{supplier_id}/block": _plain(**WHY),
    "POST /suppliers/{supplier_id}/unblock": _plain(**WHY),
    "POST /suppliers/{supplier_id}/test-orders": Recipe(_organisation),
    "GET /suppliers/{supplier_id}/test-orders": READ,
    "GET /suppliers/{supplier_id}/invoices": READ,
    "GET /agreements/{agreement_id}": READ,
    "PATCH /agreements/{agreement_id}": _plain(title="Naboens"),
    "POST /agreements/{agreement_id}/activate": READ,
    "POST /agreements/{agreement_id}/suspend": READ,
    "POST /agreements/{agreement_id}/terminate": READ,
    "POST /agreements/{agreement_id}/shares": Recipe(
        lambda ids: {
            "from_organisation_id": ids["organisation_id"],
            "target": "ORGANISATION",
            "organisation_id": ids["elsewhere"],
            "valid_from": "2026-03-02",
        }
    ),
    "GET /agreements/{agreement_id}/shares": READ,
    "GET /agreements/{agreement_id}/reach": READ,
    "GET /agreements/{agreement_id}/why": Recipe(query=lambda ids: {"user_id": ids["user_id"]}),
    "DELETE /shares/{share_id}": READ,
    "POST /shares/{share_id}/restore": READ,
    "GET /user-groups/{group_id}": READ,
    "GET /user-groups/{group_id}/members": READ,
    "POST /user-groups/{group_id}/members": Recipe(lambda ids: {"user_id": ids["user_id"]}),
    "DELETE /user-groups/{group_id}/members/{user_id}": READ,
    "GET /catalogues/{catalogue_id}": READ,
    "GET /catalogues/{catalogue_id}/changes": READ,
    "POST /catalogues/{catalogue_id}/approve": READ,
    "POST /catalogues/{catalogue_id}/reject": _plain(**WHY),
    "POST /catalogues/{catalogue_id}/withdraw": _plain(ordinal=1, **WHY),
    "GET /catalogues/{catalogue_id}/export": READ,
    "GET /catalogues/{catalogue_id}/versions/{ordinal}/sheet": READ,
    "GET /mapping-profiles/{profile_id}": READ,
    "DELETE /mapping-profiles/{profile_id}": READ,
    "GET /shopping-lists/{list_id}": READ,
    "DELETE /shopping-lists/{list_id}": READ,
    "GET /shopping-lists/{list_id}/items": READ,
    "POST /shopping-lists/{list_id}/items": Recipe(lambda ids: {"catalogue_line_id": ids["line_id"]}),
    "DELETE /shopping-lists/{list_id}/items/{item_id}": READ,
    "GET /jobs/{job_id}": READ,
    "POST /jobs/{job_id}/cancel": READ,
    "POST /catalogues/{catalogue_id}/attach": Recipe(lambda ids: {"agreement_id": ids["agreement_id"]}),
    "GET /catalogue-lines/{line_id}": READ,
    "GET /orders/{order_id}": READ,
    "GET /orders/{order_id}/commitment": READ,
    "GET /orders/{order_id}/comments": READ,
    "POST /orders/{order_id}/comments": _plain(text="Naboens"),
    "GET /requisitions/{requisition_id}/comments": READ,
    "POST /requisitions/{requisition_id}/comments": _plain(text="Naboens"),
    "POST /orders/{order_id}/submit": READ,
    "POST /orders/{order_id}/approver": Recipe(lambda ids: {"approver_id": ids["user_id"]}),
    "GET /orders/{order_id}/approvals": READ,
    "GET /orders/{order_id}/versions": READ,
    "GET /orders/{order_id}/document": READ,
    "POST /orders/{order_id}/send-again": READ,
    "GET /organisations/{organisation_id}/order-settings": READ,
    "PUT /organisations/{organisation_id}/order-settings": _plain(anti_split_days=3),
    "POST /organisations/{organisation_id}/delivery-addresses": _plain(name="Lager", address=ADDRESS),
    "GET /organisations/{organisation_id}/delivery-addresses": READ,
    "DELETE /delivery-addresses/{address_id}": READ,
    "POST /orders/{order_id}/approve": READ,
    "POST /orders/{order_id}/return": _plain(**WHY),
    "POST /orders/{order_id}/reject": _plain(**WHY),
    "POST /orders/{order_id}/cancel": READ,
    "GET /orders/{order_id}/answer": READ,
    "POST /orders/{order_id}/accept-changes": READ,
    "POST /orders/{order_id}/attachments": Recipe(query=lambda _: {"file_name": "nabo.txt"}),
    "GET /orders/{order_id}/attachments": READ,
    "POST /requisitions/{requisition_id}/attachments": Recipe(query=lambda _: {"file_name": "nabo.txt"}),
    "GET /requisitions/{requisition_id}/attachments": READ,
    "GET /attachments/{attachment_id}": READ,
    "POST /orders/{order_id}/decline-changes": _plain(instead="CANCEL", **WHY),
    "POST /orders/{order_id}/close": _plain(**WHY),
    "POST /orders/{order_id}/changes": _plain(requested_delivery_on="2026-04-01", **WHY),
    "GET /orders/{order_id}/changes": READ,
    "GET /order-changes/{change_id}": READ,
    "POST /order-changes/{change_id}/approve": READ,
    "POST /order-changes/{change_id}/reject": _plain(**WHY),
    "POST /order-changes/{change_id}/withdraw": READ,
    "POST /orders/{order_id}/receipts": _plain(received_on="2026-03-02", lines=[{"line_id": "1", "quantity": "1"}]),
    "GET /orders/{order_id}/receipts": READ,
    "GET /orders/{order_id}/open-lines": READ,
    "POST /orders/{order_id}/returns": _plain(
        returned_on="2026-03-02", cause="SURPLUS", reason="fordi", lines=[{"line_id": "1", "quantity": "1"}]
    ),
    "POST /receipts/{receipt_id}/reverse": _plain(**WHY),
    "GET /requisitions/{requisition_id}": READ,
    "PATCH /requisitions/{requisition_id}": _plain(title="Naboens"),
    "POST /requisitions/{requisition_id}/lines": _plain(**IN_WORDS),
    "PATCH /requisitions/{requisition_id}/lines/{line_id}": _plain(note="Naboens"),
    "DELETE /requisitions/{requisition_id}/lines/{line_id}": READ,
    "POST /requisitions/{requisition_id}/submit": READ,
    "POST /requisitions/{requisition_id}/withdraw": READ,
    "POST /requisitions/{requisition_id}/claim": READ,
    "POST /requisitions/{requisition_id}/release": READ,
    "POST /requisitions/{requisition_id}/return": _plain(**WHY),
    "POST /requisitions/{requisition_id}/reject": _plain(**WHY),
    "POST /requisitions/{requisition_id}/convert": READ,
    "PUT /agreements/{agreement_id}/punch-out-shop": _plain(**SHOP),
    "GET /agreements/{agreement_id}/punch-out-shop": READ,
    "DELETE /agreements/{agreement_id}/punch-out-shop": READ,
    "POST /agreements/{agreement_id}/punch-out-sessions": Recipe(_organisation),
    "GET /agreements/{agreement_id}/shop-hits": Recipe(query=lambda ids: {**_organisation(ids), "q": "papir"}),
    "POST /requisitions/{requisition_id}/shop-lines": Recipe(
        lambda ids: {"agreement_id": ids["agreement_id"], "hit": "naboens", "quantity": "1"}
    ),
    "POST /requisitions/{requisition_id}/check-prices": _plain(take=True),
    "GET /punch-out-sessions/{session_id}": READ,
    "GET /punch-out-sessions/{session_id}/entry": READ,
    "GET /punch-out-sessions/{session_id}/form": READ,
    "POST /punch-out/return/{session_id}": READ,
    "GET /standing-orders/{standing_id}": READ,
    "PUT /standing-orders/{standing_id}": Recipe(
        lambda ids: {
            "organisation_id": ids["organisation_id"],
            "supplier_id": ids["supplier_id"],
            "reference": "NABO-1",
            "recurrence": "MONTHLY",
            "valid_from": "2026-03-02",
            "item_name": "Naboens",
            "unspsc": "80131500",
            "buyer_reference": "7778",
            "terms": {"expected_amount": "1"},
        }
    ),
    "POST /standing-orders/{standing_id}/terms": _plain(expected_amount="1", effective_from="2026-04-01", **WHY),
    "POST /standing-orders/{standing_id}/terms/{ordinal}/approve": READ,
    "POST /standing-orders/{standing_id}/terms/{ordinal}/reject": _plain(**WHY),
    "POST /standing-orders/{standing_id}/suspend": _plain(**WHY),
    "POST /standing-orders/{standing_id}/resume": _plain(**WHY),
    "POST /standing-orders/{standing_id}/end": _plain(**WHY),
    "GET /match/{invoice_id}": READ,
    "GET /match/{invoice_id}/decisions": READ,
    "GET /match/{invoice_id}/proof": READ,
    "GET /replays/{replay_id}": READ,
    "PUT /organisations/{organisation_id}/shadow-policy": Recipe(lambda ids: {"policy_id": ids["policy_id"]}),
    "GET /organisations/{organisation_id}/shadow-policy": READ,
    "DELETE /organisations/{organisation_id}/shadow-policy": READ,
    "GET /organisations/{organisation_id}/shadow-differences": READ,
    "GET /organisations/{organisation_id}/shadow-days": READ,
    "GET /match/{invoice_id}/case-file": READ,
    "GET /postings/{posting_id}": READ,
    "GET /match/{invoice_id}/order-suggestions": READ,
    "POST /match/{invoice_id}/order-numbers": _plain(order_numbers=["100001"], **WHY),
    "POST /match/{invoice_id}/line-mappings": Recipe(
        lambda ids: {
            "lines": [{"invoice_line_id": "1", "parts": [{"order_id": ids["order_id"], "line_id": "1"}]}],
            **WHY,
        }
    ),
    "POST /match/{invoice_id}/charges": _plain(invoice_line_ids=["1"], kind="FREIGHT", **WHY),
    "POST /match/{invoice_id}/clear-duplicate": _plain(**WHY),
    "POST /match/{invoice_id}/ask-buyer": _plain(text="Hvorfor?"),
    "POST /match/{invoice_id}/explain": _plain(cause="PRICE_AGREED", text="Aftalt"),
    "POST /match/{invoice_id}/ask-for-receipt": _plain(text="Er det kommet?"),
    "POST /match/{invoice_id}/approve": _plain(**WHY),
    "POST /match/{invoice_id}/dispute": _plain(**WHY),
    "POST /match/{invoice_id}/non-order": _plain(postings=[{"accounting_cost": "account=2210"}], **WHY),
    "POST /match/{invoice_id}/reverse": _plain(**WHY),
    "GET /documents/{inbound_id}": READ,
    "GET /documents/{inbound_id}/raw": READ,
}
"""How each operation whose path names something is asked for; one that is not here fails the tests."""


def settle(story: Story) -> dict[str, str]:
    """Make one of everything in the institution's branch; gives the ids by the names that paths have for them."""
    world, administrator = story.world, story["administrator"]
    place = world.institution_id
    elsewhere = below(world, world.root_id, "Ministeriet for Naboer")
    neighbour, insider = person(world, NEIGHBOUR, elsewhere), person(world, INSIDER, place)
    for user_id, home in ((neighbour, elsewhere), (insider, place)):
        for role in EVERY_ROLE:
            grant(world, user_id, role, home)
    local = agreement(world, place, contract_number="K-LOKAL", title="Lokal")
    share_id = shared(world, local, place, "EVERYBODY", place)
    group = made(story["content-manager"].post("/user-groups", {"organisation_id": str(place), "name": "Gruppe"}))
    buyer = str(world.people["buyer"])
    made(story["content-manager"].post(f"/user-groups/{group['id']}/members", {"user_id": buyer}))
    story.approved_catalogue()
    line = story.found("kopipapir")
    posting_id = _posting(story)
    order = story.sent_order(kopipapir="10")
    document = story.document_of(order["id"])
    invoice = story.match(papers.written(papers.bill(document, {"1": "10"}, issue_date=_today(world))))
    inbound = done(story["supplier"].upload("/documents", papers.written(papers.answer(document))), 202)
    shopping = made(story["buyer"].post("/shopping-lists", {"name": "Ofte"}))
    listed = made(story["buyer"].post(f"/shopping-lists/{shopping['id']}/items", {"catalogue_line_id": line["id"]}))
    number = done(administrator.get(f"/organisations/{place}/location-numbers"))["data"][0]
    substitution = {"principal_id": buyer, "substitute_id": str(world.people["requisitioner"]), **DAYS}
    planned = {"kind": "CLOSE", "organisation_id": str(place), "effective_on": "2026-12-31"}
    rule = {"kind": "OVER_DELIVERY", "percent": "0"}
    policy_id = made(propose(world, place, rule))["id"]
    shadow = {"json": {"policy_id": policy_id}, "headers": {"If-Match": '"0"'}}
    done(administrator.send("PUT", f"/organisations/{place}/shadow-policy", **shadow))
    return {
        "elsewhere": str(elsewhere),
        "organisation_id": str(place),
        "number_id": number["id"],
        "reorganisation_id": made(administrator.post("/reorganisations", planned))["id"],
        "task_id": str(_task(world, insider)),
        "default_id": _default(story),
        "policy_id": policy_id,
        "replay_id": _replay(story),
        "bundle_id": made(apply_template(world, place, "REQUISITIONER_AND_DISPONENT"))["id"],
        "name": "REQUISITIONER_AND_DISPONENT",
        "user_id": buyer,
        "key_id": _key(story),
        "grant_id": done(administrator.get(f"/users/{buyer}/role-grants"))["data"][0]["id"],
        "prokura_id": done(administrator.get(f"/users/{world.people['disponent']}/prokura"))["data"][0]["id"],
        "substitution_id": made(administrator.post("/substitutions", substitution))["id"],
        "supplier_id": str(world.supplier_id),
        "agreement_id": str(local),
        "share_id": str(share_id),
        "group_id": group["id"],
        "catalogue_id": _sheet(story),
        "ordinal": "1",
        "profile_id": _profile(story),
        "list_id": shopping["id"],
        "item_id": listed["id"],
        "job_id": _job(story),
        "line_id": line["id"],
        "order_id": order["id"],
        "receipt_id": _receipt(story, order["id"]),
        "attachment_id": made(
            story["buyer"].upload(f"/orders/{order['id']}/attachments?file_name=seddel.txt", b"10 kasser", "text/plain")
        )["id"],
        "change_id": _change(story, order["id"]),
        "requisition_id": _requisition(story),
        "address_id": made(
            administrator.post(f"/organisations/{place}/delivery-addresses", {"name": "Lager", "address": ADDRESS})
        )["id"],
        "standing_id": standing.sent(story)["id"],
        "invoice_id": invoice["id"],
        "inbound_id": inbound["id"],
        "session_id": _visit(story, local),
        "posting_id": posting_id,
    }


def _posting(story: Story) -> str:
    """Let an invoice be approved; gives its posting."""
    order = story.sent_order(kopipapir="1")
    story.receive(order["id"], _1="1")
    bill = papers.bill(story.document_of(order["id"]), {"1": "1"}, number="F-BOGF", issue_date=_today(story.world))
    assert story.match(papers.written(bill))["outcome"] == "AUTO_APPROVED"
    return str(done(story["invoice-system"].get("/postings"))["data"][0]["id"])


def _change(story: Story, order_id: str) -> str:
    """Let a change of an order wait for approval."""
    body = {"reason": "Flere", "lines": [{"line_id": "1", "quantity": "11"}]}
    return str(made(story["buyer"].post(f"/orders/{order_id}/changes", body, headers={"If-Match": "*"}))["id"])


def _receipt(story: Story, order_id: str) -> str:
    body = {"received_on": "2026-03-02", "lines": [{"line_id": "1", "quantity": "1"}]}
    return str(made(story["receiver"].post(f"/orders/{order_id}/receipts", body))["id"])


def _sheet(story: Story) -> str:
    """Let a catalogue that came as a sheet be approved."""
    rows = sheet([item()], above=head("KAT-ARK"))
    catalogue_id = done(story["supplier"].upload("/catalogues", csv_of(rows), CSV), 201)["catalogue_id"]
    done(story["state-content-manager"].post(f"/catalogues/{catalogue_id}/approve", headers={"If-Match": "*"}))
    return str(catalogue_id)


def _requisition(story: Story) -> str:
    """Let the buyer's need wait for a buyer."""
    body = {"organisation_id": str(story.world.institution_id), "title": "Flytning", "lines": [IN_WORDS]}
    needed = made(story["buyer"].post("/requisitions", body))
    path = f"/requisitions/{needed['id']}"
    done(story["buyer"].post(f"{path}/submit", headers={"If-Match": "*"}))
    return str(needed["id"])


def _default(story: Story) -> str:
    """Set by what the institution posts, and give one of its defaults."""
    path, administrator = f"/organisations/{story.world.institution_id}", story["administrator"]
    done(administrator.send("PUT", f"{path}/posting-scheme", json={"dimensions": DIMENSIONS}))
    body = {"unspsc_prefix": "14", "accounting_cost": "account=2210"}
    return str(made(administrator.post(f"{path}/posting-defaults", body))["id"])


def _visit(story: Story, agreement_id: UUID) -> str:
    made(story["content-manager"].send("PUT", f"/agreements/{agreement_id}/punch-out-shop", json=SHOP))
    going = {"organisation_id": str(story.world.institution_id)}
    return str(made(story["buyer"].post(f"/agreements/{agreement_id}/punch-out-sessions", going))["id"])


def _profile(story: Story) -> str:
    query = f"supplier_id={story.world.supplier_id}&organisation_id={story.world.institution_id}"
    return str(made(story["content-manager"].post(f"/mapping-profiles?{query}", PROFILE))["id"])


def _job(story: Story) -> str:
    """Let a large catalogue wait to be read."""
    settings = story.world.app.state.settings
    read_by_jobs(story.world)
    job = hand_in(story.world, catalogue_xml([line_of("1")], number="KAT-STOR"))
    story.world.app.state.settings = settings
    return str(job["id"])


def _replay(story: Story) -> str:
    period = {"received_from": "2026-03-01", "received_to": "2026-03-02"}
    body = {"organisation_id": str(story.world.institution_id), **period}
    return str(done(story["administrator"].post("/replays", body), 202)["id"])


def _today(world: World) -> Any:
    return business_day(world.clock.now())


def _key(story: Story) -> str:
    body = {"name": "Fakturasystemet", "permissions": ["invoice:submit"], "valid_to": "2026-12-31"}
    path = f"/users/{story.world.people['invoice-system']}/api-keys"
    return str(made(story["administrator"].post(path, body))["id"])


def _task(world: World, user_id: UUID) -> UUID:
    """Let something wait for the insider by name, so that no role elsewhere could see it."""

    def step(session: Session) -> UUID:
        open_task(
            session,
            TaskType.AGREEMENT_ENDS,
            organisation_id=world.institution_id,
            role=Role.CONTENT_MANAGER,
            subject="agreement",
            subject_id=UUID(int=9),
            now=world.clock.now(),
            user_id=user_id,
        )
        session.flush()
        return session.execute(select(Task.id).where(Task.subject_id == UUID(int=9))).scalar_one()

    return world.database.run(step)
