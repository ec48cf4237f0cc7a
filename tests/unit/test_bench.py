"""The benchmarks run, and end in the one line that programs read; what they measure is not judged here."""

import json

import pytest

from bench.__main__ import BENCHES, main
from bench.figures import Figures

KEYS = {"bench", "database", "value", "unit", "floor", "ratio", "runs", "peak_rss_mb"}


def figures(value: float, unit: str, floor: float) -> Figures:
    return Figures("any", None, value, unit, floor, 3, 50.0, ("ms",), {"ours": ("1",)}, "fast")


def test_a_benchmark_ends_in_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick", "validate-invoice"])

    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert set(last) == KEYS
    assert (last["bench"], last["database"], last["unit"], last["runs"]) == ("validate-invoice", None, "ms", 1)
    assert min(last["value"], last["floor"], last["ratio"], last["peak_rss_mb"]) > 0


def test_the_search_is_measured_beside_the_index_alone(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick", "--database", "sqlite", "search"])

    said = capsys.readouterr().out
    assert "two words, facets" in said
    last = json.loads(said.splitlines()[-1])
    assert (last["bench"], last["database"], last["unit"]) == ("search", "sqlite", "ms")
    assert min(last["value"], last["floor"]) > 0


def test_orders_lists_of_them_and_new_prices_are_measured_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    wanted = (
        ("orders-http", "orders/s", "approve and send"),
        ("orders-list", "ms", "/tasks of the disponent, 2,000"),
        ("price-update", "s", "hand in, compare and stage"),
    )
    for name, unit, told in wanted:
        main(["--quick", "--database", "sqlite", name])

        said = capsys.readouterr().out
        assert told in said
        last = json.loads(said.splitlines()[-1])
        assert (last["bench"], last["database"], last["unit"]) == (name, "sqlite", unit)
        assert min(last["value"], last["floor"]) > 0


def test_a_race_for_orders_is_checked_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick", "--database", "sqlite", "match-race"])

    said = capsys.readouterr().out
    assert "20 AUTO_APPROVED" in said
    assert (last := json.loads(said.splitlines()[-1]))["bench"] == "match-race"
    assert min(last["value"], last["floor"]) > 0


def test_an_unknown_name_is_refused_with_the_names_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["match-htpp"])

    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "no benchmark match-htpp" in said
    assert all(name in said for name in BENCHES)


@pytest.mark.parametrize(("value", "unit", "floor"), [(50, "requests/s", 200), (8, "ms", 2)])
def test_the_ratio_is_our_share_of_the_floors_speed(value: float, unit: str, floor: float) -> None:
    assert figures(value, unit, floor).ratio == 0.25


def test_the_match_is_judged_by_the_engine_alone_and_over_http(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--quick", "--database", "sqlite", "matchbench"])

    objects = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [one["database"] for one in objects] == [None, "sqlite"]
    assert all(set(one) > KEYS and one["wrong_auto_approvals"] == 0 for one in objects)
