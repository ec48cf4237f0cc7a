"""Every setting, read from PROKURA_* environment variables; the defaults run the embedded service."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

from app.kit.mail import address_fault, server_of

MEBIBYTE = 1024 * 1024
SHORTEST_KEY = 32


def _split(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _mail_server(value: str) -> str:
    if value:
        server_of(value)
    return value


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
"""Several words in one variable, between commas or blanks."""


MailServer = Annotated[str, AfterValidator(_mail_server)]


class TransportName(StrEnum):
    """How documents leave and come in: by folders, by an access point's gateway, or within this service."""

    FOLDER = "folder"
    HTTP = "http"
    LOOPBACK = "loopback"


class Settings(BaseSettings):
    """Settings of one process. Secrets can also be files in $PROKURA_SECRETS_DIR, named like their variable."""

    model_config = SettingsConfigDict(env_prefix="PROKURA_", extra="forbid", frozen=True, hide_input_in_errors=True)

    database_url: str = Field("sqlite:///var/prokura.db", description="SQLAlchemy address of SQLite or PostgreSQL.")
    data_folder: Path = Field(Path("var"), description="Where the embedded service keeps its files.")
    embedded_worker: bool = Field(True, description="Run the worker as a thread of the server process.")  # noqa: FBT003

    audience: str = Field("prokura", description="The `aud` that a token must carry.")
    oidc_issuers: Words = Field((), description="Issuers whose tokens are believed, found by OIDC discovery.")
    demo_issuer: bool = Field(False, description="Believe tokens of the local demo issuer.")  # noqa: FBT003
    clock: AwareDatetime | None = Field(None, description="Start the service's clock at this moment instead of now.")

    secret_key: str = Field(
        "", repr=False, description="Encrypts the secrets of suppliers' shops; a text of 32 characters or more."
    )
    allowed_private_targets: Words = Field(
        (), description="Networks or hosts on private addresses that the service may call out to."
    )
    document_limit: int = Field(32 * MEBIBYTE, description="Bytes that a posted document may have.")
    batch_limit: int = Field(
        512 * MEBIBYTE, description="Bytes that a posted batch of documents may have, packed and unpacked."
    )
    catalogue_limit: int = Field(4 * 1024 * MEBIBYTE, description="Bytes that a posted catalogue may have.")
    catalogue_at_once: int = Field(
        MEBIBYTE, description="Bytes up to which a catalogue is worked on while its sender waits; larger ones are jobs."
    )
    catalogue_chunk: int = Field(1000, ge=1, description="Lines of a catalogue that are written together.")
    body_limit: int = Field(MEBIBYTE, description="Bytes that any other body may have.")

    rate_limit: int = Field(60_000, ge=1, description="Requests a minute that a caller may make of a process.")
    stranger_rate_limit: int = Field(
        6000, ge=1, description="Requests a minute that an address may make of a process without proving who calls."
    )

    smtp_url: MailServer = Field("", description="Where mail is handed in; without it no mail leaves.")
    mail_from: str = Field("", description="The address that mail comes from.", validate_default=True)
    transport: TransportName = Field(TransportName.FOLDER, description="How documents leave and come in.")
    inbox_user: UUID | None = Field(
        None, description="Id of the system user who hands in what the transport brings.", validate_default=True
    )
    gateway_url: str = Field("", description="The access point's gateway.", validate_default=True)
    gateway_token: str = Field("", repr=False, description="Bearer token for the gateway.")
    public_url: str = Field("", description="Where people reach the service; begins the links in mails.")

    @field_validator("mail_from")
    @classmethod
    def _is_address(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("smtp_url"):
            raise ValueError("PROKURA_SMTP_URL is set, so say which address mail comes from")
        if value and (fault := address_fault(value)):
            raise ValueError(fault)
        return value

    @field_validator("inbox_user")
    @classmethod
    def _hands_in(cls, value: UUID | None, info: ValidationInfo) -> UUID | None:
        if value is None and info.data.get("transport") == TransportName.LOOPBACK:
            raise ValueError("PROKURA_TRANSPORT is loopback, so say who hands the documents in")
        return value

    @field_validator("gateway_url")
    @classmethod
    def _is_gateway(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("transport") == TransportName.HTTP:
            raise ValueError("PROKURA_TRANSPORT is http, so say where the gateway is")
        return value

    @field_validator("secret_key")
    @classmethod
    def _is_long(cls, value: str) -> str:
        if value and len(value) < SHORTEST_KEY:
            raise ValueError(f"it has {SHORTEST_KEY} characters or more, drawn by lot")
        return value

    @field_validator("public_url", "gateway_url")
    @classmethod
    def _is_web_address(cls, value: str) -> str:
        if value and not value.startswith(("https://", "http://")):
            raise ValueError("it begins with https:// or http://")
        return value.rstrip("/")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments first, then the environment, then secret files; no `.env`, which nobody looks for."""
        del dotenv_settings, file_secret_settings
        secrets = SecretsSettingsSource(settings_cls, secrets_dir=os.environ.get("PROKURA_SECRETS_DIR"))
        return init_settings, env_settings, secrets

    @property
    def outbox_folder(self) -> Path:
        return self.data_folder / "out"

    @property
    def inbox_folder(self) -> Path:
        return self.data_folder / "in"
