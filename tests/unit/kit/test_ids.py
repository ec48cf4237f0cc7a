"""Identifiers sort by the time they were made."""

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from app.kit.ids import first_id, new_id

NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)


def test_an_id_is_a_uuid_of_version_7() -> None:
    made = new_id(NOW)

    assert made.version == 7
    assert made.variant == RFC_4122


def test_an_id_holds_its_millisecond() -> None:
    assert new_id(NOW).int >> 80 == int(NOW.timestamp() * 1000)


def test_later_ids_sort_behind() -> None:
    made = [new_id(NOW + timedelta(milliseconds=step)) for step in range(100)]

    assert made == sorted(made)
    assert [str(one) for one in made] == sorted(str(one) for one in made)


def test_ids_of_one_moment_differ_and_sort_as_they_were_made() -> None:
    made = [new_id(NOW) for _ in range(1000)]

    assert len(set(made)) == 1000
    assert made == sorted(made)


def test_what_was_made_since_a_moment_sorts_behind_its_first_id() -> None:
    moment = datetime(2026, 3, 2, 11, 0, tzinfo=UTC)
    assert new_id(moment - timedelta(milliseconds=1)) < first_id(moment) < new_id(moment)
    assert first_id(datetime(1969, 7, 20, tzinfo=UTC)) == UUID(int=0)
