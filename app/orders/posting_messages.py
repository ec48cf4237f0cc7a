"""What callers send and get about posting: schemes, combinations, defaults, and shares of a line."""

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from app.documents.values import Carried
from app.kit.columns import kept
from app.kit.money import Exact
from app.organisations.messages import Message, Name, ProductGroup

MOST_DIMENSIONS = 20
MOST_VALUES = 10_000
MOST_SHARES = 50


def _small(name: str) -> str:
    return " ".join(name.split()).lower()


Posting = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
DimensionName = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40, strip_whitespace=True, pattern=r"^[^;=]+$"),
    Carried,
    AfterValidator(_small),
]
Code = Annotated[
    str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True, pattern=r"^[^;]+$"), Carried
]
Length = Annotated[int, Field(strict=True, ge=1, le=100)]
ShareAmount = Annotated[Exact, Field(gt=0, decimal_places=2), AfterValidator(kept)]
SharePercent = Annotated[Exact, Field(gt=0, lt=100), AfterValidator(kept)]


class DimensionValue(Message):
    """A value that a dimension may have, and what it is called."""

    code: Code
    label: Name | None = None


class ValuePattern(Message):
    """How a value looks: how many characters, and whether all of them are digits."""

    min_length: Length = 1
    max_length: Length = 100
    digits: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> "ValuePattern":
        if self.max_length < self.min_length:
            raise ValueError(f"max_length {self.max_length} is below min_length {self.min_length}")
        return self


class Dimension(Message):
    """A dimension of postings: its name as it stands in a posting text, in small letters, what people call it, and
    which values it takes: some that are listed, those that look as the pattern says, or any.
    """

    name: DimensionName
    label: Name
    required: bool = False
    values: Annotated[list[DimensionValue], Field(min_length=1, max_length=MOST_VALUES)] | None = None
    pattern: ValuePattern | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "Dimension":
        if self.values is not None and self.pattern is not None:
            raise ValueError(f"{self.name} takes listed values or a pattern, not both")
        codes = [value.code for value in self.values or ()]
        twice = sorted({code for code in codes if codes.count(code) > 1}) if len(set(codes)) < len(codes) else []
        if twice:
            raise ValueError(f"{self.name} lists {', '.join(twice[:20])} twice")
        return self


class PostingSchemeIn(Message):
    """The dimensions that an organisation posts by, in the order in which postings name them."""

    dimensions: Annotated[list[Dimension], Field(min_length=1, max_length=MOST_DIMENSIONS)]
    combinations_only: bool = False

    @model_validator(mode="after")
    def _named_once(self) -> "PostingSchemeIn":
        called = [{dimension.name, _small(dimension.label)} for dimension in self.dimensions]
        names = [name for names in called for name in names]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"two dimensions are called {', '.join(twice)}")
        return self


class PostingSchemeOut(BaseModel):
    """The scheme that holds at an organisation; `set_at` is the organisation whose it is, there or above."""

    organisation_id: UUID
    set_at: UUID
    set_at_name: str
    dimensions: list[Dimension]
    combinations_only: bool
    combinations: int
    version: int


class CombinationsOut(BaseModel):
    """How many combinations there are after an import."""

    organisation_id: UUID
    sha256: str
    combinations: int


class CombinationOut(BaseModel):
    """Values that go together: by dimension, and as the posting text."""

    id: UUID
    accounting_cost: str
    dimensions: dict[str, str]


class PostingDefaultIn(Message):
    """The posting of lines that somebody gives none: of a user, of an agreement, of a product group, or of what is all
    that is named.
    """

    user_id: UUID | None = None
    agreement_id: UUID | None = None
    unspsc_prefix: ProductGroup | None = None
    accounting_cost: Posting

    @model_validator(mode="after")
    def _of_something(self) -> "PostingDefaultIn":
        if self.user_id is None and self.agreement_id is None and self.unspsc_prefix is None:
            raise ValueError("say of which user, agreement or product group")
        return self


class PostingDefaultOut(BaseModel):
    """A default of an organisation and all below it."""

    id: UUID
    organisation_id: UUID
    user_id: UUID | None
    agreement_id: UUID | None
    unspsc_prefix: str | None
    accounting_cost: str


class PostingIn(Message):
    """A share of a line that is posted in several places: an amount, or per cent of the line."""

    accounting_cost: Posting
    amount: ShareAmount | None = None
    percent: SharePercent | None = None

    @model_validator(mode="after")
    def _one_measure(self) -> "PostingIn":
        if (self.amount is None) == (self.percent is None):
            raise ValueError("give either an amount or a percent")
        return self


def _of_one_kind(postings: tuple[PostingIn, ...]) -> tuple[PostingIn, ...]:
    if len({posting.amount is None for posting in postings}) > 1:
        raise ValueError("give all shares as amounts, or all of them in per cent")
    if len(postings) == 1:
        raise ValueError("a line that is posted in one place has an accounting_cost and no postings")
    return postings


Postings = Annotated[tuple[PostingIn, ...], Field(max_length=MOST_SHARES), AfterValidator(_of_one_kind)]
"""How a line is split: no shares, or two and more."""


class PostingOut(BaseModel):
    """What part of a line is posted where."""

    accounting_cost: str
    amount: Exact
