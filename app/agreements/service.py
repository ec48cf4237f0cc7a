"""Steps of the agreements chapter: open, activate, suspend, end; share down the tree and take back."""

from uuid import UUID

from sqlmodel import col, select

from app.agreements import queries
from app.agreements.groups import widening
from app.agreements.messages import AgreementIn, AgreementOut, ShareIn, ShareOut
from app.agreements.models import (
    TRANSITIONS,
    Agreement,
    AgreementKind,
    AgreementStatus,
    Share,
    ShareStep,
    ShareTarget,
)
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.kit.states import advance
from app.kit.versions import require_version
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.models import Organisation
from app.organisations.permissions import Permission


class NotAtRoot(Conflict):
    """SI and SKI agreements are owned by a root organisation."""


class AgreementNotHeld(Conflict):
    """Only an organisation that owns the agreement, or has it through an unbroken share, can share it."""


class NotBelow(Conflict):
    """Agreements go down the tree: never up, never sideways, and level by level except from a root."""


class WidensShare(Conflict):
    """A share may narrow the product groups that were handed down, never widen them."""


class AlreadyRevoked(Conflict):
    """The share was taken back before."""


def open_agreement(call: Call, body: AgreementIn) -> AgreementOut:
    """Make an agreement in DRAFT.

    :raises NotAtRoot: for an SI or SKI agreement below a root.
    """
    owner = organisations.organisation(call, body.owner_id)
    supplier = organisations.supplier(call, body.supplier_id)
    require(call, Permission.AGREEMENT_MANAGE, owner.id)
    if body.kind != AgreementKind.LOCAL and owner.parent_id is not None:
        raise NotAtRoot(f"an {body.kind} agreement is owned by a root organisation; {owner.name} is not one")
    agreement = Agreement(id=new_id(call.now), root_id=owner.root_id, created_at=call.now, **body.model_dump())
    call.session.add(agreement)
    call.session.flush()
    facts = {"kind": body.kind, "supplier_id": str(supplier.id), "contract_number": body.contract_number}
    call.audit("agreement.opened", chain=owner.root_id, entity="agreement", entity_id=agreement.id, facts=facts)
    return agreement_out(agreement)


def agreement_out(agreement: Agreement) -> AgreementOut:
    return AgreementOut.model_validate(agreement, from_attributes=True)


def get_agreement(call: Call, agreement_id: UUID) -> AgreementOut:
    return agreement_out(queries.agreement(call, agreement_id))


def list_agreements(call: Call, wanted: PageQuery) -> Page[AgreementOut]:
    return page(call.session, queries.readable_agreements(call), Agreement, wanted, agreement_out)


def change_status(call: Call, agreement_id: UUID, target: AgreementStatus, if_match: str | None) -> AgreementOut:
    """Activate, suspend or end an agreement.

    :raises WrongState: when no step leads there.
    """
    agreement = queries.agreement(call, agreement_id)
    require(call, Permission.AGREEMENT_MANAGE, agreement.owner_id)
    require_version(agreement, if_match)
    advance(agreement, target, TRANSITIONS)
    action = f"agreement.{target.lower()}"
    call.audit(action, chain=agreement.root_id, entity="agreement", entity_id=agreement.id)
    return agreement_out(agreement)


def share_agreement(call: Call, agreement_id: UUID, body: ShareIn) -> ShareOut:
    """Hand an agreement on.

    :raises AgreementNotHeld: when the sharing organisation does not have it.
    :raises NotBelow: when the target is not below the sharing organisation, or levels are skipped.
    :raises WidensShare: when a product group reaches outside what was handed down.
    """
    agreement = queries.agreement(call, agreement_id)
    giver = organisations.organisation(call, body.from_organisation_id)
    require(call, Permission.AGREEMENT_SHARE, giver.id)
    parent = _held_through(call, agreement, giver)
    receiver_id = _receiver(call, agreement, giver, body)
    _refuse_widening(call, agreement, parent, body)
    share = Share(
        id=new_id(call.now),
        agreement_id=agreement.id,
        parent_id=parent.id if parent else None,
        granted_by=call.actor.id,
        granted_at=call.now,
        **body.model_dump(exclude={"organisation_id"}),
        organisation_id=receiver_id,
    )
    _add_share(call, share)
    facts = {"agreement_id": str(agreement.id), "target": body.target, "organisation_id": str(receiver_id)}
    call.audit("agreement.shared", chain=agreement.root_id, entity="share", entity_id=share.id, facts=facts)
    return share_out(share)


def _held_through(call: Call, agreement: Agreement, giver: Organisation) -> Share | None:
    if agreement.owner_id == giver.id:
        return None
    share = queries.share_held_by(call.session, agreement.id, giver.id, call.today)
    if share is None:
        raise AgreementNotHeld(f"{giver.name} neither owns this agreement nor has it through an unbroken share")
    return share


def _receiver(call: Call, agreement: Agreement, giver: Organisation, body: ShareIn) -> UUID:
    if body.user_id is not None:
        user = organisations.user(call, body.user_id)
        receiver_id, inside = user.organisation_id, True
    else:
        receiver_id, inside = body.organisation_id, body.target == ShareTarget.EVERYBODY
    if receiver_id is None or not organisations.is_below(call.session, receiver_id, giver.id):
        raise NotBelow(f"the target is not {giver.name} or below it; agreements go down the tree")
    if not inside:
        _refuse_skipping(call, agreement, giver, receiver_id)
    return receiver_id


def _refuse_skipping(call: Call, agreement: Agreement, giver: Organisation, receiver_id: UUID) -> None:
    if receiver_id == giver.id:
        raise NotBelow(f"{giver.name} has the agreement already; share it with users or further down")
    receiver = organisations.organisation(call, receiver_id)
    from_root = giver.parent_id is None and agreement.owner_id == giver.id
    if receiver.parent_id != giver.id and not from_root:
        raise NotBelow(f"{receiver.name} is not directly below {giver.name}; only a root may skip levels")


def _refuse_widening(call: Call, agreement: Agreement, parent: Share | None, body: ShareIn) -> None:
    chain = queries.chains_of(call.session, [parent.id])[parent.id] if parent else ()
    group = widening(chain, body.include_groups)
    if group is None and agreement.product_groups:
        group = next((g for g in body.include_groups if not g.startswith(tuple(agreement.product_groups))), None)
    if group is not None:
        raise WidensShare(f"product group {group} reaches outside what was handed to this organisation")


def _add_share(call: Call, share: Share) -> None:
    call.session.add(share)
    call.session.flush()
    call.session.add(ShareStep(share_id=share.id, step_id=share.id, depth=0))
    if share.parent_id is not None:
        above = call.session.exec(select(ShareStep).where(ShareStep.share_id == share.parent_id)).all()
        call.session.add_all(ShareStep(share_id=share.id, step_id=step.step_id, depth=step.depth + 1) for step in above)
    call.session.flush()


def share_out(share: Share) -> ShareOut:
    return ShareOut.model_validate(share, from_attributes=True)


def list_shares(call: Call, agreement_id: UUID, wanted: PageQuery) -> Page[ShareOut]:
    agreement = queries.agreement(call, agreement_id)
    return page(call.session, queries.readable_shares(call, agreement.id), Share, wanted, share_out)


def revoke_share(call: Call, share_id: UUID) -> ShareOut:
    """Take a share back; everything that hangs on it stops working at once, and nothing is deleted.

    :raises AlreadyRevoked: when it was taken back before.
    """
    share = queries.share(call, share_id)
    require(call, Permission.AGREEMENT_SHARE, share.from_organisation_id)
    if share.revoked_at is not None:
        raise AlreadyRevoked(f"this share was taken back at {share.revoked_at.isoformat()}")
    share.revoked_at = call.now
    agreement = call.session.exec(select(Agreement).where(col(Agreement.id) == share.agreement_id)).one()
    call.audit("share.revoked", chain=agreement.root_id, entity="share", entity_id=share.id)
    return share_out(share)
