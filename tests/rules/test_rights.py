"""Whoever can see a record in the portal has a right to it that day: the rules against a plain reading of iX-Haus."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, cast

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from pandas import DataFrame

from include.rules import documents, owners_caretakers, persons, reports
from include.settings import SystemSettings
from tests.rules.builders import KINDS, SETTINGS, Records, Row, held, prop, unit, views_of
from tests.rules.rights import Rights, Rows

START: Final = date(2026, 6, 15)
PARTNERS: Final = ["P1", "P2", "P3", "P4"]
KNOWN_BY: Final = (persons.decide, owners_caretakers.decide, documents.decide, reports.decide)
"""In the order in which the groups run: later ones go by who is in the portal."""
GIVEN: Final[dict[str, Any]] = {
    "document_types": ["Anschreiben"], "unit_document_types": ["Energieausweis"],
    "document_types_without_time_filter": ["Hausordnung", "Protokoll", "Energieausweis"],
    "property_document_types": ["Hausordnung", "Protokoll"], "document_audiences": {"Protokoll": "OWNER"},
    "post_author": "S1",
}  # fmt: skip

WITHOUT_SHRINKING: Final = (Phase.explicit, Phase.generate)
"""What is wrong is said by user and record; a world of so many houses takes minutes to shrink."""

_days = st.sampled_from([-400, -30, -8, -1, 0, 1, 8, 30, 400])
_begins = st.sampled_from([-400, -400, -30, 0, 8])
_partner = st.sampled_from(PARTNERS)
Span = tuple[int | None, int | None]


def _spans(begins: SearchStrategy[Any], *, is_sound: bool) -> SearchStrategy[Span]:
    """Return first and last days; unless they are to be sound, some are missing or the wrong way round."""
    if is_sound:
        return st.tuples(begins, st.none() | _days).filter(lambda span: None in span or span[0] <= span[1])
    return st.tuples(begins | st.none(), st.none() | _days)


def _houses(*, is_sound: bool) -> SearchStrategy[dict[str, Any]]:
    """Return what is in a house; unless it is to be sound, with what may be wrong in iX-Haus."""
    who = st.sampled_from([0, 1] if is_sound else [0, 1, 0, 1, 9])  # of its persons; there is no ninth
    kinds = ["MIETE", "EIGENTUM"] if is_sound else ["MIETE", "EIGENTUM", "MIETE", "EIGENTUM", None]
    person_types = st.sampled_from(["Mieter", "Mieter", "Eigentümer", "Interessent"])
    persons = st.tuples(_partner | st.none(), person_types)
    contracts = st.tuples(who, st.sampled_from(kinds), _spans(_begins, is_sound=is_sound))
    roles = st.tuples(
        st.integers(0, 1), _partner, st.sampled_from(["MITBEWOHNER", "VERTRAGSPARTNER"]),
        _spans(_days | st.none(), is_sound=is_sound),
    )  # fmt: skip
    letters = st.tuples(
        who | _partner | st.none(), st.sampled_from(["1", None]),
        st.sampled_from(["Anschreiben", "Anschreiben", "Hausordnung", "Energieausweis", "Protokoll"]),
    )  # fmt: skip
    events = st.tuples(
        who | _partner, st.sampled_from(["REPARATUR", "REPARATUR", "OBJEKT", "AUSHANG", "GESPERRT"]),
        st.booleans(), st.booleans(), st.booleans(),
    )  # fmt: skip
    return st.fixed_dictionaries(
        {
            "persons": st.lists(persons, min_size=2, max_size=2),
            "contracts": st.lists(contracts, min_size=1, max_size=3),
            "contract_roles": st.lists(roles, min_size=2, max_size=4),
            "owners": st.lists(st.tuples(_partner, _spans(_begins, is_sound=is_sound)), max_size=1),
            "caretakers": st.lists(st.tuples(_partner, _spans(_begins, is_sound=is_sound)), max_size=1),
            "documents": st.lists(letters, max_size=3),
            "reports": st.lists(events, max_size=2),
        }
    )


HOUSES: Final = 6
"""In a street; the last of each is not released."""
STREETS: Final = 4
"""At once, as most of what a run costs does not depend on how many there are; nobody has anything in two."""


def towns(*, is_sound: bool) -> SearchStrategy[list[dict[str, Any]]]:
    """Return what is in all houses of all streets."""
    return st.lists(_houses(is_sound=is_sound), min_size=HOUSES * STREETS, max_size=HOUSES * STREETS)


def _numbers() -> list[str]:
    """The numbers of all houses."""
    places = range(HOUSES * STREETS)
    return [str(100 + place if (place + 1) % HOUSES else 900 + place) for place in places]


def rows_of(houses: list[dict[str, Any]], *, is_licensed: bool) -> Rows:
    """Return the rows of all houses; each has two persons and two units, each street four partners."""
    names = (
        "persons",
        "contracts",
        "contract_roles",
        "owners",
        "caretakers",
        "documents",
        "reports",
        "notes",
        "report_files",
    )
    found: Rows = {name: [] for name in names}
    found["licences"] = [
        {"licence": name, "active": is_licensed, "valid_until": None} for name in ("Objekteigentümer", "Hausmeister")
    ]
    found["partners"] = [
        {"partner_nr": f"{nr}-{street}", "last_name": f"{nr}-{street}", "is_minor": nr == "P4"}
        for street in range(STREETS)
        for nr in PARTNERS
    ]
    for place, (nr, house) in enumerate(zip(_numbers(), houses, strict=True)):
        for name, rows in _House(nr, place // HOUSES, house).rows():
            found[name].extend(rows)
    return found


@dataclass(frozen=True)
class _House:
    """What was drawn for a house, with the numbers that iX-Haus gives."""

    nr: str
    street: int
    drawn: dict[str, Any]

    def whom(self, drawn: int | str | None) -> str | None:
        """The key of the house's first or second person, or the number of one of the street's partners."""
        if drawn is None:
            return None
        return f"{self.nr}.{drawn}.1" if isinstance(drawn, int) else f"{drawn}-{self.street}"

    def rows(self) -> Iterator[tuple[str, list[Row]]]:
        nr, drawn = self.nr, self.drawn
        yield "persons", [
            {"person_key": self.whom(at), "property_nr": nr, "partner_nr": self.whom(partner), "person_type": of_type,
             "last_name": self.whom(at)}
            for at, (partner, of_type) in enumerate(drawn["persons"])
        ]  # fmt: skip
        yield "contracts", [
            {"contract_nr": f"V{nr}-{at}", "property_nr": nr, "unit_nr": str(at % 2), "person_key": self.whom(who),
             "kind": of_kind, **_dated(span)}
            for at, (who, of_kind, span) in enumerate(drawn["contracts"])
        ]  # fmt: skip
        roles = {(of, who, role): span for of, who, role, span in drawn["contract_roles"]}
        yield (
            "contract_roles",
            [
                {"contract_nr": f"V{nr}-{of}", "partner_nr": self.whom(who), "role": role, **_dated(span)}
                for (of, who, role), span in roles.items()
            ],
        )
        for office in ("owners", "caretakers"):
            yield (
                office,
                [{"property_nr": nr, "partner_nr": self.whom(who), **_dated(span)} for who, span in drawn[office]],
            )
        yield "documents", [
            {"document_id": f"D{nr}-{at}", "property_nr": nr, "unit_nr": unit_nr, "recipient_id": self.whom(to),
             "recipient_type": None if to is None else "P", "storage": "DATENBANK",
             "document_type": of_type, "document_date": "2026-03-01", "size": 1, "version": 1, "has_pdf": False}
            for at, (to, unit_nr, of_type) in enumerate(drawn["documents"])
        ]  # fmt: skip
        yield "reports", [
            {"report_nr": f"M{nr}-{at}", "property_nr": nr, "report_kind": of_kind, "status": "Neu",
             "reporter_person": self.whom(by) if isinstance(by, int) else None, "reported_at": "2026-06-01 08:00",
             "reporter_partner": None if isinstance(by, int) else self.whom(by)}
            for at, (by, of_kind, *_) in enumerate(drawn["reports"])
        ]  # fmt: skip
        yield "notes", [
            {"note_id": f"N{nr}-{at}", "report_nr": f"M{nr}-{at}", "text": "Text", "is_public": is_public,
             "created_at": "2026-06-02 09:00"}
            for at, (_, _, is_public, *_) in enumerate(drawn["reports"])
        ]  # fmt: skip
        yield "report_files", [
            {"file_id": f"F{nr}-{at}", "report_nr": f"M{nr}-{at}", "note_id": f"N{nr}-{at}" if is_of_note else None,
             "file_name": "foto.jpg", "media_type": "image/jpeg", "size": 1, "is_public": is_public}
            for at, (*_, is_of_note, is_public) in enumerate(drawn["reports"])
        ]  # fmt: skip


def _dated(span: Span) -> Row:
    begin, end = (None if days is None else (START + timedelta(days=days)).isoformat() for days in span)
    return {"begin": begin, "end": end}


class Portal:
    """What the portal holds, run after run, and so what the ledger says of it."""

    def __init__(self) -> None:
        self.shown: dict[str, dict[str, Row]] = {}
        self.ledger: dict[tuple[str, str], Row] = {}

    def run(self, world: Records, today: date, **chosen: Any) -> None:
        views, system = views_of(world), SystemSettings(system="production", **{**SETTINGS, **GIVEN, **chosen})
        for rules in KNOWN_BY:
            ledger = DataFrame(list(self.ledger.values()), columns=list(held(""))).astype("str")
            for record_type, frame in rules(views, ledger, system, today).items():
                if record_type != "classified":
                    self._take(record_type, frame, rules.__module__.split(".")[2])

    def _take(self, record_type: str, frame: DataFrame, group: str) -> None:
        shown = self.shown.setdefault(record_type, {})
        rows = cast("list[Row]", frame.astype(object).where(frame.notna(), None).to_dict("records"))
        for row in rows:
            external_id = row["external_id"]
            if row["decision"] in ("send", "restrict"):
                shown[external_id] = row
                state = "present" if row["decision"] == "send" else "restricted"
                self._remember(record_type, external_id, state, row["identity"], row["properties"], group)
            elif row["decision"] == "remove":
                self._remove(record_type, external_id)
        mine = [number for number in shown if self.ledger[record_type, number]["group"] == group]
        for gone in set(mine) - {row["external_id"] for row in rows}:
            self._remove(record_type, gone)

    def _remember(self, record_type: str, external_id: str, *said: str) -> None:
        state, identity, properties, group = said
        marks = {"group": group, "properties": properties, "acknowledged_at": "2026-06-15T00:00:00"}
        self.ledger[record_type, external_id] = held(external_id, state, identity, record_type, **marks)

    def _remove(self, record_type: str, external_id: str) -> None:
        if self.shown[record_type].pop(external_id, None):
            self.ledger[record_type, external_id]["state"] = "removed"

    def users(self) -> list[str]:
        """Who can log in."""
        return [nr for nr, row in self.shown["contact"].items() if row["portalUser"]]

    def human(self, contact: str) -> str:
        """Whom somebody who logs in is called, who may have got an id before his number."""
        return str(self.shown["contact"][contact]["lastName"])

    def at(self, contact: str, property_id: str, unit_id: str | None = None) -> set[str]:
        """As what somebody is at home in a unit, or anywhere in a property: RENTER, OWNER."""
        return {
            row["type"]
            for row in self.shown["contract"].values()
            if (row["contactId"], row["propertyId"]) == (contact, property_id) and unit_id in (None, row["unitId"])
        }

    def reads(self, contact: str, row: Row) -> bool:
        """Whether somebody is shown a document or a ticket: his own, or one for all where he is at home."""
        if row["contactId"]:
            return bool(row["contactId"] == contact)
        unit_id = row["unitId"]
        property_id = unit_id.partition("/")[0] if unit_id else row["propertyId"]
        here = self.at(contact, property_id, unit_id)
        return "OWNER" in here if row.get("sharedWith") == "OWNER" else bool(here)


def assert_only_rights(portal: Portal, rights: Rights) -> None:
    """Nobody can see anything to which he has no right today."""
    by_id = {
        row[key]: row
        for name, key in (("documents", "document_id"), ("reports", "report_nr"))
        for row in rights.rows[name]
    }
    for user in portal.users():
        human = portal.human(user)
        assert rights.may_log_in(human), user
        for row in portal.shown["contract"].values():
            if row["contactId"] == user:
                ties = rights.at(human, row["propertyId"], row["unitId"].partition("/")[2])
                assert ties, (user, row["id"])
                assert row["type"] == "RENTER" or any(tie.is_owner for tie in ties), (user, row["id"])
        for number, row in portal.shown["document"].items():
            assert not portal.reads(user, row) or rights.may_read(human, by_id[number]), (user, number)
        for number, row in portal.shown["ticket"].items():
            assert not portal.reads(user, row) or rights.may_follow(human, by_id[_report(number)]), (user, number)
        for number, row in portal.shown["post"].items():
            sees = any(portal.at(user, place) for place in row["propertyIds"])
            assert not sees or rights.may_follow(human, by_id[_report(number)]), (user, number)
    notes = {one["note_id"]: one for one in rights.rows["notes"]}
    files = {one["file_id"]: one for one in rights.rows["report_files"]}
    for number, row in portal.shown["comment"].items():
        assert notes[_report(number)]["is_public"], number
        assert row["ticketId"] in portal.shown["ticket"], number
    for number, row in portal.shown["attachment"].items():
        file = files[_report(number)]
        assert row["ticketId"] in portal.shown["ticket"], number
        assert file["is_public"], number
        assert file["note_id"] is None or notes[file["note_id"]]["is_public"], number


def _report(number: str) -> str:
    """The number in iX-Haus of what is in the portal for the second time."""
    return number.partition("~")[0]


_selections = st.fixed_dictionaries(
    {
        "properties": st.sampled_from([range(100, 200), range(100, 200), range(108, 200)]),
        "person_types": st.sampled_from([("Mieter", "Eigentümer"), ("Mieter", "Eigentümer"), ("Eigentümer",)]),
    }
)


@pytest.mark.rule("R13", "R15", "R16", "R17", "R18", "R19", "R30", "R41", "R44", "R45", "E6", "E7", "E9", "E17", "E31")
@settings(max_examples=6, phases=WITHOUT_SHRINKING)
@given(
    towns(is_sound=False), towns(is_sound=True), st.lists(st.booleans(), min_size=2, max_size=2), _selections,
    st.sampled_from([0, 7]), st.sampled_from([0, 7]), st.sampled_from([1, 8, 31]),
)  # fmt: skip
def test_whoever_can_see_a_record_in_the_portal_has_a_right_to_it_today(
    before: Any, after: Any, are_licensed: list[bool], chosen: dict[str, Any], lead: int, trail: int, later: int
) -> None:
    """On a first day, some time later, and when everything has changed; nothing is wrong in iX-Haus then, as that
    would take nothing from anybody (E3).
    """
    portal = Portal()
    first: dict[str, Any] = {"properties": range(100, 200), "person_types": ("Mieter", "Eigentümer")}
    places = [prop(nr).plus(unit("0", nr), unit("1", nr)) for nr in _numbers()]
    second = START + timedelta(days=later)
    for town, is_licensed, today, selection in (
        (before, are_licensed[0], START, first),
        (before, are_licensed[0], second, first),
        (after, are_licensed[1], second, chosen),
    ):
        rows, numbers = rows_of(town, is_licensed=is_licensed), selection["properties"]
        portal.run(
            Records(rows).plus(*places, *KINDS), today, portal_access_lead_days=lead, portal_access_trail_days=trail,
            properties=f"{numbers[0]}-{numbers[-1]}", person_types=list(selection["person_types"]),
        )  # fmt: skip
        assert_only_rights(portal, Rights(rows, today, lead, trail, numbers, selection["person_types"]))
