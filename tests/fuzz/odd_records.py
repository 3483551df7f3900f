"""Records as a portal may list them by a fault of its own: fields missing, of another type, huge, repeated, nested."""

from typing import Any, Final

from hypothesis import strategies as st

from tests.fuzz.portal import Record, comment, file, ticket
from tests.groups.reports.inbound.harness import CANARY

GONE: Final = object()
"""Stands for a field that is not there."""
ODD_ONES: Final = range(100)
"""Numbers of the tickets that are odd, or have an odd comment or file."""
LISTS: Final = ("tickets", "comments", "attachments", "posts")
_SIGNS: Final = ["\n", "\r\n", "\t", "\0", "\x1f", "\x7f", "\x85", "\u200b", "\ufeff", "\u202e", "ß", "🛠️", "\ud83d",
    "\udc00", "<b>", "&amp;", "<", "%", "'", '"', ";", "/", "\\", "~", "#", " "]  # fmt: skip
_NUMBERS: Final = [0, 1, -1, 7, 1000, 2**31, 2**63, 10**30, 10**4200, 0.5, -0.0, 1e308, float("nan"), float("inf")]
_MOMENTS: Final = ["9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00+14:00", "1969-12-31T23:00:00Z", "2026-06-01",
    "2026-02-30T08:00:00Z", "2026-06-01T08:00:00", "2026-06-01T24:00:00Z", "20260601T080000Z",
    "2026-06-01T08:00:00.123456789Z", "2199-12-31T23:59:59-12:00", "morgen"]  # fmt: skip
_IDS: Final = ["", " ", "0", "7", "..", "a/b", "ä ö", "M1", "M1~P", "#7", "SP-7", "x" * 100, "x" * 101, "y" * 40_000]
_REPEATED: Final = {"tickets": [], "comments": ["C0-1", "C1-2"], "attachments": ["F0-a", "F1-b"], "posts": []}
_SPEAKING: Final = (
    "title",
    "description",
    "text",
    "authorName",
    "fileName",
    "mimeType",
    "subject",
    "createdAt",
    "fields",
)
"""Fields in which a tenant's words may stand."""


class Entries(list[Any]):
    """Entries of a list, some of them huge: nobody wants to read them all."""

    def __repr__(self) -> str:
        return f"{len(self)} entries"


def nested(depth: int, value: object) -> object:
    """Return a value in so many lists."""
    return value if depth == 0 else [nested(depth - 1, value)]


def usual(kind: str, number: int) -> Record:
    """Return the record of a list that odd ones are made of."""
    if kind == "tickets":
        return ticket(number)
    if kind == "comments":
        return comment(number, 2)
    return file(number, "c") | {"isInternal": False} if kind == "attachments" else post(number)


def post(number: int) -> Record:
    return {
        "id": f"P{number}", "internalId": 500 + number, "title": f"{CANARY} {number}", "text": CANARY, "authorId": "1",
        "propertyIds": ["100"], "startDate": "2026-06-01", "endDate": None, "createdAt": "2026-06-01T08:00:00.000Z",
    }  # fmt: skip


def odd_records(kind: str) -> st.SearchStrategy[Entries]:
    """Return one entry of a list for each odd one: a record with one to three odd fields, seldom no record at all."""
    return st.tuples(*(_entry(kind, number) for number in ODD_ONES)).map(Entries)


def _entry(kind: str, number: int) -> st.SearchStrategy[Any]:
    record = usual(kind, number)
    changed = st.lists(st.sampled_from(sorted(record)), min_size=1, max_size=3, unique=True)
    odd = changed.flatmap(lambda names: st.fixed_dictionaries({name: _value(kind, name) for name in names}))
    records = odd.map(lambda fields: {name: one for name, one in (record | fields).items() if one is not GONE})
    strays = st.sampled_from([f"{CANARY} {number}", number, [number], [[CANARY, number]], number + 0.5])
    return st.integers(0, 19).flatmap(lambda chance: strays if chance == 19 and kind != "posts" else records)


def _value(kind: str, name: str) -> st.SearchStrategy[Any]:
    words = [CANARY] if name in _SPEAKING else []
    text = st.lists(st.sampled_from([*_SIGNS, *words]) | st.characters(), max_size=5).map("".join)
    long = st.sampled_from(["x", "ä", "🛠", "x ", "<p>", *words]).map(lambda sign: sign * 40_000)
    odd = st.sampled_from([GONE, None, True, False, *_NUMBERS])
    inside = words or ["x"]
    deep = st.sampled_from([[], {}, inside, {inside[0]: inside}, [None], nested(50, inside), nested(400, inside)])
    if name.endswith("At") or name.endswith("Date"):
        return st.sampled_from(_MOMENTS) | odd | deep | text
    if name in ("id", "internalId"):
        return st.sampled_from([*_IDS, *_REPEATED[kind]]) | odd | deep | text
    if name == "attachments":
        return st.sampled_from([[file(0, "a")] * 2, [None, file(1, "z")], file(2, "z"), [[]]]) | odd | deep
    return text | long | odd | deep
