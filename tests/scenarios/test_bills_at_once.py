"""Eight clients hand in invoices that claim twice what was received: each line pays for what came, once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.kit.clock import SystemClock
from app.kit.db import Database
from bench.match_race import CLIENTS, SHARES, check, rivals
from bench.papers import company_numbers, made
from bench.state import built
from tests.purchases import done

ORDERS, LINES = 6, 3


def test_no_line_pays_twice_whoever_comes_first(database: Database, tmp_path: Path) -> None:
    papers = list(made(ORDERS, LINES, company_numbers(2), SystemClock().now().date()))
    client = built(database, tmp_path, papers).client("invoice-system")
    by_order = [list(rivals(paper)) for paper in papers]
    bills = [bills[turn] for turn in range(len(SHARES)) for bills in by_order]

    with ThreadPoolExecutor(CLIENTS) as clients:
        answers = list(clients.map(lambda bill: done(client.upload("/match", bill)), bills))

    check(database, len(bills))
    outcomes = [answer["outcome"] for answer in answers]
    assert set(outcomes) == {"AUTO_APPROVED", "DEVIATION"}
    # Of 50, 40, 30, 20 and 60 per cent at least one and at most three go into what came.
    approved = [outcomes[place::ORDERS].count("AUTO_APPROVED") for place in range(ORDERS)]
    assert all(1 <= count <= 3 for count in approved), approved
