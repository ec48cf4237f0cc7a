"""A small state to test in: a root, a ministry, an institution, its people, a supplier, an agreement shared down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from fastapi import FastAPI
from sqlalchemy import Table, insert, select
from sqlmodel import Session

from app.agreements import service as agreements
from app.agreements.messages import AgreementIn, ShareIn
from app.agreements.models import AgreementKind, AgreementStatus, ShareTarget
from app.kit import calls
from app.kit.clock import FixedClock
from app.kit.config import Settings
from app.kit.db import Database
from app.kit.demo_issuer import NAME as ISSUER
from app.kit.demo_issuer import DemoIssuer
from app.kit.states import advance
from app.kit.tokens import Principal
from app.main import create_app
from app.organisations import people, service, suppliers
from app.organisations.access import Call, find_actor
from app.organisations.messages import OrganisationIn
from app.organisations.people_messages import ProkuraIn, RoleGrantIn, UserIn
from app.organisations.people_models import ProkuraPart, Role, UserKind
from app.organisations.supplier_messages import SupplierIn
from app.organisations.supplier_models import ACTIVATING, Supplier, SupplierStatus
from tests.client import Client
from tests.databases import tables_of
from tests.servers import LOOPBACK

Result = TypeVar("Result")

_Ids = tuple[dict[str, UUID], dict[str, UUID], UUID, UUID]
_Rows = list[tuple[Table, list[dict[str, Any]]]]
_worlds: dict[tuple[datetime, str], tuple[_Ids, _Rows]] = {}

NOON = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
INSTITUTION_GLN = "5798009882882"
SUPPLIER_CVR = "30714008"
CONTRACT = "K-2026-17"
SECRET_KEY = "a key of this length is for tests alone"

ADMINISTRATOR = "administrator"
"""Local administrator of the root, and so of everything."""

SECOND_ADMINISTRATOR = "second-administrator"
"""Another one, for what takes two of them."""

ROLES: Mapping[str, tuple[str, Role]] = {
    "state-content-manager": ("root", Role.CONTENT_MANAGER),
    "content-manager": ("institution", Role.CONTENT_MANAGER),
    "requisitioner": ("institution", Role.REQUISITIONER),
    "buyer": ("institution", Role.BUYER),
    "disponent": ("institution", Role.DISPONENT),
    "receiver": ("institution", Role.RECEIVER),
    "invoice-handler": ("institution", Role.INVOICE_HANDLER),
    "invoice-approver": ("institution", Role.INVOICE_APPROVER),
    "auditor": ("root", Role.AUDITOR),
    "invoice-system": ("institution", Role.INVOICE_SYSTEM),
    SECOND_ADMINISTRATOR: ("root", Role.LOCAL_ADMINISTRATOR),
}
"""Who is there beside the administrator and `supplier`: where, and as what. The disponent has prokura of 100,000."""


@dataclass(frozen=True)
class World:
    """The application with its database and clock, and the ids of what is in it; people are known by their subjects."""

    app: FastAPI
    database: Database
    clock: FixedClock
    issuer: DemoIssuer
    organisations: Mapping[str, UUID]
    people: Mapping[str, UUID]
    supplier_id: UUID
    agreement_id: UUID

    @property
    def root_id(self) -> UUID:
        return self.organisations["root"]

    @property
    def ministry_id(self) -> UUID:
        return self.organisations["ministry"]

    @property
    def institution_id(self) -> UUID:
        return self.organisations["institution"]

    def client(self, subject: str, on_behalf_of: UUID | str | None = None) -> Client:
        """Give an HTTP client that calls as one of the people, maybe on behalf of another."""
        always = {} if on_behalf_of is None else {"On-Behalf-Of": str(on_behalf_of)}
        return Client(self.app, lambda: self.issuer.mint(subject, self.clock), always)

    def id_of(self, subject: str) -> str:
        """Give the id of one of the people, of whoever was registered later too."""
        return str(self.client(subject).get("/me").json()["id"])

    def step(self, subject: str, step: Callable[..., Result], *args: Any, **kwargs: Any) -> Result:
        """Run a service step as one of the people, in a transaction of its own and without HTTP."""
        now = self.clock.now()
        return self.database.run(lambda session: step(call_of(session, subject, now), *args, **kwargs))


def build_world(database: Database, folder: Path, at: datetime = NOON, gln: str = INSTITUTION_GLN) -> World:
    """Build the state on an empty database with its tables; `folder` keeps the issuer's key, so share it for speed."""
    settings = Settings(
        database_url=database.engine.url.render_as_string(hide_password=False),
        data_folder=folder,
        demo_issuer=True,
        embedded_worker=False,
        secret_key=SECRET_KEY,
        allowed_private_targets=LOOPBACK,
    )
    clock = FixedClock(at)
    app = create_app(settings, clock)
    app.state.database.close()
    app.state.database = database
    organisations, everybody, supplier_id, agreement_id = _populate(database, at, gln)
    return World(
        app=app,
        database=database,
        clock=clock,
        issuer=DemoIssuer(folder),
        organisations=organisations,
        people=everybody,
        supplier_id=supplier_id,
        agreement_id=agreement_id,
    )


def _populate(database: Database, at: datetime, gln: str) -> _Ids:
    """Do what people would do at the doors the first time, and write the very same rows every other time."""
    if (at, gln) not in _worlds:
        ids = database.run(lambda session: _Builder(session, at, gln).build())
        _worlds[at, gln] = (ids, database.run(_rows_of, write=False))
        return ids
    ids, rows = _worlds[at, gln]

    def write(session: Session) -> None:
        for table, values in rows:
            session.connection().execute(insert(table), values)

    database.run(write)
    return ids


def _rows_of(session: Session) -> _Rows:
    connection = session.connection()
    filled = ((table, connection.execute(select(table)).mappings().all()) for table in tables_of(connection))
    return [(table, [dict(row) for row in rows]) for table, rows in filled if rows]


def call_of(session: Session, subject: str, now: datetime) -> Call:
    """Give what a service step gets when one of the people calls it."""
    return calls.Call(session, find_actor(session, Principal(ISSUER, subject), now), now)


@dataclass(frozen=True)
class _Builder:
    """Does what people would do at the doors, in one transaction."""

    session: Session
    now: datetime
    gln: str

    def build(self) -> _Ids:
        organisations = self._organisations()
        everybody = {subject: self._employee(subject, organisations) for subject in ROLES}
        for part in ProkuraPart:
            self._prokura(everybody["disponent"], organisations["institution"], part)
        supplier = SupplierIn(name="Papirgrossisten A/S", cvr=SUPPLIER_CVR)
        supplier_id = self._step("state-content-manager", suppliers.register_supplier, supplier).id
        advance(self.session.get_one(Supplier, supplier_id), SupplierStatus.ACTIVE, ACTIVATING)
        everybody["supplier"] = self._person("supplier", organisations["root"])
        self._grant(everybody["supplier"], Role.SUPPLIER, supplier_id=supplier_id)
        agreement_id = self._agreement(organisations, supplier_id)
        return organisations, everybody, supplier_id, agreement_id

    @property
    def _long_ago(self) -> date:
        return self.now.date() - timedelta(days=60)

    def _step(self, subject: str, step: Callable[..., Result], *args: Any) -> Result:
        return step(call_of(self.session, subject, self.now), *args)

    def _organisations(self) -> dict[str, UUID]:
        root, _ = service.found(self.session, "Staten", ISSUER, ADMINISTRATOR, self.now)
        ministry_id = self._below(root.id, "Ministeriet for Prøver")
        institution_id = self._below(ministry_id, "Prøveinstitutionen", self.gln)
        return {"root": root.id, "ministry": ministry_id, "institution": institution_id}

    def _below(self, parent_id: UUID, name: str, gln: str | None = None) -> UUID:
        body = OrganisationIn(parent_id=parent_id, name=name, gln=gln)
        return self._step(ADMINISTRATOR, service.create_organisation, body).id

    def _employee(self, subject: str, organisations: Mapping[str, UUID]) -> UUID:
        place, role = ROLES[subject]
        user_id = self._person(subject, organisations[place])
        self._grant(user_id, role, organisation_id=organisations[place])
        return user_id

    def _person(self, subject: str, organisation_id: UUID) -> UUID:
        kind = UserKind.SYSTEM if subject == "invoice-system" else UserKind.PERSON
        body = UserIn(issuer=ISSUER, subject=subject, name=subject, kind=kind, organisation_id=organisation_id)
        return self._step(ADMINISTRATOR, people.create_user, body).id

    def _grant(self, user_id: UUID, role: Role, **scope: UUID) -> None:
        body = RoleGrantIn(user_id=user_id, role=role, valid_from=self._long_ago, **scope)
        self._step(ADMINISTRATOR, people.grant_role, body)

    def _prokura(self, user_id: UUID, organisation_id: UUID, part: ProkuraPart) -> None:
        body = ProkuraIn(
            user_id=user_id,
            part=part,
            max_amount=Decimal(100_000),
            organisation_id=organisation_id,
            valid_from=self._long_ago,
        )
        self._step(ADMINISTRATOR, people.set_prokura, body)

    def _agreement(self, organisations: Mapping[str, UUID], supplier_id: UUID) -> UUID:
        body = AgreementIn(
            owner_id=organisations["root"],
            supplier_id=supplier_id,
            kind=AgreementKind.SI,
            binding=True,
            title="Kontorvarer",
            contract_number=CONTRACT,
            valid_from=self._long_ago,
            valid_to=self._long_ago + timedelta(days=730),
        )
        opened = self._step("state-content-manager", agreements.open_agreement, body)
        self._step("state-content-manager", agreements.change_status, opened.id, AgreementStatus.ACTIVE, '"1"')
        for giver, target, receiver in (
            ("root", ShareTarget.ORGANISATION, "ministry"),
            ("ministry", ShareTarget.ORGANISATION, "institution"),
            ("institution", ShareTarget.EVERYBODY, "institution"),
        ):
            share = ShareIn(
                from_organisation_id=organisations[giver],
                target=target,
                organisation_id=organisations[receiver],
                valid_from=self._long_ago,
            )
            self._step("state-content-manager", agreements.share_agreement, opened.id, share)
        return opened.id
