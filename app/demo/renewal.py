"""A catalogue is renewed: what its second version changes, its approval, and limits within which a third needs none."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.demo import buying, papers
from app.demo.institution import Institution
from app.demo.stage import Stage
from app.documents.catalogue import CatalogueLine

SUPPLIER, MANAGER = "leverandoer", "statens-indkoeb"
RECYCLED, SOFA = "1002", "4005"
CHANGED: Mapping[str, tuple[str, str, str]] = {
    papers.PAPER: ("Kopipapir A4, 500 ark", "104.00", "14111507"),
    papers.BINDER: ("Ringbind A4, 10 stk.", "190.00", "44122003"),
    papers.PENCILS: ("Blyanter HB, 12 stk.", "58.00", "44121706"),
    RECYCLED: ("Kopipapir A4, genbrug, 500 ark", "92.00", "14111507"),
    SOFA: ("Loungesofa", "4900.00", "56101502"),
}
LIMITS = {"most_rise_percent": "5", "most_removed_percent": "10", "text_changes": False}


def play(stage: Stage, institution: Institution, today: date) -> None:
    """Play it, after the catalogue of the story."""
    stage.step("The supplier sends version 2: two lines come, one goes", SUPPLIER)
    version = _sent(stage, today, "2", CHANGED, gone=papers.CHAIR)
    stage.step("The content manager looks, the highest rise first", MANAGER)
    path = f"/catalogues/{version['catalogue_id']}"
    changes = stage.get(MANAGER, f"{path}/changes", sort="PRICE")
    whole = stage.get(MANAGER, f"{path}/changes").json()["data"]
    come_and_gone = [change for change in whole if "UPDATED" not in change["kinds"]]
    rows = [_row(change) for change in (*changes.json()["data"], *come_and_gone)]
    stage.table("Version 2", ("line", "name", "before", "after", "%", "what"), rows)
    rise = changes.json()["summary"]["largest_rise"]
    stage.must(f"the pencils rise most, by {rise['percent']} %", holds=rise["line_id"] == papers.PENCILS)
    stage.post(MANAGER, f"{path}/approve", etag=changes.headers["ETag"])
    (recycled,) = buying.found(stage, "genbrug")
    stage.must("all who have the agreement find recycled paper at once", holds=recycled["line_id"] == RECYCLED)
    _by_limits(stage, institution, today)


def _sent(
    stage: Stage, today: date, version: str, changed: Mapping[str, tuple[str, str, str]], gone: str | None = None
) -> dict[str, Any]:
    known = papers.catalogue(today)
    standing = {line.line_id for line in known.lines}
    lines = [_line(line, is_known=line.line_id in standing) for line in papers.catalogue(today, prices=changed).lines]
    lines += [line.but(action_code="Delete") for line in known.lines if line.line_id == gone]
    content = papers.written(papers.catalogue(today, version=version, lines=tuple(lines)))
    return stage.send(SUPPLIER, "/catalogues", content, expect=201)


def _line(line: CatalogueLine, *, is_known: bool) -> CatalogueLine:
    updated: CatalogueLine = line.but(action_code="Update") if is_known else line
    return updated


def _row(change: Mapping[str, Any]) -> tuple[str, ...]:
    price: Mapping[str, Any] = next(iter(change["prices"]), {})
    before, after = (price.get(side) for side in ("before", "after"))
    return (
        change["line_id"],
        change["name"],
        before["price_amount"] if before else "",
        after["price_amount"] if after else "",
        price.get("percent") or "",
        ", ".join(kind for kind in change["kinds"] if kind != "UPDATED"),
    )


def _by_limits(stage: Stage, institution: Institution, today: date) -> None:
    stage.step("From now on no price may rise by more than 5 % unseen", MANAGER)
    path = f"/agreements/{institution.agreement_id}"
    etag = stage.get(MANAGER, path).headers["ETag"]
    fields = {"catalogue_approval": "AUTO", "catalogue_limits": LIMITS}
    stage.ask(MANAGER, "PATCH", path, fields, etag=etag)
    stage.step("Version 3 raises ring binders by 2 %: it is live by itself", SUPPLIER)
    third = _sent(stage, today, "3", {papers.BINDER: ("Ringbind A4, 10 stk.", "193.80", "44122003")})
    stage.must(f"it is {third['status']}", holds=third["status"] == "APPROVED" and third["approved_by_limits"])
    stage.step("Version 4 raises them by 20 %: it waits; the task says why", SUPPLIER)
    _sent(stage, today, "4", {papers.BINDER: ("Ringbind A4, 10 stk.", "232.56", "44122003")})
    tasks = stage.get(MANAGER, "/tasks").json()["data"]
    for reason in next(task["reasons"] for task in tasks if task["state"] == "OPEN"):
        stage.say(reason)
