"""Catalogues to search in: many agreements of very different sizes, some of them shared with one institution, and lines
with names of our own making that look Danish: what a thing is made of or for, what it is, its colour and size.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import accumulate
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from app.agreements.models import Agreement, AgreementKind, AgreementStatus, Share, ShareStep, ShareTarget
from app.catalogs.indexing import entry_of, index_lines
from app.catalogs.lines import row_of
from app.catalogs.models import Catalogue, CatalogueLine, CatalogueVersion, VersionState
from app.documents.catalogue import CatalogueLine as Line
from app.documents.catalogue import PriceBracket
from app.documents.item import Certificate, Classification, Item
from app.documents.party import Party
from app.documents.price import Price
from app.documents.values import Identifier
from app.kit.archive import ArchivedDocument, Direction
from app.kit.clock import business_day
from app.kit.ids import new_id
from app.kit.money import Quantity
from app.organisations.access import Actor, Grant
from app.organisations.models import Organisation, OrganisationLink
from app.organisations.people_models import Role, User
from app.organisations.supplier_models import Supplier

NOW = datetime(2026, 3, 2, 11, tzinfo=UTC)
BEGUN = NOW - timedelta(days=300)
TODAY, BEGUN_ON = business_day(NOW), business_day(BEGUN)
CHUNK = 1_000


def _words(text: str) -> list[str]:
    return text.split()


FIRST = _words(
    "kontor skrivebord møde arkiv bog papir kopi blæk laser plast stål træ glas læder køkken kaffe te vand "
    "rengørings gulv vindue toilet affald sække skole tavle tegne farve maler værktøjs bor skrue sikkerheds "
    "arbejds regn vinter hospital sårpleje hånd mund forbindings operations lampe loft væg bord gulvtæppe "
    "netværks skærm data mobil oplader batteri haven græs sne salt vej cykel bil lastbil post konvolut kuvert "
    "etiket tape snor hæfte clips hulle"
)
LAST = _words(
    "stol bord reol skab lampe papir mappe ringbind pen blyant viskelæder saks lim tape konvolut blok hæfte "
    "kalender tavle skærm tastatur mus kabel adapter oplader batteri printer patron toner scanner telefon holder "
    "taske kasse boks spand klud svamp sæbe creme handske maske kittel forbinding plaster kop krus tallerken "
    "bestik gryde kande termokande filter pose sæk rulle serviet dispenser børste kost skovl hammer sav "
    "boremaskine bits skrue søm plade liste maling pensel trøje jakke sko støvle hjelm brille cykel lås nøgle "
    "skilt vogn stige"
)
COLOURS = _words("hvid sort grå blå rød grøn gul brun klar sølv beige lilla orange turkis")
LABELS = ("Svanemærket", "EU-Blomsten", "FSC", "Fairtrade")
BEGINNINGS = _words("b bl d dr f fl g gr h k kl kr l m n p pl r s sk sl st str t tr v")
VOWELS = _words("a e i o u y æ ø å")
ENDINGS = _words("b d g k l m n p r s t v nd ng rk rm lt st")


@dataclass(frozen=True)
class Size:
    """How much of everything; `visible` agreements of all are shared with the institution."""

    lines: int
    agreements: int
    visible: int
    words: int


@dataclass
class Goods:
    """The state, made from one seed; lines are made while they are written, so that a million needs no memory."""

    size: Size
    chance: random.Random = field(default_factory=lambda: random.Random(20260302))

    def __post_init__(self) -> None:
        self.compounds = [f"{first}{last}" for first in FIRST for last in LAST]
        self.chance.shuffle(self.compounds)
        self.strange = sorted({self._syllables() for _ in range(self.size.words)})
        self.chance.shuffle(self.strange)
        self._often = {
            id(words): list(accumulate(1 / (place + 5) for place in range(len(words))))
            for words in (self.compounds, self.strange, LAST)
        }

    def _syllables(self) -> str:
        parts = (BEGINNINGS, VOWELS, ENDINGS)
        return "".join(self.chance.choice(part) for _ in range(self.chance.choice((1, 2, 2, 3))) for part in parts)

    def often(self, words: list[str], count: int = 1) -> list[str]:
        """Give words of a list, the first ones far more often than the last, as in any language."""
        return self.chance.choices(words, cum_weights=self._often[id(words)], k=count)

    def state(self) -> tuple[list[SQLModel], list[tuple[UUID, int]], Actor]:
        """Give the rows around the lines, each catalogue's id with how many lines it has, and who searches."""
        place, supplier_ids = new_id(BEGUN), [new_id(BEGUN) for _ in range(50)]
        actor = Actor(new_id(BEGUN), place, (Grant(Role.BUYER, place, None),))
        document = ArchivedDocument(
            id=new_id(BEGUN),
            direction=Direction.IN,
            sender="bench",
            sha256="0" * 64,
            media_type="application/xml",
            document_type="Catalogue",
            number="1",
            content=b"",
            archived_at=BEGUN,
        )
        rows: list[SQLModel] = [
            Organisation(id=place, parent_id=None, root_id=place, name="Institutionen", created_at=BEGUN),
            OrganisationLink(descendant_id=place, ancestor_id=place, depth=0, since_on=BEGUN_ON),
            User(id=actor.id, issuer="bench", subject="1", name="Indkøber", organisation_id=place, created_at=BEGUN),
            document,
        ]
        rows += [
            Supplier(
                id=supplier_id,
                name=f"Leverandør {number}",
                endpoint_scheme_id="GLN",
                endpoint_id=str(number),
                profiles=[],
                warnings=[],
                registered_at=BEGUN,
            )
            for number, supplier_id in enumerate(supplier_ids)
        ]
        weights = [1 / (number + 5) ** 0.9 for number in range(self.size.agreements)]
        sizes = [max(1, round(self.size.lines * weight / sum(weights))) for weight in weights]
        self.chance.shuffle(sizes)
        seen = set(self.chance.sample(range(self.size.agreements), self.size.visible))
        catalogues = []
        for number, lines in enumerate(sizes):
            made = self._agreement(number, place, actor.id, document.id, supplier_ids, is_seen=number in seen)
            rows += made
            catalogues.append((next(row.id for row in made if isinstance(row, Catalogue)), lines))
        return rows, catalogues, actor

    def _agreement(
        self, number: int, place: UUID, user_id: UUID, document_id: UUID, suppliers: list[UUID], *, is_seen: bool
    ) -> list[SQLModel]:
        agreement = Agreement(
            id=new_id(BEGUN),
            owner_id=place,
            root_id=place,
            supplier_id=self.chance.choice(suppliers),
            kind=self.chance.choice(list(AgreementKind)),
            binding=number % 2 == 0,
            title=f"Aftale {number}",
            contract_number=str(number),
            currency="DKK",
            product_groups=[],
            valid_from=BEGUN_ON,
            valid_to=BEGUN_ON + timedelta(days=1000),
            status=AgreementStatus.ACTIVE,
            created_at=BEGUN,
            changed_on=BEGUN_ON,
        )
        catalogue = Catalogue(
            id=new_id(BEGUN),
            supplier_id=agreement.supplier_id,
            number=str(number),
            organisation_id=place,
            agreement_id=agreement.id,
            created_at=BEGUN,
        )
        version = CatalogueVersion(
            id=new_id(BEGUN),
            catalogue_id=catalogue.id,
            ordinal=1,
            document_id=document_id,
            status=VersionState.APPROVED,
            live_from=BEGUN_ON,
            compared_on=BEGUN_ON,
            change_summary={},
            envelope={},
            faults=[],
            received_at=BEGUN,
            received_from=user_id,
        )
        rows: list[SQLModel] = [agreement, catalogue, version]
        if is_seen:
            share = Share(
                id=new_id(BEGUN),
                agreement_id=agreement.id,
                from_organisation_id=place,
                target=ShareTarget.EVERYBODY,
                organisation_id=place,
                include_groups=[],
                exclude_groups=[],
                valid_from=BEGUN_ON,
                granted_by=user_id,
                granted_at=BEGUN,
                effective_from=BEGUN_ON,
                narrowings="[]",
                settled_on=BEGUN_ON,
            )
            rows += [share, ShareStep(share_id=share.id, step_id=share.id, depth=0)]
        return rows

    def lines(self, catalogue_id: UUID, count: int, written: int = 0) -> list[Line]:
        """Give so many lines of a catalogue, behind those that are written."""
        own = self._own(catalogue_id)
        return [self._line(number, own) for number in range(written, written + count)]

    def _own(self, catalogue_id: UUID) -> list[str]:
        """Give what a catalogue is about: a few things, and not all there are."""
        return random.Random(catalogue_id.int).sample(self.compounds, 150)

    def _line(self, number: int, own: list[str]) -> Line:
        thing, size = self.chance.choice(own), self.chance.choice(("A4", "A3", "80 g", "2 m", "10 stk", "XL", "500 ml"))
        name = f"{thing.capitalize()} {self.chance.choice(COLOURS)} {self.often(self.strange)[0]} {size}"
        told = [*self.often(LAST, 2), *self.often(self.compounds, 2), *self.often(self.strange, 5)]
        item = Item.model_construct(
            name=name,
            descriptions=(f"{' '.join(told[:5])}, {' '.join(told[5:])}.",),
            keywords=(thing,),
            manufacturer_name=self.often(self.strange)[0].upper(),
            sellers_item_id=Identifier.model_construct(value=f"V{self.chance.randrange(10**7):07d}"),
            standard_item_id=Identifier.model_construct(
                value=f"57{self.chance.randrange(self.size.lines // 2):011d}", scheme_id="GTIN"
            ),
            manufacturers_item_id=Identifier.model_construct(
                value=f"{thing[:2].upper()}-{self.chance.randrange(10**6):06d}"
            ),
            classifications=(Classification.model_construct(code=f"44{self.chance.randrange(10, 14)}1704"),),
            certificates=self._labels(),
        )
        price = Price.model_construct(
            price_amount=Decimal(self.chance.randrange(500, 200_000)).scaleb(-2),
            currency="DKK",
            base_quantity=Quantity(Decimal(1), "EA"),
        )
        bracket = PriceBracket.model_construct(price=price, lead_time=Quantity(Decimal(number % 9 + 1), "DAY"))
        return Line.model_construct(
            line_id=str(number), action_code="Add", orderable_unit="EA", brackets=(bracket,), item=item
        )

    def _labels(self) -> tuple[Certificate, ...]:
        if self.chance.random() > 0.2:
            return ()
        label = self.chance.choice(LABELS)
        issuer = Party.model_construct(name="Mærkningen")
        return (Certificate.model_construct(id=label, type_code="MARK", type=label, issuer=issuer),)


def write_rows(session: Session, rows: Sequence[SQLModel]) -> None:
    """Write rows down, each table after those that it refers to."""
    by_table: dict[str, list[SQLModel]] = {}
    for row in rows:
        by_table.setdefault(str(row.__tablename__), []).append(row)
    for table in SQLModel.metadata.sorted_tables:
        of_table = [row.model_dump() for row in by_table.get(table.name, [])]
        for first in range(0, len(of_table), CHUNK):
            session.connection().execute(insert(table), of_table[first : first + CHUNK])


def write_lines(session: Session, catalogue_id: UUID, lines: Sequence[Line]) -> None:
    """Write lines of a catalogue's first version, as staging does."""
    first_id = new_id(BEGUN).int
    rows = [row_of(line, catalogue_id, 1, UUID(int=first_id + number)) for number, line in enumerate(lines)]
    session.connection().execute(insert(CatalogueLine), rows)
    index_lines(session, catalogue_id, 1, (entry_of(row["id"], line) for row, line in zip(rows, lines, strict=True)))
