"""An organisation's order settings: each holds for everybody below it until somebody nearer settles it anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.kit.errors import Fault, Invalid
from app.kit.versions import require_version
from app.orders.approval_models import OrderSettings
from app.orders.settings_messages import OrderSettingsIn, OrderSettingsOut, SettingOut
from app.organisations import queries as organisations
from app.organisations.access import Call, as_user, may, require
from app.organisations.models import OrganisationLink
from app.organisations.people_models import User
from app.organisations.permissions import Permission

NAMES: Final = tuple(OrderSettingsIn.model_fields)
DEFAULT_ANTI_SPLIT_DAYS: Final = 0

_SETTLED = (
    select(OrderSettings)
    .join(OrganisationLink, col(OrganisationLink.ancestor_id) == col(OrderSettings.organisation_id))
    .where(OrganisationLink.descendant_id == bindparam("organisation_id"))
    .order_by(col(OrganisationLink.depth))
)


class PersonNotFit(Invalid):
    """Somebody is named for what their roles do not allow, or is nobody here."""


@dataclass(frozen=True, slots=True)
class Settled:
    """The order settings of an organisation and those above it, the nearest first."""

    rows: Sequence[OrderSettings]

    def find(self, name: str) -> tuple[Any, UUID | None]:
        """Give what holds of a setting, and the organisation that settled it."""
        found = ((getattr(row, name), row.organisation_id) for row in self.rows if getattr(row, name) is not None)
        return next(found, (None, None))

    @property
    def anti_split_days(self) -> int:
        days: int | None = self.find("anti_split_days")[0]
        return DEFAULT_ANTI_SPLIT_DAYS if days is None else days

    @property
    def required_fields(self) -> list[str]:
        return self.find("required_fields")[0] or []

    @property
    def approval_checklist(self) -> list[str]:
        return self.find("approval_checklist")[0] or []

    @property
    def receipt_checklist(self) -> list[str]:
        return self.find("receipt_checklist")[0] or []

    @property
    def default_receiver_id(self) -> UUID | None:
        receiver: UUID | None = self.find("default_receiver_id")[0]
        return receiver

    def disponent_at(self, organisation_id: UUID) -> UUID | None:
        """Give the default disponent that an organisation itself has named."""
        own = (row.default_disponent_id for row in self.rows if row.organisation_id == organisation_id)
        return next(own, None)


def settled(session: Session, organisation_id: UUID) -> Settled:
    """Give what holds at an organisation."""
    return Settled(session.exec(_SETTLED, params={"organisation_id": organisation_id}).all())


def get_settings(call: Call, organisation_id: UUID) -> OrderSettingsOut:
    organisation = organisations.organisation(call, organisation_id)
    own = call.session.get(OrderSettings, organisation.id) or OrderSettings(organisation_id=organisation.id, version=0)
    return settings_out(call, own)


def put_settings(call: Call, organisation_id: UUID, body: OrderSettingsIn, if_match: str | None) -> OrderSettingsOut:
    """Settle an organisation's orders anew; the first time `If-Match: "0"` says that there was nothing before.

    :raises PersonNotFit: when the default disponent or receiver may not do there what they are named for.
    """
    organisation = organisations.organisation(call, organisation_id)
    require(call, Permission.ORDER_SETUP, organisation.id)
    require_fit(call, organisation.id, body.default_disponent_id, Permission.ORDER_APPROVE, "/default_disponent_id")
    require_fit(call, organisation.id, body.default_receiver_id, Permission.ORDER_RECEIVE, "/default_receiver_id")
    own = call.session.get(OrderSettings, organisation.id, with_for_update=True)
    if own is None:
        own = OrderSettings(organisation_id=organisation.id, version=0)
        require_version(own, if_match)
        call.session.add(own)
    else:
        require_version(own, if_match)
    for name in NAMES:
        setattr(own, name, getattr(body, name))
    call.session.flush()
    call.audit(
        "order_settings.set", chain=organisation.root_id, entity="organisation", entity_id=organisation.id, facts={}
    )
    return settings_out(call, own)


def require_fit(
    call: Call, organisation_id: UUID, user_id: UUID | None, permission: Permission | None, pointer: str
) -> None:
    """Let somebody be named only who is here, and whose roles allow it where they are needed.

    :raises PersonNotFit: otherwise.
    """
    if user_id is None:
        return
    if call.session.get(User, user_id) is None:
        raise _not_fit(f"there is no user {user_id}", pointer)
    if permission is None:
        if not _is_near(call, user_id, organisation_id):
            raise _not_fit(f"there is no user {user_id}", pointer)
        return
    if not may(as_user(call, user_id), permission, organisation_id):
        raise _not_fit(f"user {user_id} has no role there that allows {permission}", pointer)


def _is_near(call: Call, user_id: UUID, organisation_id: UUID) -> bool:
    """Tell whether somebody belongs to the same root, so that no name of another tree can be tried."""
    at = call.session.get_one(User, user_id).organisation_id
    roots = {organisations.upwards(call.session, place)[-1].id for place in (at, organisation_id) if place is not None}
    return at is not None and len(roots) == 1


def _not_fit(message: str, pointer: str) -> PersonNotFit:
    return PersonNotFit(message, faults=[Fault(message, pointer=pointer)])


def settings_out(call: Call, own: OrderSettings) -> OrderSettingsOut:
    found = settled(call.session, own.organisation_id)
    effective = {name: found.find(name) for name in NAMES}
    return OrderSettingsOut(
        organisation_id=own.organisation_id,
        own=OrderSettingsIn.model_validate(own.model_dump(include=set(NAMES))),
        effective={name: SettingOut(value=value, organisation_id=by) for name, (value, by) in effective.items()},
        version=own.version,
    )
