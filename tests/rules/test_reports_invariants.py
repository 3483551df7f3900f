"""What holds whatever happens to reports and notes: nothing internal leaves, and nobody reads what was for others."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from include.vocabulary.decision import CONTROL_COLUMNS
from include.vocabulary.reasons import REASONS
from tests.rules.builders import Records, Row, file, kind, note, order, report
from tests.rules.mirror import Mirror

START = dt.datetime(2026, 6, 1, 12)  # noqa: DTZ001 - local time, as iX-Haus writes it
Step = tuple[str, Any]

steps = st.lists(
    st.one_of(
        st.tuples(st.just("kind"), st.sampled_from(["REPARATUR", "OBJEKT", "AUSHANG", "GESPERRT"])),
        st.tuples(st.just("reporter"), st.sampled_from(["100.1.1", "100.2.1", None])),
        st.tuples(st.just("status"), st.sampled_from(["Neu", "Abgeschlossen"])),
        st.tuples(st.just("team"), st.sampled_from(["T1", "T9"])),
        st.tuples(st.just("write"), st.booleans()),
        st.tuples(st.just("flip"), st.booleans()),
        st.tuples(st.just("order"), st.just(True)),
        st.tuples(st.just("fail"), st.sampled_from(["ticket", "comment", "attachment", "post"])),
    ),
    max_size=5,
)


class World:
    """A report to which things happen, one a day; it notes who was meant to read what when it was written."""

    def __init__(self, nr: str, happening: list[Step]) -> None:
        self.nr = nr
        self.fields: Row = {"report_kind": "REPARATUR", "reporter_person": "100.1.1", "status": "Neu", "team_nr": "T1"}
        self.notes: list[dict[str, Any]] = []
        self.orders: list[dict[str, Any]] = []
        self.happening: Iterator[Step] = iter([("write", True), ("write", False), *happening])
        self.broken: str = ""

    def lives(self, day: dt.datetime) -> None:
        what, value = next(self.happening, ("rest", ""))
        self.broken = value if what == "fail" else ""
        name = {"kind": "report_kind", "reporter": "reporter_person", "team": "team_nr"}.get(what, what)
        made = day - dt.timedelta(hours=2)
        if name in self.fields:
            self.fields[name] = value
        elif what == "write":
            self.notes.append({"is_public": value, "created_at": str(made), "for": self.audience()})
        elif what == "flip" and self.notes:
            self.notes[-1].update(is_public=value, changed_at=str(made))
        elif what == "order":
            self.orders.append({"nr": f"{self.nr}A{len(self.orders)}", "ordered_at": str(made)})

    def audience(self) -> str | None:
        reporter: str | None = self.fields["reporter_person"]
        return "all" if self.fields["report_kind"] in ("OBJEKT", "AUSHANG") else reporter

    def records(self) -> Records:
        notes = [self._note(f"{self.nr}N{place}", **each) for place, each in enumerate(self.notes)]
        orders = [order(**each) for each in self.orders]
        secret = file(f"F{self.nr}", is_public=False, file_name="GEHEIM.pdf")
        return report(*notes, *orders, secret, nr=self.nr, hint="GEHEIM", **self.fields)

    def _note(self, nr: str, *, is_public: bool, **fields: Any) -> Records:
        word = "offen" if is_public else "GEHEIM"
        stamps = {name: value for name, value in fields.items() if name != "for"}
        files = [file(f"F{nr}", file_name=f"{word}.pdf")]
        return note(nr, text=f"{word} {nr}", is_public=is_public, author=word, files=files, **stamps)

    def meant(self) -> dict[str, str | None]:
        return {f"{self.nr}N{place}": each["for"] for place, each in enumerate(self.notes)}


def run(portal: Mirror, worlds: list[World], day: dt.datetime) -> list[str]:
    flags = {"notes_commissioning": True, "note_template": "Auftrag {order.number}"}
    kinds = [kind("REPARATUR", **flags), kind("OBJEKT", is_property_wide=True, **flags)]

    def breaks(record_type: str, external_id: str) -> bool:
        return any(world.broken == record_type and world.nr in external_id for world in worlds)

    return portal.run(*(world.records() for world in worlds), *kinds, at=str(day), user_teams=["T1"], breaks=breaks)


def check(portal: Mirror, meant: dict[str, str | None]) -> None:
    assert "GEHEIM" not in "".join(portal.wire)
    for frame in portal.outcome.frames.values():
        payload = frame.drop(columns=[name for name in CONTROL_COLUMNS if name in frame])
        assert "GEHEIM" not in payload.to_csv()
        assert set(frame["reason"]) <= set(REASONS)
    for comment in portal.shown["comment"].values():
        ticket = portal.shown["ticket"].get(comment["ticketId"])
        word, _, number = comment["text"].partition(" ")
        if ticket is not None and word == "offen":
            # who reads it is whom it was written for; or it was for everybody, or for nobody as yet
            assert meant[number] in (ticket["contactId"] or "all", "all", None), (number, comment)


TOLD: list[list[Step]] = [
    [("kind", "OBJEKT"), ("write", True), ("kind", "REPARATUR"), ("write", True), ("kind", "OBJEKT")],
    [("reporter", "100.2.1"), ("fail", "ticket"), ("write", True), ("reporter", "100.1.1"), ("flip", False)],
    [("kind", "OBJEKT"), ("fail", "comment"), ("flip", False), ("flip", True), ("kind", "AUSHANG")],
    [("team", "T9"), ("reporter", "100.2.1"), ("team", "T1"), ("order", True), ("kind", "OBJEKT")],
]


@pytest.mark.rule("R44", "E43", "R34")
@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(steps, min_size=8, max_size=8))
@example(TOLD)
def test_nothing_internal_ever_leaves_and_nobody_reads_what_was_for_others(happenings: list[list[Step]]) -> None:
    worlds = [World(f"M{place}", happening) for place, happening in enumerate(happenings)]
    portal, day = Mirror(), START
    for _ in range(8):
        day += dt.timedelta(days=1)
        for world in worlds:
            world.lives(day)
        run(portal, worlds, day)
        check(portal, {number: who for world in worlds for number, who in world.meant().items()})
    run(portal, worlds, day + dt.timedelta(days=1))
    assert run(portal, worlds, day + dt.timedelta(days=2)) == []
