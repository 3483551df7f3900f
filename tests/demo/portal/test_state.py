"""The sandbox answers as fast with many records as with few."""

from pathlib import Path

import pytest

from demo.portal.state import Store


@pytest.mark.parametrize("number", [10, 3_000])
def test_a_record_is_found_without_a_look_at_all_others(number: int, tmp_path: Path) -> None:
    store = Store(tmp_path / "sandbox.db")
    with store.together():
        for one in range(number):
            store.insert("units", f"100/{one}", {"propertyId": "100"}, {}, "unit")
    steps: list[int] = []

    def step() -> int:
        steps.append(1)
        return 0

    store._db.set_progress_handler(step, 100)  # after so many of SQLite's own steps
    assert store.live("units", "100/7") is not None
    assert len(steps) < 5
    store.close()
