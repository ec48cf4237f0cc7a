"""The texts of notices: Danish and English, every type of task, nothing that a mail must not tell."""

from uuid import UUID

import pytest

from app.organisations.models import TaskType
from app.organisations.notice_models import Language, NoticeMode
from app.organisations.notice_texts import MOST_LISTED, PHRASES, SENTENCES, Waiting, subject_of, text_of

ORDER = UUID("019cae34-7780-7b23-a756-dd4a135255ec")
INVOICE = UUID("019cae34-7781-7b23-a756-dd4a135255ec")
PLACE = "https://prokura.example.dk"

WAITING = [
    Waiting(TaskType.APPROVE_INVOICE, "Kontoret", "invoice", INVOICE, 12),
    Waiting(TaskType.APPROVE_ORDER, "Kontoret", "order", ORDER, 1),
    Waiting(TaskType.APPROVE_INVOICE, "Styrelsen", "invoice", INVOICE, 0),
]

DANISH = f"""Det venter på dig i Prokura:

En ordre venter på godkendelse (1)
- Kontoret, 1 arbejdsdag gammel: {PLACE}/orders/{ORDER}

En faktura venter på godkendelse (2)
- Kontoret, 12 arbejdsdage gammel: {PLACE}/match/{INVOICE}
- Styrelsen, ny: {PLACE}/match/{INVOICE}

Alle dine opgaver: {PLACE}/tasks

Du får denne mail, fordi du har bedt om en daglig liste over, hvad der venter på dig.
Det ændrer du her: {PLACE}/me/notices
"""

ENGLISH = """This waits for you in Prokura:

An order waits for approval (1)
- Kontoret, 1 working day old

An invoice waits for approval (2)
- Kontoret, 12 working days old
- Styrelsen, new

You get this mail because you asked to be told when something waits for you.
"""


def test_a_digest_is_grouped_by_type_and_leads_to_each_thing() -> None:
    assert text_of(WAITING, Language.DANISH, NoticeMode.DAILY, PLACE) == DANISH


def test_without_an_address_of_the_service_there_are_no_links() -> None:
    assert text_of(WAITING, Language.ENGLISH, NoticeMode.AT_ONCE, "") == ENGLISH


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        (Language.DANISH, "Prokura: En ordre venter på godkendelse", "Prokura: 3 opgaver venter på dig"),
        (Language.ENGLISH, "Prokura: An order waits for approval", "Prokura: 3 tasks wait for you"),
    ],
)
def test_the_subject_is_the_only_task_or_how_many_there_are(language: Language, one: str, several: str) -> None:
    assert subject_of(WAITING[1:2], language) == one
    assert subject_of(WAITING, language) == several


@pytest.mark.parametrize(
    ("language", "subject", "entry"),
    [
        (Language.DANISH, "Prokura: Påmindelse: En ordre venter på godkendelse", "3 arbejdsdage gammel, påmindelse"),
        (Language.ENGLISH, "Prokura: Reminder: An order waits for approval", "3 working days old, reminder"),
    ],
)
def test_a_reminder_says_so_and_among_new_ones_at_its_entry_alone(language: Language, subject: str, entry: str) -> None:
    told = Waiting(TaskType.APPROVE_ORDER, "Kontoret", "order", ORDER, 3, is_reminder=True)

    assert subject_of([told], language) == subject
    assert subject_of([told, *WAITING], language) == PHRASES[language].many.join(["Prokura: ", ""]).format(count=4)
    assert f"- Kontoret, {entry}\n" in text_of([told], language, NoticeMode.AT_ONCE, "")


def test_of_many_the_oldest_are_listed_and_the_rest_is_a_number() -> None:
    many = [Waiting(TaskType.RECEIVE, f"Sted {age}", "invoice", INVOICE, age) for age in range(50, 0, -1)]

    text = text_of(many, Language.DANISH, NoticeMode.DAILY, "")

    assert "(50)" in text
    assert text.count("\n- ") == MOST_LISTED
    assert "Sted 50," in text
    assert "Sted 30," not in text
    assert "… og 30 til" in text


def test_a_name_with_a_line_break_makes_no_line_of_its_own() -> None:
    sly = [Waiting(TaskType.RECEIVE, "Kontoret\n- Betal nu: https://evil.example", "invoice", INVOICE, 1)]
    assert text_of(sly, Language.DANISH, NoticeMode.DAILY, "").count("\n- ") == 1


@pytest.mark.parametrize("language", Language)
def test_every_type_of_task_has_a_sentence_and_every_phrase_its_places(language: Language) -> None:
    assert set(SENTENCES) == set(TaskType)
    sentences = [SENTENCES[task_type][language] for task_type in TaskType]
    assert len(set(sentences)) == len(sentences)
    assert all("{" not in sentence and "\n" not in sentence for sentence in sentences)
    assert set(PHRASES[language].why) == {NoticeMode.AT_ONCE, NoticeMode.DAILY}
