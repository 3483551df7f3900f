"""What is kept is named in docs/data-protection.md, and goes when its time is over."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from include.erasure.housekeeping import tidy
from include.ixhaus.contract import OWN_TABLES
from include.ixhaus.contract.own import SP_POSITION
from include.settings import load_settings
from include.sync.staging import Staging
from include.vocabulary.clock import to_utc_column, utc_now
from tests.faults.desk import Desk
from tests.faults.harness import World, tenants
from tests.faults.run_steps import SYSTEM

PAGE = Path(__file__).parents[2] / "docs" / "data-protection.md"
KIND = re.compile(r"(?<=^decided_)\w+|(?<=^remove_)\w+|(?<=^send_)\w+")
"""The record type in a file's name."""


def named() -> dict[str, set[str]]:
    """First words of the tables' rows → all words in backticks of that row."""
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    found = [re.findall(r"`([^`]+)`", line) for line in rows]
    return {words[0]: set(words[1:]) for words in found}


@pytest.mark.parametrize("table", OWN_TABLES.values(), ids=str)
def test_every_own_table_and_column_is_named(table: object) -> None:
    assert {column.name for column in table.columns} <= named()[table.name]  # type: ignore[attr-defined]


def test_every_kind_of_staging_file_is_named(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()
    clear = Staging.clear

    def look(self: Staging) -> None:
        assert isinstance(self.folder, Path)
        seen.update(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file())
        clear(self)

    monkeypatch.setattr(Staging, "clear", look)
    desk.report("M1")
    desk.settle()
    (tenant,) = tenants(1, first=7)
    desk.world.put(tenant)
    desk.world.run("objects")
    desk.world.run("persons")
    text = PAGE.read_text(encoding="utf-8")
    kinds = {f"{name.split('/')[0]}/" if "/" in name else KIND.sub("<type>", name) for name in seen}
    assert {"views/", "known.parquet", "decided_<type>.parquet", "send_<type>.parquet"} <= kinds
    assert [kind for kind in sorted(kinds) if f"`{kind}`" not in text] == []


def test_what_is_over_goes_and_what_is_not_stays(world: World) -> None:
    now = utc_now()
    for days in (4, 6):
        world.insert("SP_POSITION", system=SYSTEM, name=f"forgotten/{days}", value="{}",
                     as_of=to_utc_column(now) - timedelta(days=days))  # fmt: skip
    world.insert(
        "SP_POSITION", system=SYSTEM, name="reports.inbound", value="x", as_of=to_utc_column(now) - timedelta(days=99)
    )
    for name, left in (("dead", "views.parquet"), ("dry", "preview.csv")):
        folder = world.folder / "staging" / SYSTEM / "persons" / name
        folder.mkdir(parents=True)
        (folder / left).write_text("kanari")
    world.configure(retention={"receipt_days": 5, "preview_days": 3})
    settings = load_settings(SYSTEM, world.folder / "config")
    staged = world.folder / "staging" / SYSTEM / "persons"
    assert (tidy(settings, now)["folders"], len(list(staged.iterdir()))) == (0, 2)
    assert {row["name"] for row in world.rows(SP_POSITION)} == {"forgotten/4", "reports.inbound"}
    assert tidy(settings, now + timedelta(days=2, hours=1))["folders"] == 1
    assert [path.name for path in staged.rglob("*")] == ["dry", "preview.csv"]
    assert tidy(settings, now + timedelta(days=3, hours=1))["folders"] == 1
    assert list(staged.iterdir()) == []
