"""Templates as data: each answers every question in both languages, and sets every kind of policy once."""

from decimal import Decimal

import pytest

from app.organisations.notice_models import Language
from app.organisations.people_models import Role
from app.organisations.policies import TwoPersonPolicy
from app.organisations.policy_models import PolicyKind
from app.organisations.policy_templates import TEMPLATES, Question, TemplateName, kroner

HUGE = Decimal("1234567.5")


@pytest.mark.parametrize("name", TemplateName)
def test_a_template_is_whole(name: TemplateName) -> None:
    template = TEMPLATES[name]

    assert [PolicyKind(rule.kind) for rule in template.rules(HUGE)] == [
        PolicyKind.TWO_PERSON_RULE,
        PolicyKind.TOLERANCE,
        PolicyKind.EXTERNAL_APPROVAL,
        PolicyKind.OVER_DELIVERY,
        PolicyKind.REMINDERS,
    ]
    assert list(template.meaning) == list(Question)
    assert set(template.roles) >= {Role.BUYER, Role.DISPONENT, Role.RECEIVER, Role.LOCAL_ADMINISTRATOR}


@pytest.mark.parametrize("name", TemplateName)
@pytest.mark.parametrize("amount", [None, HUGE])
def test_every_text_is_in_both_languages_with_its_amounts(name: TemplateName, amount: Decimal | None) -> None:
    template = TEMPLATES[name]

    for text in (template.title, *template.roles.values(), *template.meaning.values()):
        danish, english = (template.said(text, language, amount) for language in Language)
        assert danish != english
        assert "{" not in danish + english


def test_the_amount_belongs_to_the_template_that_takes_one() -> None:
    amounts = []
    for name in TemplateName:
        two_person = TEMPLATES[name].rules(HUGE)[0]
        assert isinstance(two_person, TwoPersonPolicy)
        amounts.append(two_person.up_to)

    assert amounts == [HUGE, None, None]


def test_kroner_are_written_as_people_of_a_language_write_them() -> None:
    assert [kroner(HUGE, language) for language in Language] == ["1.234.567,50 kr.", "DKK 1,234,567.50"]
