"""The scorer: right outcomes, right links, wrong auto-approvals and what nobody had to touch, by noise class."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bench.matchbench.twin import Twin
from bench.matchbench.world import Answer, Bill, Link, Linked, Outcome, Played, Policy, Truth

ALL = "all"
SHOWN = 10


class WrongAnswerError(Exception):
    """A system answered something that was not asked, or left a bill without an answer."""


@dataclass
class Tally:
    """What was counted of one noise class."""

    invoices: int = 0
    right: int = 0
    lines: int = 0
    right_lines: int = 0
    wrong_approvals: int = 0
    clean: int = 0
    untouched: int = 0

    def add(self, other: "Tally") -> None:
        for name in vars(self):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(frozen=True, slots=True)
class WrongApproval:
    """An approval that the policy forbids, and why."""

    bill: str
    number: str
    classes: tuple[str, ...]
    why: str


@dataclass
class Report:
    """The result: `tallies` by class (`all` is everything), and every wrong approval."""

    tallies: dict[str, Tally] = field(default_factory=lambda: {ALL: Tally()})
    wrong_approvals: list[WrongApproval] = field(default_factory=list)
    unexpected: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def whole(self) -> Tally:
        return self.tallies[ALL]

    def as_json(self) -> dict[str, object]:
        """Give what programs read; shares are in per cent."""
        whole = self.whole
        return {
            "invoices": whole.invoices,
            "wrong_auto_approvals": whole.wrong_approvals,
            "right_outcomes": str(share(whole.right, whole.invoices)),
            "right_links": str(share(whole.right_lines, whole.lines)),
            "untouched_of_clean": str(share(whole.untouched, whole.clean)),
            "clean": whole.clean,
            "lines": whole.lines,
        }


def share(part: int, whole: int) -> Decimal:
    """Give a share in per cent, to a hundredth rounded down, so that 100 means all."""
    return Decimal(part * 10_000 // whole).scaleb(-2) if whole else Decimal(100)


@dataclass
class _Open:
    """A bill whose last answer may still change."""

    bill: Bill
    tally: Tally
    first: Outcome
    last: Outcome


class Scorer:
    """Judges answers as they come. Only invoices that wait for goods may be answered again."""

    def __init__(self, policy: Policy) -> None:
        self.twin = Twin(policy)
        self.report = Report()
        self._open: dict[str, _Open] = {}

    def add(self, played: Played) -> None:
        """Take an event with its answers.

        :raises WrongAnswerError: when a bill has no answer, or an answer is about another bill.
        """
        event = played.event
        if isinstance(event, Bill):
            if [answer.bill for answer in played.answers] != [event.id]:
                raise WrongAnswerError(f"bill {event.id} needs one answer, which is about it")
            self._first(event, played.answers[0])
            return
        self.twin.see(event)
        for answer in played.answers:
            self._again(answer)

    def _first(self, bill: Bill, answer: Answer) -> None:
        one = _Open(bill, Tally(invoices=1, clean=bill.truth.clean), answer.outcome, answer.outcome)
        right, one.tally.lines = right_lines(bill, answer)
        one.tally.right_lines = right
        one.tally.untouched = bill.truth.clean and answer.outcome is Outcome.AUTO_APPROVED
        self._judge(one, answer, is_new=True)

    def _again(self, answer: Answer) -> None:
        one = self._open.pop(answer.bill, None)
        if one is None:
            raise WrongAnswerError(f"bill {answer.bill} does not wait for goods, so nothing is decided anew")
        one.last = answer.outcome
        self._judge(one, answer, is_new=False)

    def _judge(self, one: _Open, answer: Answer, *, is_new: bool) -> None:
        bill = one.bill
        why = self.twin.judge(bill, answer, is_new=is_new)
        if why is not None:
            one.tally.wrong_approvals += 1
            wrong = WrongApproval(bill.id, bill.invoice.number, bill.truth.classes, why)
            self.report.wrong_approvals.append(wrong)
        if answer.outcome is Outcome.AWAITING_RECEIPT:
            self._open[bill.id] = one
        else:
            self._close(one)

    def _close(self, one: _Open) -> None:
        truth = one.bill.truth
        is_right = one.first in truth.first and one.last in truth.last
        one.tally.right = is_right
        for name in (ALL, *dict.fromkeys(truth.classes)):
            self.report.tallies.setdefault(name, Tally()).add(one.tally)
        if not is_right:
            self.report.unexpected[truth.classes[0], f"{one.first} → {one.last}"] += 1

    def end(self) -> Report:
        """Close what still waits, and give the report."""
        for one in self._open.values():
            self._close(one)
        self._open.clear()
        return self.report


def score(played: Iterable[Played], policy: Policy) -> Report:
    """Judge everything that a system answered."""
    scorer = Scorer(policy)
    for one in played:
        scorer.add(one)
    return scorer.end()


def right_lines(bill: Bill, answer: Answer) -> tuple[int, int]:
    """Count the lines that are linked to what they truly bill, and all that are judged; a line that bills nothing on
    the order is right without a link. Which of several interchangeable order lines it is does not matter.
    """
    truth: Truth = bill.truth
    if not truth.judged:
        return 0, 0
    wanted = {link.invoice_line: link for link in truth.links}
    found: dict[str, list[Linked]] = {}
    for link in answer.links:
        found.setdefault(link.invoice_line, []).append(link)
    lines = [line.line_id for line in bill.invoice.lines]
    return sum(_is_right(wanted, found, line) for line in lines), len(lines)


def _is_right(wanted: Mapping[str, Link], found: Mapping[str, list[Linked]], line: str) -> bool:
    link, ours = wanted.get(line), found.get(line, [])
    if link is None or not ours:
        return link is None and not ours
    quantities = [one.quantity for one in ours]
    said = [quantity for quantity in quantities if quantity is not None]
    agrees = len(said) < len(ours) or sum(said) == link.quantity
    return agrees and all(one.order == link.order and one.line in link.lines for one in ours)
