"""Catalogues that are turned away on arrival: kept all the same, and their sender told why."""

from datetime import date

from app.catalogs.line_changes import contradiction
from app.catalogs.models import CatalogueLine
from app.documents.values import Identifier
from app.kit.archive import ArchivedDocument
from app.organisations.access import Call
from app.organisations.models import Organisation, OrganisationStatus
from tests.catalogues import answers, catalogue, catalogue_xml, count, line, publish, second_agreement
from tests.world import World


def reject(world: World, catalogue_id: str) -> None:
    manager = world.client("state-content-manager")
    etag = manager.get(f"/catalogues/{catalogue_id}").headers["etag"]
    answer = manager.post(f"/catalogues/{catalogue_id}/reject", {"reason": "nej tak"}, headers={"If-Match": etag})
    assert answer.status_code == 200, answer.text


def test_a_broken_catalogue_is_kept_and_its_sender_told_technically(world: World) -> None:
    content = catalogue_xml([line("1")]).replace(
        b"<cbc:VersionID>1</cbc:VersionID>", b"<cbc:VersionID>1</cbc:VersionID><cbc:Odd/>"
    )

    answer = world.client("supplier").upload("/catalogues", content)

    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "REJECTED_TECHNICAL"
    assert [fault["rule_id"] for fault in answer.json()["faults"]] == ["XSD"]
    (told,) = answers(world)
    assert (told.response_code, told.document.number, told.profile_id) == (
        "TechnicalReject",
        "KAT-1",
        "Catalogue-CatExt-1.0",
    )
    assert told.receiver.endpoint_id == Identifier(value="DK30714008", scheme_id="DK:CVR")
    assert count(world, CatalogueLine) == 0


def test_a_broken_rule_is_named_in_both_languages(world: World) -> None:
    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1"), line("1")]))

    assert answer.status_code == 200, answer.text
    assert answer.json()["status"] == "REJECTED_TECHNICAL"
    faults = answer.json()["faults"]
    assert "F-CAT248" in [fault["rule_id"] for fault in faults]
    assert all(fault["message"] and fault["message_da"] and fault["xpath"] for fault in faults)


def test_the_same_broken_bytes_again_are_told_once(world: World) -> None:
    content = catalogue_xml([line("1"), line("1")])
    first = world.client("supplier").upload("/catalogues", content)

    second = world.client("supplier").upload("/catalogues", content)

    assert second.json() == first.json()
    assert len(answers(world)) == 1


def test_an_unknown_receiver_is_a_business_rejection(world: World) -> None:
    content = catalogue_xml([line("1")]).replace(b"5798009882882", b"5798000416604")

    answer = world.client("supplier").upload("/catalogues", content)

    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    (told,) = answers(world)
    assert told.response_code == "BusinessReject"
    assert told.descriptions == ("the receiver's GLN is not that of an organisation here",)


def test_an_unknown_contract_is_a_business_rejection(world: World) -> None:
    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1")], contract_id="K-OTHER"))

    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    assert "K-OTHER" in answer.json()["faults"][0]["message"]
    assert count(world, CatalogueLine) == 0


def test_a_catalogue_does_not_move_to_another_agreement(world: World) -> None:
    publish(world, [line("1")])
    second_agreement(world)

    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("2")], "2", contract_id="K-OTHER"))

    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    assert "belongs to another agreement" in answer.json()["faults"][0]["message"]


def test_a_second_version_is_refused_while_one_waits_and_taken_after_it(world: World) -> None:
    supplier = world.client("supplier")
    first = supplier.upload("/catalogues", catalogue_xml([line("1")]))
    second = catalogue_xml([line("2")], "2")

    early = supplier.upload("/catalogues", second)

    assert (early.status_code, early.json()["code"]) == (409, "version_waiting")
    assert count(world, ArchivedDocument) == 1
    reject(world, first.json()["catalogue_id"])
    assert supplier.upload("/catalogues", second).status_code == 201


def test_a_version_id_is_used_once_unless_it_was_turned_away(world: World) -> None:
    supplier = world.client("supplier")
    first = supplier.upload("/catalogues", catalogue_xml([line("1")], "1"))
    reject(world, first.json()["catalogue_id"])
    publish(world, [line("1", "11.00")], "1")

    again = supplier.upload("/catalogues", catalogue_xml([line("2")], "1", issue_date=date(2026, 3, 2)))

    assert (again.status_code, again.json()["status"]) == (200, "REJECTED")
    assert "raise VersionID" in again.json()["faults"][0]["message"]


def test_lines_that_cannot_be_taken_reject_the_whole_version_line_by_line(world: World) -> None:
    publish(world, [line("1")])

    answer = world.client("supplier").upload(
        "/catalogues",
        catalogue_xml([line("1"), line("2", action="Update"), line("3"), line("4", action="Delete")], "2"),
    )

    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    (told,) = [answer for answer in answers(world) if answer.response_code == "BusinessReject"]
    assert [response.line_id for response in told.line_responses] == ["1", "2", "4"]
    assert [row["line_id"] for row in world.client("buyer").get("/catalogue-lines").json()["data"]] == ["1"]
    assert count(world, CatalogueLine) == 1


def test_a_closed_organisation_takes_no_catalogues(world: World) -> None:
    def close(call: Call) -> None:
        call.session.get_one(Organisation, world.institution_id).status = OrganisationStatus.CLOSED

    world.step("administrator", close)

    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1")]))

    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    assert "is closed" in answer.json()["faults"][0]["message"]


def test_a_version_id_that_is_too_long_to_keep_is_turned_away(world: World) -> None:
    content = catalogue_xml([line("1")]).replace(
        b"<cbc:VersionID>1</cbc:VersionID>", b"<cbc:VersionID>" + b"9" * 301 + b"</cbc:VersionID>"
    )

    answer = world.client("supplier").upload("/catalogues", content)

    assert (answer.status_code, answer.json()["status"]) == (200, "REJECTED")
    assert "VersionID is missing or longer" in answer.json()["faults"][0]["message"]


def test_a_profile_without_application_response_gets_no_business_answer(world: World) -> None:
    content = catalogue_xml([line("1")], contract_id="K-OTHER", profile_id="urn:www.nesubl.eu:profiles:profile1:ver2.0")

    answer = world.client("supplier").upload("/catalogues", content)

    assert answer.json()["status"] == "REJECTED"
    assert answers(world) == []


def test_a_broken_catalogue_in_no_profile_is_answered_in_none(world: World) -> None:
    content = catalogue_xml([line("1")]).replace(b"Catalogue-CatExt-1.0", b"Catalogue-Odd-1.0")

    answer = world.client("supplier").upload("/catalogues", content)

    assert answer.json()["status"] == "REJECTED_TECHNICAL"
    (told,) = answers(world)
    assert (told.profile_id, told.response_code) == ("NONE", "TechnicalReject")


def test_nobody_decides_on_a_catalogue_that_came_for_an_unknown_receiver(world: World) -> None:
    content = catalogue_xml([line("1")]).replace(b"5798009882882", b"5798000416604")
    supplier = world.client("supplier")
    catalogue_id = supplier.upload("/catalogues", content).json()["catalogue_id"]

    assert supplier.post(f"/catalogues/{catalogue_id}/approve", headers={"If-Match": "*"}).status_code == 409
    manager = world.client("state-content-manager")
    assert manager.post(f"/catalogues/{catalogue_id}/approve", headers={"If-Match": "*"}).status_code == 404


def test_an_action_that_is_none_of_the_three_is_refused_also_without_the_rules() -> None:
    assert contradiction(line("1", action="Replace"), is_standing=False) == (
        "its ActionCode is none of Add, Update and Delete"
    )


def test_a_broken_catalogue_for_nobody_is_kept_without_an_answer(world: World) -> None:
    nobody = catalogue([line("1")]).receiver.but(endpoint_id=None, identifications=())

    answer = world.client("supplier").upload("/catalogues", catalogue_xml([line("1")], receiver=nobody))

    assert answer.json()["status"] == "REJECTED_TECHNICAL"
    assert answers(world) == []


def test_the_organisation_answers_from_its_gln_when_it_was_written_to_by_another_number(world: World) -> None:
    receiver = catalogue([line("1")]).receiver
    company = Identifier(value="DK13585628", scheme_id="DK:CVR")
    content = catalogue_xml([line("1")], receiver=receiver.but(endpoint_id=company), contract_id="K-OTHER")

    world.client("supplier").upload("/catalogues", content)

    (told,) = answers(world)
    assert told.sender.endpoint_id == Identifier(value="5798009882882", scheme_id="GLN")
