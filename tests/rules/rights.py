"""Who may see what on a day, worked out person by person from the rows of iX-Haus, in the plainest way there is.

Nothing of the rules is used: this is what they are held against.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from tests.rules.builders import Row

Rows = dict[str, list[Row]]


@dataclass(frozen=True)
class Tie:
    """What gives a human access on a day: to a unit, or as owner to all of a property (unit None)."""

    human: str
    property_nr: str
    unit_nr: str | None
    is_owner: bool
    person_key: str | None = None


@dataclass(frozen=True)
class Rights:
    """Everybody's rights on one day."""

    rows: Rows
    today: date
    lead: int
    trail: int
    released: range
    types: tuple[str, ...]

    def lasts(self, row: Row) -> bool:
        """Whether the days of a row are sound, and today is one of them, those before and after it included."""
        begin, end = _day(row["begin"]), _day(row["end"])
        if begin is None or (end is not None and end < begin):
            return False
        return self._within(begin, end)

    def _within(self, begin: date | None, end: date | None) -> bool:
        is_begun = begin is None or begin - timedelta(days=self.lead) <= self.today
        return is_begun and (end is None or self.today <= end + timedelta(days=self.trail))

    def human(self, person_key: str | None) -> str | None:
        """Who a person is: its partner, or else itself."""
        for person in self.rows["persons"]:
            if person["person_key"] == person_key:
                return str(person["partner_nr"] or person_key)
        return None

    @cached_property
    def ties(self) -> list[Tie]:
        """Everything that gives anybody access today."""
        return list(self._ties())

    def _ties(self) -> Iterator[Tie]:
        for contract in self.rows["contracts"]:
            if self._is_open(contract):
                yield from self._of_contract(contract)
        is_licensed = any(one["licence"] == "Objekteigentümer" and one["active"] for one in self.rows["licences"])
        for owner in self.rows["owners"]:
            if is_licensed and int(owner["property_nr"]) in self.released and self.lasts(owner):
                yield Tie(owner["partner_nr"], owner["property_nr"], None, is_owner=True)

    def _is_open(self, contract: Row) -> bool:
        types = [one["person_type"] for one in self.rows["persons"] if one["person_key"] == contract["person_key"]]
        return (
            bool(types)
            and types[0] in self.types
            and int(contract["property_nr"]) in self.released
            and self.lasts(contract)
        )

    def _of_contract(self, contract: Row) -> Iterator[Tie]:
        main, is_sale = self.human(contract["person_key"]), contract["kind"] == "EIGENTUM"
        place = contract["property_nr"], contract["unit_nr"]
        if main is None:
            return
        yield Tie(main, *place, is_owner=is_sale, person_key=contract["person_key"])
        if main == contract["person_key"]:  # not in partner management: nobody goes along
            return
        for role in self.rows["contract_roles"]:
            is_of_it = role["contract_nr"] == contract["contract_nr"] and role["partner_nr"] != main
            if is_of_it and self._shares(role, contract):
                is_party = role["role"] == "VERTRAGSPARTNER"
                yield Tie(role["partner_nr"], *place, is_owner=is_sale and is_party)

    def _shares(self, role: Row, contract: Row) -> bool:
        """Whether a role is open today, and on some day together with its contract."""
        begin, end = _day(role["begin"]), _day(role["end"])
        begins = [day for day in (begin, _day(contract["begin"])) if day]
        ends = [day for day in (end, _day(contract["end"])) if day]
        if begin and end and end < begin:
            return False
        return self._within(begin, end) and (not ends or max(begins) <= min(ends))

    def may_log_in(self, human: str) -> bool:
        """Whether somebody may be a user of the portal."""
        records = [one for one in self.rows["partners"] if one["partner_nr"] == human]
        is_minor = any(one["is_minor"] for one in records)
        return not is_minor and any(tie.human == human for tie in self.ties)

    def at(self, human: str, property_nr: str, unit_nr: str | None = None) -> list[Tie]:
        """What gives somebody access to a unit, or to anything in a property."""
        return [
            tie
            for tie in self.ties
            if (tie.human, tie.property_nr) == (human, property_nr) and unit_nr in (None, tie.unit_nr or unit_nr)
        ]

    def may_read(self, human: str, document: Row) -> bool:
        """Whether a document is for somebody, and what it is about still gives him access."""
        if int(document["property_nr"]) not in self.released:
            return False
        header = document["recipient_id"]
        if header is None:
            kinds = {None: ("Hausordnung", "Protokoll")}.get(document["unit_nr"], ("Energieausweis",))
            ties = self.at(human, document["property_nr"], document["unit_nr"])
            is_for_owners = document["document_type"] == "Protokoll"
            return document["document_type"] in kinds and any(tie.is_owner or not is_for_owners for tie in ties)
        if any(contract["person_key"] == header for contract in self.rows["contracts"]):
            return any(tie.person_key == header and tie.human == human for tie in self.ties)
        if human not in (header, self.human(header)):
            return False
        had_any = any(place == document["property_nr"] for place in self._places(human))
        return not had_any or bool(self.at(human, document["property_nr"]))

    def _places(self, human: str) -> Iterator[str]:
        """The properties that anything ever bound somebody to."""
        for contract in self.rows["contracts"]:
            roles = [one for one in self.rows["contract_roles"] if one["contract_nr"] == contract["contract_nr"]]
            if human == self.human(contract["person_key"]) or any(one["partner_nr"] == human for one in roles):
                yield contract["property_nr"]
        yield from (owner["property_nr"] for owner in self.rows["owners"] if owner["partner_nr"] == human)

    def may_follow(self, human: str, report: Row) -> bool:
        """Whether a report is somebody's own, or for all in a property where he is one."""
        if int(report["property_nr"]) not in self.released or report["report_kind"] == "GESPERRT":
            return False
        if report["report_kind"] in ("OBJEKT", "AUSHANG"):
            return bool(self.at(human, report["property_nr"]))
        return human == (self.human(report["reporter_person"]) or report["reporter_partner"])


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
