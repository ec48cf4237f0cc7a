"""The state that `/match` is measured on: suppliers by their registration, orders and receipts by bulk insert."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from app.documents.numbers import normalised_number
from app.documents.order import OrderLine
from app.kit.clock import SystemClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.orders.models import OrderStatus, OrderType, PurchaseOrder, PurchaseOrderLine
from app.organisations import suppliers
from app.organisations.supplier_messages import SupplierIn
from bench.papers import Paper
from tests.world import INSTITUTION_GLN, World, build_world

Row = dict[str, Any]
BATCH = 200


def built(database: Database, folder: Path, papers: Sequence[Paper]) -> World:
    """Build the world with the papers' suppliers and their orders, all of them received."""
    world = build_world(database, folder, SystemClock().now())
    known = {cvr: _supplier(world, cvr) for cvr in sorted({paper.supplier_cvr for paper in papers})}
    for first in range(0, len(papers), BATCH):
        _add_orders(world, papers[first : first + BATCH], known)
    return world


def _supplier(world: World, cvr: str) -> UUID:
    body = SupplierIn(name=f"Grossist {cvr} A/S", cvr=cvr)
    return world.step("state-content-manager", suppliers.register_supplier, body).id


def _add_orders(world: World, papers: Sequence[Paper], known: Mapping[str, UUID]) -> None:
    orders = [_order(world, paper, known[paper.supplier_cvr]) for paper in papers]
    lines = [row for paper, order in zip(papers, orders, strict=True) for row in _lines(world, paper, order["id"])]

    def add(session: Session) -> None:
        for model, rows in ((PurchaseOrder, orders), (PurchaseOrderLine, lines)):
            session.connection().execute(insert(SQLModel.metadata.tables[model.__tablename__]), rows)

    world.database.run(add)


def _order(world: World, paper: Paper, supplier_id: UUID) -> Row:
    now, order = world.clock.now(), paper.order
    return PurchaseOrder(
        id=new_id(now),
        number=order.number,
        normalised_number=normalised_number(order.number),
        organisation_id=world.institution_id,
        root_id=world.root_id,
        supplier_id=supplier_id,
        type=OrderType.CATALOGUE,
        status=OrderStatus.SENT,
        buyer_gln=INSTITUTION_GLN,
        buyer_reference="7778",
        currency="DKK",
        profile_id=order.profile_id,
        total_amount=sum((line.line_extension_amount or Decimal(0) for line in order.lines), start=Decimal(0)),
        issued_on=order.issue_date,
        created_by=world.people["buyer"],
        created_at=now,
        approved_by=world.people["disponent"],
        approved_at=now,
        sent_at=now,
    ).model_dump()


def _lines(world: World, paper: Paper, order_id: UUID) -> Iterator[Row]:
    for position, line in enumerate(paper.order.lines, start=1):
        yield _line(world, line, position).model_dump() | {"order_id": order_id}


def _line(world: World, line: OrderLine, position: int) -> PurchaseOrderLine:
    assert line.price is not None
    assert line.line_extension_amount is not None
    price = line.price.model_dump(mode="json", exclude_none=True)
    return PurchaseOrderLine(
        id=new_id(world.clock.now()),
        position=position,
        line_id=line.line_id,
        item=line.item.model_dump(mode="json", exclude_none=True),
        unspsc="14111507",
        unit_code=line.quantity.unit_code,
        ordered_quantity=line.quantity.value,
        price=price,
        ordered_amount=line.line_extension_amount,
        accepted_quantity=line.quantity.value,
        accepted_price=price,
        accepted_amount=line.line_extension_amount,
        most_quantity=line.quantity.value,
        most_amount=Decimal(0),
        received_quantity=line.quantity.value,
    )
