"""Three ways to answer whether one or two persons stand over a purchase, for it decides which invoices approve
themselves: the policies that an institution then needs, the roles that it presumes, and what it means in plain words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.kit.money import plain
from app.organisations.notice_models import Language
from app.organisations.people_models import Role
from app.organisations.policies import (
    DEFAULT_REMINDERS,
    DEFAULT_TOLERANCE,
    ExternalApprovalPolicy,
    OverDeliveryPolicy,
    PolicyRule,
    RemindersPolicy,
    TolerancePolicy,
    TwoPerson,
    TwoPersonPolicy,
)

Text = Mapping[Language, str]
"""The same in each language; `{up_to}`, `{absolute}`, `{percent}` and `{freight_cap}` are filled in."""


class TemplateName(StrEnum):
    """The names of the templates."""

    ONE_PERSON_UP_TO = "ONE_PERSON_UP_TO"
    REQUISITIONER_AND_DISPONENT = "REQUISITIONER_AND_DISPONENT"
    CENTRAL_BUYERS = "CENTRAL_BUYERS"


class Question(StrEnum):
    """What an institution wants to know before it chooses."""

    WHO_MAKES = "WHO_MAKES"
    WHO_APPROVES = "WHO_APPROVES"
    WHAT_PASSES = "WHAT_PASSES"
    WHAT_WAITS = "WHAT_WAITS"


@dataclass(frozen=True, slots=True)
class Template:
    """One answer. An amount belongs to SINGLE_UP_TO alone and is the institution's own choice."""

    title: Text
    two_person: TwoPerson
    tolerance: TolerancePolicy
    reminders: RemindersPolicy
    roles: Mapping[Role, Text]
    meaning: Mapping[Question, Text]

    @property
    def takes_up_to(self) -> bool:
        return self.two_person == TwoPerson.SINGLE_UP_TO

    def rules(self, up_to: Decimal | None = None) -> tuple[PolicyRule, ...]:
        """Give the policies that it proposes; `up_to` counts where the template takes one."""
        return (
            TwoPersonPolicy(rule=self.two_person, up_to=up_to if self.takes_up_to else None),
            self.tolerance,
            ExternalApprovalPolicy(external_approval="NONE"),
            OverDeliveryPolicy(percent=Decimal(0)),
            self.reminders,
        )

    def said(self, text: Text, language: Language, up_to: Decimal | None = None) -> str:
        """Give a text in a language with its amounts, and with a word for the one that is not chosen yet."""
        tolerance = self.tolerance
        return text[language].format(
            up_to=LIMIT[language] if up_to is None else kroner(up_to, language),
            absolute=kroner(tolerance.absolute or Decimal(0), language),
            percent=plain(tolerance.percent or Decimal(0)),
            freight_cap=kroner(tolerance.freight_cap or Decimal(0), language),
        )


LIMIT: Final[Text] = {Language.DANISH: "beløbsgrænsen", Language.ENGLISH: "the limit"}
_DANISH_MARKS: Final = str.maketrans(",.", ".,")


def kroner(amount: Decimal, language: Language) -> str:
    """Write an amount of kroner as people of a language do: `1.000,00 kr.` or `DKK 1,000.00`."""
    written = f"{amount:,.2f}"
    return f"DKK {written}" if language == Language.ENGLISH else f"{written.translate(_DANISH_MARKS)} kr."


_DISPONENT: Final[Text] = {
    Language.DANISH: "godkender ordrer inden for sin prokura",
    Language.ENGLISH: "approves orders within prokura",
}
_OTHERS: Final[Mapping[Role, Text]] = {
    Role.RECEIVER: {
        Language.DANISH: "registrerer, hvad der er modtaget",
        Language.ENGLISH: "registers what was received",
    },
    Role.INVOICE_HANDLER: {
        Language.DANISH: "behandler fakturaer, der afviger eller mangler en ordre",
        Language.ENGLISH: "handles invoices that deviate or lack an order",
    },
    Role.INVOICE_APPROVER: {
        Language.DANISH: "godkender fakturaer, som endnu en person skal se",
        Language.ENGLISH: "approves invoices that one more person must see",
    },
    Role.LOCAL_ADMINISTRATOR: {
        Language.DANISH: "to personer: den ene skriver politikker, den anden offentliggør dem",
        Language.ENGLISH: "two persons: one writes policies, the other publishes them",
    },
}
_WAITS: Final[Text] = {
    Language.DANISH: (
        "Er varerne ikke modtaget, venter fakturaen på varemodtageren. En faktura, der afviger mere end tolerancen, "
        "mangler en ordre eller hører til en ordre afgivet i et andet system, venter på en fakturabehandler eller "
        "godkender."
    ),
    Language.ENGLISH: (
        "If the goods are not received, the invoice waits for the receiver. An invoice that deviates by more than the "
        "tolerance, lacks an order or belongs to an order placed in another system waits for an invoice handler or "
        "approver."
    ),
}

TEMPLATES: Final[Mapping[TemplateName, Template]] = {
    TemplateName.ONE_PERSON_UP_TO: Template(
        title={
            Language.DANISH: "Én person op til et beløb",
            Language.ENGLISH: "One person up to an amount",
        },
        two_person=TwoPerson.SINGLE_UP_TO,
        tolerance=TolerancePolicy(absolute=Decimal(100), percent=Decimal(5), freight_cap=Decimal(100)),
        reminders=DEFAULT_REMINDERS,
        roles={
            Role.BUYER: {
                Language.DANISH: "opretter ordrer; skal også være disponent for at godkende sine egne små",
                Language.ENGLISH: "makes orders; must be a disponent, too, to approve their own small ones",
            },
            Role.DISPONENT: _DISPONENT,
            **_OTHERS,
        },
        meaning={
            Question.WHO_MAKES: {
                Language.DANISH: "En indkøber opretter ordren.",
                Language.ENGLISH: "A buyer makes the order.",
            },
            Question.WHO_APPROVES: {
                Language.DANISH: (
                    "Op til {up_to} uden moms må indkøberen selv godkende, når indkøberen også er disponent og har "
                    "prokura til beløbet. Er ordren større, godkender en anden disponent."
                ),
                Language.ENGLISH: (
                    "Up to {up_to} without VAT the buyer may approve alone, being a disponent, too, with prokura for "
                    "the amount. A larger order is approved by another disponent."
                ),
            },
            Question.WHAT_PASSES: {
                Language.DANISH: (
                    "En faktura, der stemmer med ordren og det modtagne og højst er {absolute} og højst {percent} % "
                    "dyrere, godkender sig selv. Op til {up_to} har måske kun én person set købet, og derfor er "
                    "tolerancen lille."
                ),
                Language.ENGLISH: (
                    "An invoice that agrees with the order and what was received, and is at most {absolute} and at "
                    "most {percent} % dearer, approves itself. Up to {up_to} perhaps one person alone has seen the "
                    "purchase, and so the tolerance is small."
                ),
            },
            Question.WHAT_WAITS: _WAITS,
        },
    ),
    TemplateName.REQUISITIONER_AND_DISPONENT: Template(
        title={
            Language.DANISH: "Rekvirent og disponent",
            Language.ENGLISH: "Requisitioner and disponent",
        },
        two_person=TwoPerson.ORDER,
        tolerance=DEFAULT_TOLERANCE,
        reminders=DEFAULT_REMINDERS,
        roles={
            Role.REQUISITIONER: {
                Language.DANISH: "finder varerne og beder om dem",
                Language.ENGLISH: "finds the goods and asks for them",
            },
            Role.BUYER: {Language.DANISH: "opretter ordrer", Language.ENGLISH: "makes orders"},
            Role.DISPONENT: _DISPONENT,
            **_OTHERS,
        },
        meaning={
            Question.WHO_MAKES: {
                Language.DANISH: "En rekvirent finder varerne, og en indkøber opretter ordren.",
                Language.ENGLISH: "A requisitioner finds the goods, and a buyer makes the order.",
            },
            Question.WHO_APPROVES: {
                Language.DANISH: (
                    "En disponent med prokura, en anden end den, der oprettede ordren, godkender den, før den sendes, "
                    "uanset beløbet."
                ),
                Language.ENGLISH: (
                    "A disponent with prokura, another person than the one who made the order, approves it before it "
                    "is sent, whatever the amount."
                ),
            },
            Question.WHAT_PASSES: {
                Language.DANISH: (
                    "En faktura, der stemmer med ordren og det modtagne og højst er {absolute} og højst {percent} % "
                    "dyrere, godkender sig selv, for to personer har set købet. Fragt, der ikke er aftalt, tæller med, "
                    "og der må være op til {freight_cap} af den."
                ),
                Language.ENGLISH: (
                    "An invoice that agrees with the order and what was received, and is at most {absolute} and at "
                    "most {percent} % dearer, approves itself, as two persons have seen the purchase. Freight that was "
                    "not agreed on counts, and there may be up to {freight_cap} of it."
                ),
            },
            Question.WHAT_WAITS: _WAITS,
        },
    ),
    TemplateName.CENTRAL_BUYERS: Template(
        title={
            Language.DANISH: "Centrale indkøbere",
            Language.ENGLISH: "Central buyers",
        },
        two_person=TwoPerson.ORDER_OR_RECEIPT,
        tolerance=DEFAULT_TOLERANCE,
        reminders=RemindersPolicy(task_days=2, response_days=5, receipt_days=5),
        roles={
            Role.BUYER: {
                Language.DANISH: "bestiller for alle kontorer; skal også være disponent for at godkende selv",
                Language.ENGLISH: "orders for every office; must be a disponent, too, to approve alone",
            },
            Role.DISPONENT: _DISPONENT,
            **_OTHERS,
        },
        meaning={
            Question.WHO_MAKES: {
                Language.DANISH: "De centrale indkøbere opretter ordrerne for alle kontorer.",
                Language.ENGLISH: "The central buyers make the orders for every office.",
            },
            Question.WHO_APPROVES: {
                Language.DANISH: (
                    "Indkøberen må selv godkende, når indkøberen også er disponent og har prokura til beløbet. Den "
                    "anden person er varemodtageren på kontoret."
                ),
                Language.ENGLISH: (
                    "The buyer may approve alone, being a disponent, too, with prokura for the amount. The second "
                    "person is the receiver at the office."
                ),
            },
            Question.WHAT_PASSES: {
                Language.DANISH: (
                    "En faktura, der stemmer med ordren og det modtagne og højst er {absolute} og højst {percent} % "
                    "dyrere, godkender sig selv, når en anden end bestilleren har modtaget hver linje eller godkendt "
                    "ordren."
                ),
                Language.ENGLISH: (
                    "An invoice that agrees with the order and what was received, and is at most {absolute} and at "
                    "most {percent} % dearer, approves itself once somebody other than who ordered has received every "
                    "line or approved the order."
                ),
            },
            Question.WHAT_WAITS: {
                Language.DANISH: (
                    "Har den samme person bestilt, godkendt og modtaget, venter fakturaen på en godkender. "
                    + _WAITS[Language.DANISH]
                ),
                Language.ENGLISH: (
                    "If the same person ordered, approved and received, the invoice waits for an approver. "
                    + _WAITS[Language.ENGLISH]
                ),
            },
        },
    ),
}
