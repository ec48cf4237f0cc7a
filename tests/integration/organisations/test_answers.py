"""Under which name and numbers an organisation stands in what it sends, and which answers go out at all."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.documents.application_response import ApplicationResponse
from app.documents.envelope import Envelope
from app.documents.party import Party
from app.documents.values import Identifier
from app.kit.errors import Fault
from app.organisations import identity
from app.organisations.access import Call
from app.organisations.answers import (
    BUSINESS_ACCEPT,
    BUSINESS_REJECT,
    MOST_LINES,
    MOST_REASONS,
    TECHNICAL_REJECT,
    LineReason,
    answer_document,
    told,
)
from app.organisations.models import Organisation
from app.organisations.supplier_models import Supplier
from tests.catalogues import answers
from tests.integration.organisations.steps import below
from tests.world import INSTITUTION_GLN, World

PROFILE = "Procurement-OrdAdv-BilSim-1.0"
WITHOUT_ANSWERS = "urn:www.nesubl.eu:profiles:profile1:ver2.0"
TODAY = date(2026, 3, 2)
CVR, OTHER_CVR = "13585628", "30714008"
GLN = "5798000416604"


def identifier(value: str, scheme: str = "GLN") -> Identifier:
    return Identifier(value=value, scheme_id=scheme)


def letter(to: Identifier | None, profile_id: str | None = PROFILE, **fields: Any) -> Envelope:
    """Give the envelope of an invoice to somebody."""
    receiver = Party(endpoint_id=to, name="Modtageren") if to else None
    sender = Party(endpoint_id=identifier("DK30714008", "DK:CVR"), name="Papirgrossisten A/S")
    return Envelope(
        **{
            "document_type": "Invoice",
            "number": "F-1",
            "profile_id": profile_id,
            "issue_date": TODAY,
            "sender": sender,
            "receiver": receiver,
            **fields,
        }
    )


def answered(
    world: World, envelope: Envelope, place: UUID | None = None, code: str = TECHNICAL_REJECT, **more: Any
) -> list[ApplicationResponse]:
    def step(call: Call) -> None:
        organisation = call.session.get_one(Organisation, place) if place else None
        answer_document(call, envelope, code, about_id=UUID(int=1), organisation=organisation, **more)

    world.step("invoice-system", step)
    return answers(world)


def numbers(party: Party) -> tuple[str, str]:
    """Give the keys of a party's endpoint and of its company."""
    assert party.endpoint_id is not None
    assert party.legal_entity is not None
    assert party.legal_entity.company_id is not None
    return party.endpoint_id.key, party.legal_entity.company_id.key


def test_an_organisation_without_a_cvr_number_stands_by_its_gln(world: World) -> None:
    (answer,) = answered(world, letter(identifier(INSTITUTION_GLN)), world.institution_id)

    assert numbers(answer.sender) == (f"GLN:{INSTITUTION_GLN}", f"ZZZ:{INSTITUTION_GLN}")
    assert answer.sender.name == "Prøveinstitutionen"
    assert answer.receiver.endpoint_id == identifier("DK30714008", "DK:CVR")
    assert (answer.reference_id, answer.document.document_type_code) == ("F-1", "Invoice")


@pytest.mark.parametrize(("own", "expected"), [(OTHER_CVR, OTHER_CVR), (None, CVR)])
def test_the_nearest_cvr_number_stands_for_the_organisation(world: World, own: str | None, expected: str) -> None:
    agency = below(world, world.ministry_id, "Styrelsen", cvr=CVR)
    office = below(world, agency, "Kontoret", gln=GLN, **({"cvr": own} if own else {}))

    (answer,) = answered(world, letter(identifier(GLN)), office)

    assert numbers(answer.sender) == (f"GLN:{GLN}", f"DK:CVR:DK{expected}")


def test_orders_and_answers_name_an_organisation_alike(world: World) -> None:
    agency = below(world, world.ministry_id, "Styrelsen", cvr=CVR)
    office = below(world, agency, "Kontoret", gln=GLN)
    (answer,) = answered(world, letter(identifier(GLN)), office)

    def buyer(call: Call) -> Party:
        return identity.organisation_party(call.session, call.session.get_one(Organisation, office), call.today)

    ordering = world.step("buyer", buyer)

    assert numbers(answer.sender) == numbers(ordering)
    assert (answer.sender.name, ordering.name) == ("Kontoret", "Kontoret")


def test_the_answer_comes_from_the_endpoint_that_was_written_to(world: World) -> None:
    place = below(world, world.root_id, "Uden GLN", cvr=CVR)

    (answer,) = answered(world, letter(identifier("DK13585628", "DK:CVR")), place)

    assert numbers(answer.sender) == ("DK:CVR:DK13585628", "DK:CVR:DK13585628")


def test_another_number_written_to_is_answered_from_the_organisations_gln(world: World) -> None:
    (answer,) = answered(world, letter(identifier("5798000416604")), world.institution_id)

    assert numbers(answer.sender)[0] == f"GLN:{INSTITUTION_GLN}"


def test_an_unknown_receiver_answers_as_it_was_named(world: World) -> None:
    (answer,) = answered(world, letter(identifier("DK13585628", "DK:CVR")))

    assert numbers(answer.sender) == ("DK:CVR:DK13585628", "DK:CVR:DK13585628")
    assert answer.sender.name == "Modtageren"


@pytest.mark.parametrize(
    "receiver",
    [None, Party(name="Uden numre")],
    ids=["nobody", "somebody without a number"],
)
def test_for_nobody_there_is_no_answer_unless_the_organisation_is_known(world: World, receiver: Party | None) -> None:
    envelope = letter(None, receiver=receiver)

    assert answered(world, envelope) == []
    assert answered(world, envelope, below(world, world.root_id, "Uden GLN")) == []
    assert len(answered(world, envelope, world.institution_id)) == 1


@pytest.mark.parametrize("code", [BUSINESS_ACCEPT, BUSINESS_REJECT])
@pytest.mark.parametrize("profile_id", [None, WITHOUT_ANSWERS, "Odd-1.0"])
def test_only_a_technical_rejection_goes_out_where_the_profile_has_no_answers(
    world: World, code: str, profile_id: str | None
) -> None:
    envelope = letter(identifier(INSTITUTION_GLN), profile_id)

    assert answered(world, envelope, world.institution_id, code) == []
    (answer,) = answered(world, envelope, world.institution_id, TECHNICAL_REJECT)
    assert answer.profile_id == "NONE"


def test_reasons_and_lines_are_told_up_to_a_number(world: World) -> None:
    reasons = [f"årsag {number}" for number in range(MOST_REASONS + 5)]
    lines = [LineReason(str(number), "forkert") for number in range(1, MOST_LINES + 6)]
    catalogue = letter(identifier(INSTITUTION_GLN), "Catalogue-CatExt-1.0", document_type="Catalogue", version_id="1")

    (answer,) = answered(world, catalogue, world.institution_id, BUSINESS_REJECT, reasons=reasons, lines=lines)

    assert answer.descriptions == ("\n".join(reasons[:MOST_REASONS]),)
    assert [line.line_id for line in answer.line_responses] == [str(number) for number in range(1, MOST_LINES + 1)]


@pytest.mark.parametrize(("uuid", "kept"), [("0" * 36, "0" * 36), ("short", None), (None, None)])
def test_a_uuid_that_is_none_is_not_repeated(world: World, uuid: str | None, kept: str | None) -> None:
    (answer,) = answered(world, letter(identifier(INSTITUTION_GLN), uuid=uuid), world.institution_id)

    assert answer.document.uuid == kept


@pytest.mark.parametrize(
    ("fault", "line"),
    [
        (Fault("er galt"), "er galt"),
        (Fault("er galt", rule_id="F-INV001", xpath="/Invoice"), "F-INV001: er galt (/Invoice)"),
    ],
)
def test_a_fault_is_told_in_one_line(fault: Fault, line: str) -> None:
    assert told(fault) == line


def test_without_a_gln_that_is_valid_no_order_can_be_sent(world: World) -> None:
    def buyer(call: Call) -> Party:
        return identity.organisation_party(call.session, call.session.get_one(Organisation, world.root_id), call.today)

    with pytest.raises(identity.NoLocationNumber, match="Staten has no GLN that is valid on 2026-03-02"):
        world.step("buyer", buyer)


@pytest.mark.parametrize(("cvr", "company"), [("13585628", "DK13585628"), ("DK13585628", "DK13585628"), (None, None)])
def test_a_supplier_stands_by_its_endpoint_and_its_cvr_number(cvr: str | None, company: str | None) -> None:
    supplier = Supplier(name="Firma", cvr=cvr, endpoint_scheme_id="GLN", endpoint_id=GLN)

    party = identity.supplier_party(supplier)

    assert party.endpoint_id == identifier(GLN)
    number = party.legal_entity.company_id if party.legal_entity else None
    assert (number.value if number else None) == company
