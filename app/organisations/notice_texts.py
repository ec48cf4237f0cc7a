"""The texts of notices in Danish and English: what waits, where, for how long. No names of people, no amounts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from app.organisations.models import TaskType
from app.organisations.notice_models import Language, NoticeMode

MOST_LISTED: Final = 20
"""So many of one type are listed, the oldest first; the rest is a number."""

PATHS: Final[Mapping[str, str]] = {
    "order": "orders",
    "requisition": "requisitions",
    "invoice": "match",
    "catalogue": "catalogues",
    "agreement": "agreements",
    "reorganisation": "reorganisations",
}
"""Where the thing that a task is about can be read, by the task's `subject`."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open task: what is to be done, where, about what, for how many working days it has been open, and whether it
    was told before.
    """

    type: TaskType
    place: str
    subject: str
    subject_id: UUID
    days: int
    is_reminder: bool = False


@dataclass(frozen=True, slots=True)
class Phrases:
    """Everything but the sentences of the task types, in one language."""

    many: str
    greeting: str
    new: str
    one_day: str
    days: str
    reminder: str
    more: str
    everything: str
    why: Mapping[NoticeMode, str]
    change: str


SENTENCES: Final[Mapping[TaskType, Mapping[Language, str]]] = {
    TaskType.APPROVE_ORDER: {
        Language.DANISH: "En ordre venter på godkendelse",
        Language.ENGLISH: "An order waits for approval",
    },
    TaskType.ORDER_RESPONSE: {
        Language.DANISH: "Leverandøren har svaret på en ordre med ændringer",
        Language.ENGLISH: "The supplier has answered an order with changes",
    },
    TaskType.RESPONSE_MISSING: {
        Language.DANISH: "Leverandøren har ikke svaret på en ordre",
        Language.ENGLISH: "The supplier has not answered an order",
    },
    TaskType.APPROVE_CHANGE: {
        Language.DANISH: "En ændring af en ordre venter på godkendelse",
        Language.ENGLISH: "A change of an order waits for approval",
    },
    TaskType.APPROVE_TERMS: {
        Language.DANISH: "Nye vilkår for en stående ordre venter på godkendelse",
        Language.ENGLISH: "New terms of a standing order wait for approval",
    },
    TaskType.ORDER_RETURNED: {
        Language.DANISH: "En ordre er sendt tilbage til dig",
        Language.ENGLISH: "An order has been returned to you",
    },
    TaskType.ORDER_NOT_DELIVERED: {
        Language.DANISH: "En ordre kunne ikke leveres til leverandøren",
        Language.ENGLISH: "An order could not be delivered to the supplier",
    },
    TaskType.HANDLE_REQUISITION: {
        Language.DANISH: "En rekvisition venter på en indkøber",
        Language.ENGLISH: "A requisition waits for a buyer",
    },
    TaskType.REQUISITION_RETURNED: {
        Language.DANISH: "En rekvisition er sendt tilbage til dig",
        Language.ENGLISH: "A requisition has been returned to you",
    },
    TaskType.RECEIVE_GOODS: {
        Language.DANISH: "Varer på en ordre er ventet, men ikke modtaget",
        Language.ENGLISH: "Goods of an order are due and have not been received",
    },
    TaskType.INVOICE_MISSING: {
        Language.DANISH: "En ventet faktura på en stående ordre er ikke kommet",
        Language.ENGLISH: "An expected invoice on a standing order has not come",
    },
    TaskType.RECEIVE: {
        Language.DANISH: "En faktura venter på, at varerne modtages",
        Language.ENGLISH: "An invoice waits for the goods to be received",
    },
    TaskType.APPROVE_INVOICE: {
        Language.DANISH: "En faktura venter på godkendelse",
        Language.ENGLISH: "An invoice waits for approval",
    },
    TaskType.EXPLAIN_DEVIATION: {
        Language.DANISH: "En faktura afviger fra sin ordre og skal forklares",
        Language.ENGLISH: "An invoice differs from its order and needs an explanation",
    },
    TaskType.APPROVE_DEVIATION: {
        Language.DANISH: "En fakturas afvigelse er forklaret og venter på godkendelse",
        Language.ENGLISH: "An invoice's difference from its order is explained and waits for approval",
    },
    TaskType.RECEIPT_OVERDUE: {
        Language.DANISH: "En faktura forfalder snart, og varerne er ikke modtaget",
        Language.ENGLISH: "An invoice is due soon, and its goods have not been received",
    },
    TaskType.MANUAL_MATCH: {
        Language.DANISH: "En faktura skal behandles manuelt",
        Language.ENGLISH: "An invoice needs manual handling",
    },
    TaskType.APPROVE_CATALOGUE: {
        Language.DANISH: "Et katalog venter på godkendelse",
        Language.ENGLISH: "A catalogue waits for approval",
    },
    TaskType.ASSIGN_APPROVER: {
        Language.DANISH: "En sag mangler en godkender",
        Language.ENGLISH: "A case lacks an approver",
    },
    TaskType.AGREEMENT_ENDS: {
        Language.DANISH: "En aftale udløber snart",
        Language.ENGLISH: "An agreement ends soon",
    },
    TaskType.REORGANISED: {
        Language.DANISH: "En ressortændring kræver, at roller, prokura og delinger ses efter",
        Language.ENGLISH: "After a reorganisation, roles, limits and shares need to be looked at",
    },
}

PHRASES: Final[Mapping[Language, Phrases]] = {
    Language.DANISH: Phrases(
        many="{count} opgaver venter på dig",
        greeting="Det venter på dig i Prokura:",
        new="ny",
        one_day="1 arbejdsdag gammel",
        days="{days} arbejdsdage gammel",
        reminder="påmindelse",
        more="… og {count} til",
        everything="Alle dine opgaver: {link}",
        why={
            NoticeMode.AT_ONCE: "Du får denne mail, fordi du har bedt om besked, når noget venter på dig.",
            NoticeMode.DAILY: "Du får denne mail, fordi du har bedt om en daglig liste over, hvad der venter på dig.",
        },
        change="Det ændrer du her: {link}",
    ),
    Language.ENGLISH: Phrases(
        many="{count} tasks wait for you",
        greeting="This waits for you in Prokura:",
        new="new",
        one_day="1 working day old",
        days="{days} working days old",
        reminder="reminder",
        more="… and {count} more",
        everything="All your tasks: {link}",
        why={
            NoticeMode.AT_ONCE: "You get this mail because you asked to be told when something waits for you.",
            NoticeMode.DAILY: "You get this mail because you asked for a daily list of what waits for you.",
        },
        change="Change that here: {link}",
    ),
}


def subject_of(waiting: Sequence[Waiting], language: Language) -> str:
    """Give the subject: the sentence of the only task, else how many there are; and whether it only reminds."""
    phrases = PHRASES[language]
    reminds = f"{phrases.reminder.capitalize()}: " if all(entry.is_reminder for entry in waiting) else ""
    if len(waiting) == 1:
        return f"Prokura: {reminds}{SENTENCES[waiting[0].type][language]}"
    return f"Prokura: {reminds}{phrases.many.format(count=len(waiting))}"


def text_of(waiting: Sequence[Waiting], language: Language, mode: NoticeMode, public_url: str) -> str:
    """Give the text: what waits, grouped by type, each group in its order; links if they have a beginning."""
    phrases = PHRASES[language]
    lines = [phrases.greeting, ""]
    for task_type in TaskType:
        group = [entry for entry in waiting if entry.type == task_type]
        if group:
            lines += [*_group(group, language, public_url), ""]
    if public_url:
        lines += [phrases.everything.format(link=f"{public_url}/tasks"), ""]
    lines.append(phrases.why[mode])
    if public_url:
        lines.append(phrases.change.format(link=f"{public_url}/me/notices"))
    return "\n".join(lines) + "\n"


def _group(group: Sequence[Waiting], language: Language, public_url: str) -> Iterator[str]:
    phrases = PHRASES[language]
    yield f"{SENTENCES[group[0].type][language]} ({len(group)})"
    for entry in group[:MOST_LISTED]:
        place = " ".join(entry.place.split())  # a name with a line break must not look like another entry
        yield f"- {place}, {_age(entry, phrases)}{_link(entry, public_url)}"
    if len(group) > MOST_LISTED:
        yield f"  {phrases.more.format(count=len(group) - MOST_LISTED)}"


def _age(entry: Waiting, phrases: Phrases) -> str:
    if entry.days == 0:
        return phrases.new
    age = phrases.one_day if entry.days == 1 else phrases.days.format(days=entry.days)
    return f"{age}, {phrases.reminder}" if entry.is_reminder else age


def _link(entry: Waiting, public_url: str) -> str:
    path = PATHS.get(entry.subject)
    return f": {public_url}/{path}/{entry.subject_id}" if public_url and path else ""
