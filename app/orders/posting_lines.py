"""Where the lines of an order are posted: given, or of the order, or by default, as the organisation's scheme allows.

A line in one place has its posting in `accounting_cost`; a split line has shares, and there the posting of its first
share. OIOUBL has one AccountingCost a line, so a split line is sent with that of its first share: the supplier repeats
it on the invoice, and the shares are the buyer's own affair.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Protocol
from uuid import UUID

from sqlalchemy.orm import object_session
from sqlmodel import Session

from app.kit.errors import Fault, Invalid
from app.kit.ids import new_id
from app.orders import posting_queries as queries
from app.orders.messages import OrderLineOut
from app.orders.models import PurchaseOrder, PurchaseOrderLine
from app.orders.posting import posting_of
from app.orders.posting_messages import PostingIn, PostingOut
from app.orders.posting_models import PostingShare
from app.orders.postings import Scheme, check, default_for, scaled, share_faults, shares
from app.organisations.access import Call
from app.organisations.prokura import LineAmount


class PostingNotAllowed(Invalid):
    """A posting is not one that the organisation's scheme allows, or shares do not add up; each is named."""


class Postable(Protocol):
    """A line as it is sent, with where it is posted."""

    @property
    def accounting_cost(self) -> str | None: ...

    @property
    def postings(self) -> Sequence[PostingIn]: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """What postings of an organisation are checked against."""

    session: Session
    scheme: Scheme | None

    @classmethod
    def of(cls, session: Session, organisation_id: UUID) -> "Rules":
        return cls(session, queries.scheme_of(queries.scheme_row(session, organisation_id)))

    def normalised(self, text: str) -> str:
        return self.scheme.normalised(text) if self.scheme is not None else text

    def faults(self, text: str, pointer: str) -> list[Fault]:
        """Tell what is wrong with a posting text that stands at a place of a body."""
        near: Sequence[str] = ()
        if self.scheme is not None and self.scheme.combinations_only:
            near = queries.combinations_like(self.session, self.scheme, self.normalised(text))
        return [replace(fault, pointer=pointer) for fault in check(self.scheme, near, text)]

    def share_faults(self, amount: Decimal, postings: Sequence[PostingIn], pointer: str) -> list[Fault]:
        """Tell what is wrong with the shares of a line that stands at a place of a body."""
        found = [replace(fault, pointer=f"{pointer}/postings") for fault in share_faults(amount, postings)]
        for index, posting in enumerate(postings):
            found += self.faults(posting.accounting_cost, f"{pointer}/postings/{index}/accounting_cost")
        return found


def post_lines(
    call: Call, order: PurchaseOrder, lines: Sequence[PurchaseOrderLine], wanted: Sequence[Postable]
) -> None:
    """Post the lines of a new order, which were written already: where each says, else where the order says, else by
    the default for its maker, agreement and product group. Postings are kept in the scheme's order of dimensions.

    :raises PostingNotAllowed: naming each posting that the scheme does not allow, and shares that do not add up.
    """
    rules = Rules.of(call.session, order.organisation_id)
    faults: list[Fault] = []
    if order.accounting_cost is not None:
        faults += rules.faults(order.accounting_cost, "/accounting_cost")
        order.accounting_cost = rules.normalised(order.accounting_cost)
    has_open = any(not (one.accounting_cost or one.postings or order.accounting_cost) for one in wanted)
    defaults = queries.defaults_above(call.session, order.organisation_id) if has_open else []
    for index, (line, one) in enumerate(zip(lines, wanted, strict=True)):
        pointer = f"/lines/{index}"
        if one.postings:
            faults += rules.share_faults(line.ordered_amount, one.postings, pointer)
            line.accounting_cost = rules.normalised(one.postings[0].accounting_cost)
            continue
        default = default_for(defaults, order.maker_id, order.agreement_id, line.unspsc)
        text = one.accounting_cost or order.accounting_cost or default or ""
        if one.accounting_cost or not order.accounting_cost:
            faults += rules.faults(text, f"{pointer}/accounting_cost")
        line.accounting_cost = rules.normalised(text) or None
    if faults:
        raise PostingNotAllowed("some postings are not allowed; see `errors`", faults=faults)
    for line, one in zip(lines, wanted, strict=True):
        if one.postings:
            call.session.add_all(_shares(call, rules, line, one.postings))
    call.session.flush()


def _shares(call: Call, rules: Rules, line: PurchaseOrderLine, postings: Sequence[PostingIn]) -> Iterator[PostingShare]:
    amounts = shares(line.ordered_amount, postings)
    for position, (posting, amount) in enumerate(zip(postings, amounts, strict=True), start=1):
        text = rules.normalised(posting.accounting_cost)
        yield PostingShare(
            id=new_id(call.now), order_line_id=line.id, position=position, accounting_cost=text, amount=amount
        )


def share_anew(session: Session, lines: Sequence[PurchaseOrderLine]) -> None:
    """Let the shares of split lines add up to what is ordered now, in the proportion that they had."""
    found = queries.shares_of(session, (line.id for line in lines))
    for line in lines:
        parts = found.get(line.id, [])
        for share, amount in zip(parts, scaled(line.ordered_amount, [part.amount for part in parts]), strict=True):
            share.amount = amount


def amounts_by_posting(amounts: Sequence[Decimal], lines: Sequence[PurchaseOrderLine]) -> list[LineAmount]:
    """Give lines of these amounts as prokura is tested on them: a split line as its shares, in their proportion."""
    session = object_session(lines[0]) if lines else None
    split = queries.shares_of(session, (line.id for line in lines)) if isinstance(session, Session) else {}
    return [
        part
        for amount, line in zip(amounts, lines, strict=True)
        for part in _parts(amount, line, split.get(line.id, []))
    ]


def _parts(amount: Decimal, line: PurchaseOrderLine, split: Sequence[PostingShare]) -> list[LineAmount]:
    if not split:
        return [LineAmount(amount, line.unspsc, posting_of(line.accounting_cost))]
    parts = scaled(amount, [share.amount for share in split])
    return [
        LineAmount(part, line.unspsc, posting_of(share.accounting_cost))
        for part, share in zip(parts, split, strict=True)
    ]


def with_shares(session: Session, lines: list[OrderLineOut]) -> list[OrderLineOut]:
    """Give the lines of an order with the shares of those that are split."""
    found = queries.shares_of(session, (line.id for line in lines))
    for line in lines:
        line.postings = [PostingOut(**share.model_dump()) for share in found.get(line.id, ())]
    return lines
