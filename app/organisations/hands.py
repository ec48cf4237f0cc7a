"""Whose hands are behind an act: nobody gives power to themselves, nor to whom they act for."""

from uuid import UUID

from sqlmodel import col, select

from app.kit.errors import Forbidden
from app.organisations.access import Call
from app.organisations.substitute_models import Substitution


class OwnHand(Forbidden):
    """Nobody gives roles, limits or substitutes to themselves, nor to whom they act for."""


def hands_of(call: Call) -> frozenset[UUID]:
    """Give everybody to whom the actor may give no power, for it would be the actor's own: who is behind the act, and
    for whom one of them acts today or is going to.
    """
    principals = select(Substitution.principal_id).where(
        col(Substitution.substitute_id).in_(call.actor.persons),
        col(Substitution.ended_at).is_(None),
        col(Substitution.valid_to) >= call.today,
    )
    return call.actor.persons.union(call.session.exec(principals).all())


def refuse_own_hand(call: Call, user_id: UUID, what: str) -> None:
    """Let a gift pass that is for somebody else.

    :raises OwnHand: for one to the actor, to the actor's principal, or to whom one of them acts for.
    """
    if user_id in hands_of(call):
        raise OwnHand(f"nobody gives {what} to themselves, nor to whom they act for; ask another administrator")
