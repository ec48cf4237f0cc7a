"""Reads of policies: whoever may read them at an organisation sees those set there and below, and the published ones
above that bind it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import and_, exists, or_
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app.kit.errors import NotFound
from app.organisations.access import Call, below
from app.organisations.models import OrganisationLink
from app.organisations.permissions import Permission
from app.organisations.policy_models import Policy, PolicyStatus


class PolicyNotFound(NotFound):
    """No such policy, or not for this caller."""


class BundleNotFound(NotFound):
    """No such bundle of policies, or not for this caller."""


def visible_policies(call: Call) -> SelectOfScalar[Policy]:
    """Give the policies of every branch in which the actor reads them, and the published ones that bind a branch."""
    held = call.actor.organisations(Permission.POLICY_READ)
    binding = exists().where(
        col(OrganisationLink.ancestor_id) == col(Policy.organisation_id),
        col(OrganisationLink.descendant_id).in_(list(held)),
    )
    return select(Policy).where(
        or_(below(Policy.organisation_id, held), and_(col(Policy.status) == PolicyStatus.PUBLISHED, binding))
    )


def policy(call: Call, policy_id: UUID) -> Policy:
    """Find a policy that the actor sees.

    :raises PolicyNotFound: otherwise.
    """
    found = call.session.exec(visible_policies(call).where(Policy.id == policy_id)).first()
    if found is None:
        raise PolicyNotFound(f"there is no policy {policy_id}")
    return found


def bundle(call: Call, bundle_id: UUID) -> Sequence[Policy]:
    """Find the policies of a bundle that the actor sees.

    :raises BundleNotFound: when there is none.
    """
    found = call.session.exec(
        visible_policies(call).where(Policy.bundle_id == bundle_id).order_by(col(Policy.id))
    ).all()
    if not found:
        raise BundleNotFound(f"there is no bundle of policies {bundle_id}")
    return found


def lock(session: Session, rows: Sequence[Policy]) -> None:
    """Hold policies, so that of two decisions about one at once the second sees what the first one did."""
    for row in rows:
        session.refresh(row, with_for_update=True)
