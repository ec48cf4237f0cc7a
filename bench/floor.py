"""The floor of `/match`: the least that any service could do. Parse, our XSD, twenty lines out, one raw transaction.

No token, no rules, no proof, no archive, its own small tables; but the same server, threads, schema, isolation and
syncing as the service. $BENCH_DATABASE is its database, $BENCH_WORKERS its number of processes.
"""

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from typing import Any
from uuid import uuid4

import psycopg
import uvicorn
from fastapi import FastAPI, Response
from lxml import etree
from sqlalchemy import make_url

from app.kit.calls import Body
from app.oioubl.schemas import document_faults
from app.oioubl.ubl import NAMESPACES, parse
from bench.papers import Paper

SCALE = 10**6

TABLES = (
    "CREATE TABLE orders (id TEXT PRIMARY KEY, number TEXT UNIQUE, invoiced BIGINT)",
    "CREATE TABLE order_lines (order_id TEXT, line_id TEXT, price BIGINT, received BIGINT, invoiced BIGINT, "
    "PRIMARY KEY (order_id, line_id))",
    "CREATE TABLE invoices (id TEXT PRIMARY KEY, supplier TEXT, number TEXT, payable BIGINT, "
    "UNIQUE (supplier, number))",
    "CREATE TABLE allocations (id TEXT PRIMARY KEY, invoice_id TEXT, order_id TEXT, line_id TEXT, quantity BIGINT)",
    "CREATE TABLE audit (id TEXT PRIMARY KEY, event TEXT)",
    "CREATE TABLE outbox (id TEXT PRIMARY KEY, message TEXT)",
)

Connection = Any
"""Either driver's connection: both have `execute` and `cursor().executemany`."""


class Floor:
    """One connection a thread; writers on SQLite queue at a lock, as they do in the service."""

    def __init__(self, address: str) -> None:
        self._address = make_url(address)
        self._is_sqlite = self._address.get_backend_name() == "sqlite"
        self._ready = threading.local()
        self._lock = threading.Lock()

    def connect(self) -> Connection:
        if not self._is_sqlite:
            host, name = self._address.query["host"], self._address.database
            return psycopg.connect(host=str(host), dbname=name, user=self._address.username, autocommit=True)
        connection = sqlite3.connect(self._address.database or "", isolation_level=None, check_same_thread=False)
        for pragma in ("busy_timeout=30000", "journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def sql(self, statement: str) -> str:
        return statement.replace("%s", "?").replace(" FOR UPDATE", "") if self._is_sqlite else statement

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        if not hasattr(self._ready, "connection"):
            self._ready.connection = self.connect()
        connection = self._ready.connection
        if self._is_sqlite:
            with self._lock:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
        else:
            with connection.transaction():
                yield connection

    def fill(self, papers: Sequence[Paper]) -> None:
        """Make the tables and put the papers' orders in."""
        with closing(self.connect()) as connection:
            for table in TABLES:
                connection.execute(table)
        with self.transaction() as connection:
            orders = [(paper.order.number, paper.order.number) for paper in papers]
            lines = [row for paper in papers for row in _line_rows(paper)]
            many = connection.cursor().executemany
            many(self.sql("INSERT INTO orders VALUES (%s, %s, 0)"), orders)
            many(self.sql("INSERT INTO order_lines VALUES (%s, %s, %s, %s, 0)"), lines)
        self._ready.connection.close()

    def take(self, supplier: str, number: str, order_number: str, billed: Sequence[tuple[str, int, int]]) -> None:
        """Lock the order, compare its lines, use them up, and write down what happened."""
        with self.transaction() as connection:
            locked = self.sql("SELECT id FROM orders WHERE number = %s FOR UPDATE")
            (order_id,) = connection.execute(locked, (order_number,)).fetchone()
            read = self.sql("SELECT line_id, price, received - invoiced FROM order_lines WHERE order_id = %s")
            lines = {line_id: (price, left) for line_id, price, left in connection.execute(read, (order_id,))}
            if any(lines[line_id][0] != price or lines[line_id][1] < units for line_id, units, price in billed):
                raise ValueError(f"invoice {number} does not agree with {order_number}")
            self._book(connection, order_id, supplier, number, billed)

    def _book(
        self, connection: Connection, order_id: str, supplier: str, number: str, billed: Sequence[tuple[str, int, int]]
    ) -> None:
        invoice_id = str(uuid4())
        total = sum(units * price for _, units, price in billed) // SCALE
        moved = [(units, order_id, line_id) for line_id, units, _ in billed]
        taken = [(str(uuid4()), invoice_id, order_id, line_id, units) for line_id, units, _ in billed]
        told = json.dumps({"invoice": number, "supplier": supplier, "order": order_id, "outcome": "AUTO_APPROVED"})
        many, one = connection.cursor().executemany, connection.execute
        many(self.sql("UPDATE order_lines SET invoiced = invoiced + %s WHERE order_id = %s AND line_id = %s"), moved)
        one(self.sql("UPDATE orders SET invoiced = invoiced + %s WHERE id = %s"), (total, order_id))
        one(self.sql("INSERT INTO invoices VALUES (%s, %s, %s, %s)"), (invoice_id, supplier, number, total))
        many(self.sql("INSERT INTO allocations VALUES (%s, %s, %s, %s, %s)"), taken)
        one(self.sql("INSERT INTO audit VALUES (%s, %s)"), (str(uuid4()), told))
        one(self.sql("INSERT INTO outbox VALUES (%s, %s)"), (str(uuid4()), told))


def _line_rows(paper: Paper) -> Iterator[tuple[str, str, int, int]]:
    for line in paper.order.lines:
        assert line.price is not None
        yield paper.order.number, line.line_id, _scaled(line.price.price_amount), _scaled(line.quantity.value)


def _scaled(value: Decimal) -> int:
    return int(value * SCALE)


def _finder(root: etree._Element) -> Callable[[str], str]:
    return lambda path: root.findtext(path, "", NAMESPACES)


def _billed(line: etree._Element) -> tuple[str, int, int]:
    text = _finder(line)
    units, price = Decimal(text("cbc:InvoicedQuantity")), Decimal(text("cac:Price/cbc:PriceAmount"))
    return text("cac:OrderLineReference/cbc:LineID"), _scaled(units), _scaled(price)


def create_app() -> FastAPI:
    app = FastAPI()
    floor = Floor(os.environ["BENCH_DATABASE"])

    @app.post("/match")
    def match(body: Body) -> Response:
        root = parse(body)
        if document_faults(root):
            return Response(status_code=422)
        text = _finder(root)
        billed = [_billed(line) for line in root.iterfind("cac:InvoiceLine", NAMESPACES)]
        supplier = text("cac:AccountingSupplierParty/cac:Party/cbc:EndpointID")
        floor.take(supplier, text("cbc:ID"), text("cac:OrderReference/cbc:ID"), billed)
        return Response(json.dumps({"outcome": "AUTO_APPROVED"}, separators=(",", ":")), 200)

    return app


if __name__ == "__main__":
    uvicorn.run(
        "bench.floor:create_app",
        factory=True,
        port=0,
        workers=int(os.environ["BENCH_WORKERS"]),
        server_header=False,
        timeout_worker_healthcheck=60,
        access_log=False,
    )
