"""What callers send and get about their notices."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, model_validator

from app.kit.mail import address_fault
from app.organisations.messages import Message
from app.organisations.notice_models import Language, NoticeMode


def _checked_address(value: str) -> str:
    if fault := address_fault(value):
        raise ValueError(fault)
    return value


MailAddress = Annotated[str, AfterValidator(_checked_address)]


class NoticesIn(Message):
    """How the caller wants to be told of tasks. Without an address, any that was kept is erased."""

    address: MailAddress | None = None
    language: Language = Language.DANISH
    mode: NoticeMode

    @model_validator(mode="after")
    def _addressed(self) -> "NoticesIn":
        if self.mode != NoticeMode.NONE and self.address is None:
            raise ValueError(f"{self.mode} takes an address; NONE takes none")
        return self


class NoticesOut(BaseModel):
    """How the caller is told of tasks; `last_error` says why the last mail has not left."""

    address: str | None
    language: Language
    mode: NoticeMode
    next_mail_at: datetime | None
    last_mail_at: datetime | None
    last_error: str | None
    version: int
