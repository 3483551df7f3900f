"""One hand-written case per rule R13–R24 and edge case E1–E22c, E24, E27: invented people in property 129 whose last
names say which case they are. LEAD and TRAIL are the day counts of demo/config/production.yaml.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

from demo.ixhaus.records import (
    Calendar,
    Case,
    Record,
    contract,
    partner,
    person,
    registered,
    role,
    tenant,
    unit,
)
from demo.ixhaus.writing import at_nine

LEAD: Final = 14
TRAIL: Final = 90
_HIDDEN: Final = "anonymisiert"


def cases(today: date) -> list[Case]:
    """Return all cases with their dates counted from `today`."""
    day = Calendar(today)
    return [*_properties(day), *_access(day), *_identity(day), *_households(day), *_quality(day), *_refused(day)]


def _properties(day: Calendar) -> Iterator[Case]:
    yield Case("R13", "lives in a property outside the object range", _elsewhere("R13", "301", day))
    yield Case("R14", "property with its full report history", shows=("110",))
    yield Case("R15", "property released by its own number: take it out of the range to archive it", shows=("200",))
    yield Case("E11", "the same property: withdraw and release it again", shows=("200",))
    yield Case("E22a", "property last changed ten years ago, not released yet", shows=("300",))
    yield Case("E22b", "property without any unit, and a vacant unit", (unit("E22b", day),), ("128", "129/E22b"))


def _access(day: Calendar) -> Iterator[Case]:
    yield Case("R16", "active: a running contract", tenant("R16", day, day(-700)))
    yield Case("R16-none", "no contract at all", (person("R16-none", day),))
    yield Case("R17", "prospect with a contract: sent without access", tenant("R17", day, day(-20), kind="Interessent"))
    yield Case("E9", "type not released; release it and withdraw it", tenant("E9", day, day(-300), kind="Untermieter"))
    yield Case("R18", "access opens today", tenant("R18", day, day(LEAD)))
    yield Case("E1", "access opens tomorrow", tenant("E1", day, day(LEAD + 1)))
    yield Case("E2", "contract ends today: still active", tenant("E2", day, day(-900), day(0)))
    yield Case("R19", "last day of access after moving out", tenant("R19", day, day(-900), day(-TRAIL)))
    yield Case("R20", "access ended yesterday: reported as removed", tenant("R20", day, day(-900), day(-TRAIL - 1)))
    yield Case("E4", "moved out long ago: a later end restores it", tenant("E4", day, day(-900), day(-TRAIL - 10)))
    yield Case("E24", "begins on 29 February", tenant("E24", day, date(2024, 2, 29)))
    yield Case("E27", 'the legacy ways to write "no date"', (
        *tenant("E27a", day, day(-60), date(1899, 12, 30), anonymised_at=at_nine(date(1, 1, 1))),
        *tenant("E27b", day, day(-50), date(9999, 12, 31)),
    ))  # fmt: skip


def _identity(day: Calendar) -> Iterator[Case]:
    yield Case(
        "R23",
        "one partner, two persons in two properties, three contracts: one contact",
        (
            *registered("R23", day, day(-500)),
            person("R23", day, place="200", partner_nr="P-R23"),
            unit("R23", day, "200"),
            contract("R23b", day, day(-400), of="200.R23.1", at="R23", place="200"),
            unit("R23-S", day, usage="Stellplatz"),
            contract("R23c", day, day(-300), of="129.R23.1", at="R23-S"),
        ),
    )
    yield Case("R24", "change name or e-mail: the contact stays the same", registered("R24", day, day(-500)))
    yield Case("E5", "contracts in a released and in another property", (
        *tenant("E5", day, day(-500)), unit("E5", day, "301"),
        contract("E5b", day, day(-100), of="129.E5.1", at="E5", place="301"),
    ))  # fmt: skip
    yield Case("E6", "moved out, but owns another unit", (
        *registered("E6", day, day(-900), day(-400)),
        person("E6b", day, kind="Eigentümer", partner_nr="P-E6"), unit("E6b", day),
        contract("E6b", day, day(-2000), kind="EIGENTUM"),
    ))  # fmt: skip
    yield Case("E7", "re-let the same day, and a third contract by mistake at the same time", (
        *tenant("E7a", day, day(-900), day(-20)),
        person("E7b", day), contract("E7b", day, day(-20), at="E7a"),
        person("E7c", day), contract("E7c", day, day(-25), at="E7a"),
    ))  # fmt: skip
    yield Case("E8", "moved inside the property after the first flat's access ended", (
        *tenant("E8", day, day(-900), day(-TRAIL - 10)), unit("E8b", day),
        contract("E8b", day, day(-TRAIL - 10), of="129.E8.1"),
    ))  # fmt: skip
    yield Case("E10", "two types, one of them released", (
        *registered("E10", day, day(-200)),
        *tenant("E10b", day, day(-100), kind="Interessent", partner_nr="P-E10"),
    ))  # fmt: skip
    yield Case("E18", "partner exists, the person is not linked to it yet", (
        *tenant("E18", day, day(-200), email=None), partner("E18", day),
    ))  # fmt: skip
    yield Case("E19", "two partners to be merged", (
        *registered("E19a", day, day(-200)), *registered("E19b", day, day(-200)),
    ))  # fmt: skip
    reused = dict.fromkeys(("created_at", "changed_at"), at_nine(day(-1)))
    yield Case("E21", "made yesterday: stands for a number used again", tenant("E21", day, day(-1), **reused))


def _households(day: Calendar) -> Iterator[Case]:
    yield Case("R22", "partner's data win; co-resident and contract partner come along", (
        *registered("R22", day, day(-500), last_name="Muster-R22-Partner"),
        partner("R22-co", day), role("R22", "R22-co", day),
        partner("R22-cp", day), role("R22", "R22-cp", day, "VERTRAGSPARTNER"),
    ))  # fmt: skip
    yield Case("R22-none", "without partner: only the person itself", tenant("R22-none", day, day(-500)))
    yield Case("E16", "co-residents: without e-mail, a child, a main tenant elsewhere", (
        *registered("E16", day, day(-500)), *registered("E16c", day, day(-300)),
        partner("E16a", day, email=None, delivery_route="DRUCK"), role("E16", "E16a", day),
        partner("E16b", day, is_minor="J", email=None), role("E16", "E16b", day),
        role("E16", "E16c", day),
    ))  # fmt: skip
    yield Case("E17", "co-resident left earlier; another one takes over the contract", (
        *registered("E17", day, day(-900), day(-10)),
        partner("E17a", day), role("E17", "E17a", day, end=day(-200)),
        *registered("E17b", day, day(-9)), role("E17", "E17b", day),
    ))  # fmt: skip
    yield Case("E20", "a company without any person's name", tenant(
        "E20", day, day(-500), company="Muster-E20 GmbH", first_name=None, last_name=None, salutation="Firma",
    ))  # fmt: skip
    yield Case("E22", "caretaker who is also a tenant", (*registered("E22", day, day(-500)), _caretaker("E22", day)))


def _quality(day: Calendar) -> Iterator[Case]:
    yield Case("R21", "anonymised while it still has access: sent anonymised", tenant(
        "R21", day, day(-900), day(-10), salutation=None, first_name=_HIDDEN, last_name=_HIDDEN, street=_HIDDEN,
        telephone=_HIDDEN, email=_HIDDEN, anonymised_at=at_nine(day(-1)),
    ))  # fmt: skip
    yield Case(
        "E12", "partly anonymised: the telephone only", tenant("E12", day, day(-900), day(-30), telephone=_HIDDEN)
    )
    yield Case("E12-late", "anonymised after it was removed: never sent again", tenant(
        "E12-late", day, day(-4000), day(-3700), first_name=_HIDDEN, last_name=_HIDDEN, email=None, telephone=None,
        anonymised_at=at_nine(day(-5)),
    ))  # fmt: skip
    hidden = dict.fromkeys(("first_name", "last_name", "email", "telephone"), _HIDDEN) | {
        "anonymised_at": at_nine(day(-2))
    }
    yield Case("E13", "two whose name is anonymised: two contacts", (
        *tenant("E13a", day, day(-900), day(-40), **hidden), *tenant("E13b", day, day(-900), day(-50), **hidden),
    ))  # fmt: skip
    yield Case("E14", "two with the same e-mail: the lower id keeps it", (
        *tenant("E14a", day, day(-500), email="e14@example.org"),
        *tenant("E14b", day, day(-500), email="E14@example.org"),
    ))  # fmt: skip
    yield Case("E15", "two e-mail addresses: the first is used", tenant(
        "E15", day, day(-500), email="e15-a@example.org; e15-b@example.org",
    ))  # fmt: skip
    yield Case(
        "E15-bad",
        "no valid e-mail address: sent without one, and named",
        tenant("E15-bad", day, day(-500), email="Büro; x@@y"),
    )
    yield Case("E15-odd", "one valid address with blanks and a remark; one with an umlaut", (
        *tenant("E15-odd", day, day(-500), email="  e15-odd@example.org (Büro) "),
        *tenant("E15-idn", day, day(-500), email="e15-idn@müllerhaus.example.org"),
    ))  # fmt: skip
    yield Case("NUL", "NUL byte in the name, without which it goes out", tenant(
        "NUL", day, day(-500), last_name="Muster-\0NUL",
    ))  # fmt: skip


def _refused(day: Calendar) -> Iterator[Case]:
    """Yield the sample's bad records; REFUSED in the package names them."""
    yield Case("E3", "end before begin; no begin", (
        *tenant("E3a", day, day(-100), day(-200)), *tenant("E3b", day, None),
    ), ("V-E3a", "V-E3b"))  # fmt: skip
    yield Case("E22c", "neither last name nor company", tenant("E22c", day, day(-500), last_name=None))
    yield Case("LONG", "last name of 300 letters", tenant("LONG", day, day(-500), last_name="Muster-LONG" + "g" * 289))


def _elsewhere(name: str, place: str, day: Calendar) -> tuple[Record, ...]:
    return person(name, day, place=place), unit(name, day, place), contract(name, day, day(-500), place=place)


def _caretaker(name: str, day: Calendar) -> Record:
    columns = {"property_nr": "129", "partner_nr": f"P-{name}", "is_visible": "N", "begin": day(-500)}
    return "SP_HAUSMEISTER", columns
