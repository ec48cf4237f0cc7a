"""Steps of the agreements chapter: open, activate, suspend, end; share down the tree, take back and give again."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col, select

from app.agreements import queries
from app.agreements.changing import require_e_orders
from app.agreements.expiring import plan_warnings
from app.agreements.groups import Narrowing, narrowed, read_chain, widening, written
from app.agreements.history import record
from app.agreements.messages import AgreementIn, AgreementOut, ShareIn, ShareOut
from app.agreements.models import (
    TRANSITIONS,
    Agreement,
    AgreementKind,
    AgreementStatus,
    Share,
    ShareRevocation,
    ShareStep,
    ShareTarget,
)
from app.agreements.views import agreement_out, share_out
from app.kit.errors import Conflict
from app.kit.ids import new_id
from app.kit.pages import Page, PageQuery, page
from app.kit.states import advance
from app.kit.versions import require_version
from app.organisations import queries as organisations
from app.organisations.access import Call, require
from app.organisations.models import Organisation
from app.organisations.permissions import Permission
from app.organisations.supplier_standing import require_verified
from app.organisations.tree import hold


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


class NotRevoked(Conflict):
    """The share was not taken back, so there is nothing to restore."""


def open_agreement(call: Call, body: AgreementIn) -> AgreementOut:
    """Make an agreement in DRAFT.

    :raises NotAtRoot: for an SI or SKI agreement below a root.
    :raises SupplierNotVerified: with a supplier that is known from a document alone.
    """
    owner = organisations.organisation(call, body.owner_id)
    supplier = organisations.supplier(call, body.supplier_id)
    require(call, Permission.AGREEMENT_MANAGE, owner.id)
    if body.kind != AgreementKind.LOCAL and owner.parent_id is not None:
        raise NotAtRoot(f"an {body.kind} agreement is owned by a root organisation; {owner.name} is not one")
    require_verified(supplier)
    require_e_orders(supplier, mandatory=body.mandatory_e_order)
    agreement = Agreement(
        id=new_id(call.now),
        root_id=owner.root_id,
        created_at=call.now,
        changed_on=call.today,
        **body.model_dump(exclude={"charges", "catalogue_limits"}),
        charges=[charge.model_dump(mode="json") for charge in body.charges],
        catalogue_limits=body.catalogue_limits.model_dump(mode="json") if body.catalogue_limits is not None else None,
    )
    call.session.add(agreement)
    record(call, agreement)
    facts = {"kind": body.kind, "supplier_id": str(supplier.id), "contract_number": body.contract_number}
    call.audit("agreement.opened", chain=owner.root_id, entity="agreement", entity_id=agreement.id, facts=facts)
    return agreement_out(call, agreement)


def get_agreement(call: Call, agreement_id: UUID) -> AgreementOut:
    return agreement_out(call, queries.agreement(call, agreement_id))


def list_agreements(call: Call, wanted: PageQuery) -> Page[AgreementOut]:
    query = queries.readable_agreements(call)
    return page(call.session, query, Agreement, wanted, lambda row: agreement_out(call, row))


def change_status(call: Call, agreement_id: UUID, target: AgreementStatus, if_match: str | None) -> AgreementOut:
    """Activate, suspend or end an agreement.

    :raises WrongState: when no step leads there.
    """
    agreement = queries.agreement(call, agreement_id)
    require(call, Permission.AGREEMENT_MANAGE, agreement.owner_id)
    require_version(agreement, if_match)
    advance(agreement, target, TRANSITIONS)
    if target == AgreementStatus.ACTIVE:
        require_e_orders(organisations.supplier(call, agreement.supplier_id), mandatory=agreement.mandatory_e_order)
    plan_warnings(call.session, agreement, call.now)
    record(call, agreement)
    action = f"agreement.{target.lower()}"
    call.audit(action, chain=agreement.root_id, entity="agreement", entity_id=agreement.id)
    return agreement_out(call, agreement)


def share_agreement(call: Call, agreement_id: UUID, body: ShareIn) -> ShareOut:
    """Hand an agreement on.

    :raises AgreementNotHeld: when the sharing organisation does not have it.
    :raises NotBelow: when the target is not below the sharing organisation, or levels are skipped.
    :raises WidensShare: when a product group reaches outside what was handed down.
    """
    agreement = queries.agreement(call, agreement_id)
    giver = organisations.organisation(call, body.from_organisation_id)
    require(call, Permission.AGREEMENT_SHARE, giver.id)
    queries.lock(call.session, agreement)
    held = _held_through(call, agreement, giver)
    receiver_id = _receiver(call, agreement, giver, body)
    parent = _covering(agreement, held, body)
    share = _hung_on(parent, body, call.today)
    share.agreement_id, share.organisation_id = agreement.id, receiver_id
    share.id, share.granted_by, share.granted_at = new_id(call.now), call.actor.id, call.now
    _add_share(call, share)
    facts = {"agreement_id": str(agreement.id), "target": body.target, "organisation_id": str(receiver_id)}
    call.audit("agreement.shared", chain=agreement.root_id, entity="share", entity_id=share.id, facts=facts)
    return share_out(share)


def _held_through(call: Call, agreement: Agreement, giver: Organisation) -> Sequence[Share]:
    """Give the shares by which an organisation has the agreement; none when it owns it."""
    if agreement.owner_id == giver.id:
        return ()
    held = queries.shares_held_by(call.session, agreement.id, giver.id, call.today)
    if not held:
        raise AgreementNotHeld(f"{giver.name} neither owns this agreement nor has it through an unbroken share")
    return held


def _receiver(call: Call, agreement: Agreement, giver: Organisation, body: ShareIn) -> UUID:
    receiver_id = _place_of(call, body)
    if receiver_id is not None:
        hold(call.session, receiver_id)
    if receiver_id is None or not organisations.is_below(call.session, receiver_id, giver.id):
        raise NotBelow(f"the target is not {giver.name} or below it; agreements go down the tree")
    if body.target == ShareTarget.ORGANISATION:
        _refuse_skipping(call, agreement, giver, receiver_id)
    return receiver_id


def _place_of(call: Call, body: ShareIn) -> UUID | None:
    """Give the organisation that a share is for, or whose user or group it is for."""
    if body.user_id is not None:
        return organisations.user(call, body.user_id).organisation_id
    if body.group_id is not None:
        return queries.user_group(call, body.group_id).organisation_id
    return organisations.organisation(call, body.organisation_id or UUID(int=0)).id


def _refuse_skipping(call: Call, agreement: Agreement, giver: Organisation, receiver_id: UUID) -> None:
    if receiver_id == giver.id:
        raise NotBelow(f"{giver.name} has the agreement already; share it with users or further down")
    receiver = organisations.organisation(call, receiver_id)
    from_root = giver.parent_id is None and agreement.owner_id == giver.id
    if receiver.parent_id != giver.id and not from_root:
        raise NotBelow(f"{receiver.name} is not directly below {giver.name}; only a root may skip levels")


def _covering(agreement: Agreement, held: Sequence[Share], body: ShareIn) -> Share | None:
    """Pick the share that the new one hangs on: of those held the oldest that covers every group of the new one.

    :raises WidensShare: when none does, or a group is none of the agreement's.
    """
    chains = queries.chains_of(held)
    outside = [widening(chains[share.id], body.include_groups) for share in held]
    covering = next((share for share, group in zip(held, outside, strict=True) if group is None), None)
    group = widening((Narrowing(tuple(agreement.product_groups)),), body.include_groups)
    if held and covering is None:
        group = outside[0]
    if group is not None:
        raise WidensShare(f"product group {group} reaches outside what was handed to this organisation")
    return covering


def _hung_on(parent: Share | None, body: ShareIn, today: date) -> Share:
    """Give a share with what follows from its chain, which is unbroken, or nothing could be hung on it."""
    own = Narrowing(tuple(body.include_groups), tuple(body.exclude_groups))
    chain = narrowed((*(read_chain(parent.narrowings) if parent else ()), own))
    starts = [body.valid_from, parent.effective_from] if parent else [body.valid_from]
    ends = [day for day in (body.valid_to, parent.effective_to if parent else None) if day is not None]
    return Share(
        **body.model_dump(exclude={"organisation_id"}),
        parent_id=parent.id if parent else None,
        effective_from=max(starts),
        effective_to=min(ends, default=None),
        narrowings=written(chain),
        settled_on=today,
    )


def _add_share(call: Call, share: Share) -> None:
    call.session.add(share)
    call.session.flush()
    call.session.add(ShareStep(share_id=share.id, step_id=share.id, depth=0))
    if share.parent_id is not None:
        above = call.session.exec(select(ShareStep).where(ShareStep.share_id == share.parent_id)).all()
        call.session.add_all(ShareStep(share_id=share.id, step_id=step.step_id, depth=step.depth + 1) for step in above)
    call.session.flush()


def list_shares(call: Call, agreement_id: UUID, wanted: PageQuery) -> Page[ShareOut]:
    agreement = queries.agreement(call, agreement_id)
    return page(call.session, queries.readable_shares(call, agreement.id), Share, wanted, share_out)


def revoke_share(call: Call, share_id: UUID) -> ShareOut:
    """Take a share back; everything that hangs on it stops working at once, and nothing is deleted.

    :raises AlreadyRevoked: when it was taken back before.
    """
    share, agreement = _own_share(call, share_id)
    if share.revoked_at is not None:
        raise AlreadyRevoked(f"this share was taken back at {share.revoked_at.isoformat()}")
    share.revoked_at = call.now
    call.session.add(
        ShareRevocation(id=new_id(call.now), share_id=share.id, revoked_at=call.now, revoked_by=call.actor.id)
    )
    _count_breaks(call, share, more=1)
    call.audit("share.revoked", chain=agreement.root_id, entity="share", entity_id=share.id)
    return share_out(share)


def restore_share(call: Call, share_id: UUID) -> ShareOut:
    """Give again what was taken back; what hangs on it works again, but for what another revoked step stops.

    :raises NotRevoked: when it was not taken back.
    :raises NotBelow: when a reorganisation has parted giver and receiver since.
    """
    share, agreement = _own_share(call, share_id)
    if share.revoked_at is None:
        raise NotRevoked("this share is not taken back")
    hold(call.session, share.organisation_id)
    if not organisations.is_below(call.session, share.organisation_id, share.from_organisation_id):
        raise NotBelow("a reorganisation has parted the two; the receiver is no longer below the giver")
    share.revoked_at = None
    ended = select(ShareRevocation).where(
        ShareRevocation.share_id == share.id, col(ShareRevocation.restored_at).is_(None)
    )
    revocation = call.session.exec(ended).one()
    revocation.restored_at, revocation.restored_by = call.now, call.actor.id
    _count_breaks(call, share, more=-1)
    call.audit("share.restored", chain=agreement.root_id, entity="share", entity_id=share.id)
    return share_out(share)


def _own_share(call: Call, share_id: UUID) -> tuple[Share, Agreement]:
    """Find a share that the actor may take back or give again, with its agreement, and as it is once no other change of
    the agreement's shares is under way.
    """
    share = queries.share(call, share_id)
    require(call, Permission.AGREEMENT_SHARE, share.from_organisation_id)
    agreement = call.session.exec(select(Agreement).where(col(Agreement.id) == share.agreement_id)).one()
    queries.lock(call.session, agreement)
    call.session.refresh(share)
    return share, agreement


def _count_breaks(call: Call, share: Share, *, more: int) -> None:
    """Tell the share and everything that hangs on it that one more step of the chain is broken, or one fewer."""
    call.session.flush()
    hanging = select(ShareStep.share_id).where(ShareStep.step_id == share.id)
    call.session.connection().execute(
        update(Share)
        .where(col(Share.id).in_(hanging))
        .values(broken_steps=col(Share.broken_steps) + more, settled_on=call.today)
    )
    call.session.refresh(share)
