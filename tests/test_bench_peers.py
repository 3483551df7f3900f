"""What `make bench peers` counts, compares and writes; what it measures it measures itself."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from bench.peers.chart import bars
from bench.peers.environments import HERE, version_of
from bench.peers.figures import figures_of, of, rate, targets
from bench.peers.measured import Run, Spent, counted
from bench.peers.page import BEGIN, END, PACKAGES, PAGE, how, section, worse
from bench.peers.portal import Told
from bench.peers.source import DAY, read_source, stamp, write_source
from bench.peers.tables import faults, first_runs
from tests.test_lock import declared, locked

SPENT = Spent(seconds=2, peak_mb=50, code=0)


def told(arrived: dict[str, int], stored: str = "") -> Told:
    return Told(requests=sum(arrived.values()) + 1, arrived=arrived, stored=list(stored), seconds=0.5, most=4)


def run(peer: str, cell: str, seconds: float = 2, sent: int = 100, missing: int = 0, repeated: int = 0) -> Run:
    return Run(peer, cell, 100, seconds, 50, 0, 0.5, sent, sent, repeated, missing, 16)


def test_what_the_portal_does_not_hold_is_missing() -> None:
    first = counted("drt", "load", SPENT, told({"a": 1, "b": 2}, "ab"), "abc")
    assert (first.sent, first.repeated, first.missing, first.requests) == (3, 1, 1, 4)
    assert (first.per_second, first.rate) == (1.5, 6)


def test_a_changed_record_has_to_come_anew() -> None:
    assert counted("drt", "changed", SPENT, told({}, "ab"), "a").missing == 0
    assert counted("drt", "changed", SPENT, told({}, "ab"), "a", anew=True).missing == 1


def test_what_had_come_before_the_kill_is_repeated() -> None:
    after = counted("drt", "restarted", SPENT, told({"b": 1, "c": 1}, "abc"), "abc", before="ab")
    assert (after.repeated, after.missing) == (1, 0)


def test_of_several_runs_the_middle_one_counts() -> None:
    runs = [run("ours", "load", seconds) for seconds in (3, 1, 2)]
    found = of(runs, "ours", "load")
    assert found is not None
    assert found.seconds == 2
    assert of(runs, "drt", "load") is None
    assert rate([*runs, run("ours", "load", sent=150)], "ours") == 300


def test_ours_is_measured_against_the_fastest_peer_and_the_bare_client() -> None:
    runs = [run("bare aiohttp", "load", sent=5000), run("ours", "load", sent=1000), run("drt", "load", sent=100)]
    runs += [
        run("dlt, tuned", "load", sent=50),
        run("ours", "restarted", repeated=17),
        run("ours", "healed", missing=9),
    ]
    found = {figure.name: (figure.value, figure.ok) for figure in targets(runs)}
    assert found == {
        "the bare client / the fastest peer, while sending": (50, True),
        "ours / the fastest peer, while sending": (10, True),
        "ours / the bare client, while sending": (0.2, False),
        "ours: requests without a change": (0, True),
        "ours: repeated after kill -9": (17, False),
        "ours: records missing in the end": (0, True),
    }


def test_what_is_missing_is_printed() -> None:
    lines = [str(figure) for figure in figures_of(run("drt", "healed", sent=0, missing=100))]
    assert [re.sub(" +", " ", line) for line in lines] == [
        "drt: run after healing, 100 2.00 s - ok",
        "drt: run after healing, 100: requests 0.00 - ok",
        "drt: run after healing, 100: missing 100.00 - ok",
    ]


def test_what_a_peer_is_better_at_is_said() -> None:
    runs = [run("ours", "unchanged", seconds=4), run("drt", "unchanged", seconds=1), run("dlt", "unchanged", seconds=3)]
    assert worse(runs) == ["- a run without a change, 10,000: 4.0 s against 1.0 s (drt)"]
    assert worse([run("ours", "load", sent=9), run("drt", "load", sent=8)]) == []


def test_a_cell_that_was_not_measured_is_a_dash() -> None:
    (row,) = first_runs([run("drt", "load")]).splitlines()[2:]
    assert row == "| drt | 2.0 s | 50 | 200 | 50 MB | – | – | – |"
    (row,) = faults([run("drt", "restarted", sent=7, repeated=3)]).splitlines()[2:]
    assert row.endswith("| – | – | – | 7 sent, 3 of them again, 0 missing |")


def test_a_chart_is_svg_with_its_values_as_text() -> None:
    drawn = ET.fromstring(bars("Seconds <all>", {"ours": 2.0, "dlt & co": 1.0, "none": 0.0}, "{:.1f} s"))
    texts = ["".join(text.itertext()) for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ["Seconds <all>", "ours", "2.0 s", "dlt & co", "1.0 s", "none", "0.0 s"]
    lengths = [float(bar.get("width", "")) for bar in drawn.iter("{http://www.w3.org/2000/svg}rect") if bar.get("x")]
    assert lengths[0] == 2 * lengths[1]


def test_the_section_says_first_what_is_worse_and_stands_on_the_page() -> None:
    said = section([run("ours", "load", seconds=9), run("drt", "load")], busy=0.2)
    assert "not idle" not in said
    assert said.index("ours is worse at") < said.index("each at its best") < said.index("### A first run")
    page = PAGE.read_text(encoding="utf-8")
    assert page.count(BEGIN) == page.count(END) == 1
    assert page.index("| figure |") < page.index(BEGIN) < page.index("ours is worse at") < page.index(END)


def test_a_machine_that_did_something_else_is_named() -> None:
    assert "not idle (load average 2.5 before the first run)" in how([], busy=2.5)


def test_the_stamps_of_few_rows_reach_as_far_as_those_of_many(tmp_path: Path) -> None:
    for number in (3, 7):
        write_source(tmp_path / f"{number}.db", [(f"{key}", "{}") for key in range(number)])
        rows = read_source(tmp_path / f"{number}.db")
        assert (rows[0][2], rows[-1][2]) == (stamp(0), stamp(DAY))


@pytest.mark.parametrize(("name", "package"), PACKAGES.items())
def test_the_peers_are_pinned_with_hashes(name: str, package: str) -> None:
    folder = f"bench/peers/requirements-{name}"
    wanted = {line.partition("==")[0] for line in declared(f"{folder}.in")}
    found = {key.partition(" ")[0]: hashes for key, (_, hashes) in locked(f"{folder}.txt").items()}
    assert package in wanted <= found.keys()
    assert [key for key, hashes in found.items() if not hashes] == []
    assert re.fullmatch(r"[\d.]+", version_of(name, package))
    assert (HERE / f"requirements-{name}.txt").exists()
