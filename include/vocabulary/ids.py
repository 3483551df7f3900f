"""Ids of records in the portal: what they are made of. Only here are they put together and taken apart.

An external id is a base, mostly a number of iX-Haus, and behind it any number of additions, each begun by a "~". A base
may have several parts, separated by "/". Numbers of iX-Haus may hold either letter themselves:

    additions  whoever takes them off asks for the records an id may stand for (`bases`), or knows the base (`addition`)
    parts      the property of a unit and the partner of a contract are written with %2F for "/" and %7E for "~" where
               they hold one, so that all before the first "/" is the property and all behind the last one the partner.
               Between them everything stays as it is: units "1/2" and contracts "2020/17" do exist, and the ids that
               the portal has them under stay. A property "100/1" or a partner "4/7" has had ids that read as those of
               others: its units or roles get new ones, and the old ones leave, under the removal guard.

Where two records would have one id all the same, neither is sent (rules/outcomes.py).

    id                  record types           what it stands for
    110                 property,              the property of this number; all its caretakers
                        responsibility
    110/1               unit                   property/unit (O30)
    4711                contact                the partner of this number
    110.1.1             contact                the person of this key, who has no partner (R24) or had none before (E18)
      ~person             "                    the same, as a partner has the person's key for its number
      ~20260501           "                    the number was given again: to whom iX-Haus made on that day (E21)
    V-7                 contract               the contract of this number
    V-7/4711            contract               contract/partner: a further role in it (O20)
      ~role               "                    the same, as a contract has this number itself
    110/1/4711~owner    contract               property/unit/partner: an owner's contract on a unit (O19)
    M1                  ticket, post           the report of this number
    N1, A1              comment, attachment    the note, the file of this key
    AUFTRAG-7           comment                the note on the order of this number (R43)
      ~ERP                "                    the number is the id that the portal gave to another record (E49)
      ~P                  ticket, comment,     the report is now for everybody in its property, after it was for
                          attachment           somebody else (E43); what lies below a ticket has the same additions
      ~P~102              "                    the same once more, as ~P is given: in property 102
      ~4711               "                    the report is now for this contact (whose id may have additions itself)
      ~4711~2             "                    the same once more, as ~4711 is given
      ~2, ~3, …           post                 the bulletin was posted for the second, third time (O18)
      ~v2, ~v3, …         document, comment    the second, third copy of a record that the portal cannot change: so only
                                               the portal calls it, and no other addition follows
      ~v1                 "                    the first copy, still there beside a later one: the ledger says so
    M1/closed/4711      email                  record/what happened to it/contact who is to hear of it (R42); a long one
                                               is cut, and a digest of the whole follows the "~"

What came from the portal has the portal's own id for its base. In iX-Haus its key is "SP-" and a number of the portal.

Two columns of decision.CONTROL_COLUMNS name records as well:

    parents    "<record type> <external id>", one a line: contact 4711~person
    source     "<view>:<key>", separated by blanks, a key of several parts with "/": SP_PERSON:110.1.1; a blank in a
               part is %20, a "/" in any but the last one %2F

Functions whose arguments are of type Text take texts or, in the rules, whole columns of them; what is missing in a
column stays missing.
"""

import re
from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, Final, TypeVar

Text = TypeVar("Text")
"""str, or a column of str: "+" puts both together."""

ADDITION: Final = "~"
"""Begins an addition."""
AFTER_ADDITION: Final = "\x7f"
"""Sorts right behind ADDITION: what lies between an id with the one and with the other is that id with additions."""
PERSON: Final = "person"
ROLE: Final = "role"
OWNER: Final = "owner"
ERP: Final = "ERP"
EVERYBODY: Final = "P"
TWICE: Final = "2"
_COPY: Final = "v"
_VERSION: Final = re.compile(rf"(?<=.){ADDITION}{_COPY}([2-9]|[1-9][0-9]+)\Z", re.DOTALL)
PUBLIC: Final = ADDITION + EVERYBODY
"""Begins the audience that is everybody in a property; no contact's id begins like this."""
IMPORTED: Final = "SP-"
"""What the keys in iX-Haus of records from the portal begin with."""
LINE: Final = "\n"
"""Separates parents."""
_PART: Final = "/"
_SEPARATORS: Final = {_PART: "%2F", ADDITION: "%7E", " ": "%20"}
_WRITTEN: Final = {code: separator for separator, code in _SEPARATORS.items()} | {"%25": "%"}
_CODE: Final = "%(?:2F|7E|20|25)"
_ORDER: Final = "AUFTRAG-"
_LONGEST_EVENT: Final = 100


def extended(base: Text, *additions: object) -> Text:
    """Return ids with additions behind them; an addition is a text or a column, without the "~"."""
    found: Any = base
    for one in additions:
        found = found + ADDITION + one
    result: Text = found
    return result


def bases(external_id: str) -> list[str]:
    """Return what an id may be the id of, with or without additions: itself, then shorter and shorter ones."""
    parts = external_id.split(ADDITION)
    return [ADDITION.join(parts[:length]) for length in range(len(parts), 0, -1)]


def addition(external_id: str, base: str) -> str:
    """Return all that an id has behind its base, with the "~"; of another base's id what follows the first one."""
    if external_id.startswith(base):
        return external_id.removeprefix(base)
    _, mark, rest = external_id.partition(ADDITION)
    return mark + rest


def unit(property_nr: Text, unit_nr: Text) -> Text:
    """Return the ids of units (O30): a unit number is unique only within its property."""
    return _of_parts(_escaped(property_nr, _PART), unit_nr)


def read_unit(unit_id: str) -> tuple[str, str]:
    """Return the numbers of the property and the unit that a unit's id is made of."""
    property_nr, _, unit_nr = unit_id.partition(_PART)
    return _unescaped(property_nr), unit_nr


def property_of(unit_id: str) -> str:
    """Return the number of the property that a unit's id begins with."""
    return read_unit(unit_id)[0]


def role(contract_nr: Text, partner_nr: Text) -> Text:
    """Return the ids of the contracts that stand for a partner's further role in a contract (O20)."""
    return _of_parts(contract_nr, _escaped(partner_nr, _PART + ADDITION))


def owner(unit_id: Text, partner_nr: Text) -> Text:
    """Return the ids of the contracts that owners have on units (O19)."""
    return extended(_of_parts(unit_id, _escaped(partner_nr, _PART + ADDITION)), OWNER)


def is_person(contact_id: str) -> bool:
    """Whether a contact's id says that it is a person's key although a partner has that number."""
    return PERSON in contact_id.split(ADDITION)[1:]


def everybody(property_nr: Text) -> Text:
    """Return the audience that is everybody in a property (E43)."""
    return _behind(PUBLIC, property_nr)


def posting(external_id: str, report_nr: str) -> int:
    """Return the how-manieth posting of its report a post's id stands for (O18)."""
    number = addition(external_id, report_nr).removeprefix(ADDITION)
    return int(number) if number.isdecimal() else 1


def next_version(external_id: str, *used: str) -> str:
    """Return the id of a record's next copy in the portal, behind all those under which the portal has known it."""
    return extended(external_id, f"{_COPY}{1 + max(map(_version, used), default=0)}") if used else external_id


def unversioned(portal_id: str) -> str:
    """Return the id of the record of which the portal has a copy under this id."""
    return _VERSION.sub("", portal_id)


def left_over(external_ids: Text) -> Text:
    """Return as whose the ledger knows first copies that later ones have replaced, and that are still there."""
    return extended(external_ids, f"{_COPY}1")


def _version(portal_id: str) -> int:
    found = _VERSION.search(portal_id)
    return int(found[1]) if found else 1


def order_note(order_nr: Text) -> Text:
    """Return the ids of the comments that tell of orders (R43)."""
    return _behind(_ORDER, order_nr)


def imported(portal_key: object) -> str:
    """Return the key in iX-Haus of what came from the portal under a key of its own."""
    return f"{IMPORTED}{portal_key}"


def last_part(external_id: str) -> str:
    """Return the last of an id's parts."""
    return external_id.rpartition(_PART)[2]


def event(record: str, what: str, contact_id: str) -> str:
    """Return the key under which the ledger remembers what happened to a record and who hears of it (R42)."""
    key = _of_parts(record, what, contact_id)
    if len(key) <= _LONGEST_EVENT:
        return key
    return extended(key[:60], blake2b(key.encode(), digest_size=16).hexdigest())


def typed(record_type: str, external_ids: Text) -> Text:
    """Return "<record type> <external id>", as `parents` names records."""
    return _behind(f"{record_type} ", external_ids)


def read_parents(parents: str | None) -> Iterator[tuple[str, str]]:
    """Yield record type and id of each line of `parents`."""
    for line in filter(None, (parents or "").split(LINE)):
        record_type, _, external_id = line.partition(" ")
        yield record_type, external_id


def parent_pattern(record_type: str) -> str:
    """Return the pattern that finds in `parents` the id of a parent of some type, its first group."""
    return rf"(?m)^{typed(re.escape(record_type), '(.*)')}$"


def source(view: str, *key: Text) -> Text:
    """Return "<view>:<key>", as `source` names the records of iX-Haus; the parts of a key one by one."""
    *before, last = key
    parts = [*(_escaped(part, _PART + " ") for part in before), _escaped(last, " ")]
    return _behind(f"{view}:", _of_parts(*parts))


def read_source(source: str) -> tuple[str, str, str, str]:
    """Return of "<view>:<key>" the view, the key as one, the first of its parts, and the others."""
    view, _, key = source.partition(":")
    first, _, others = key.partition(_PART)
    return view, _unescaped(key), _unescaped(first), _unescaped(others)


def source_pattern(view: str, key: str, *, is_first: bool = False) -> str:
    """Return the pattern that finds a record of iX-Haus in `source`; `is_first`: by the first part of its key."""
    written = source(view, key, "") if is_first else source(view, key)
    return f"(?:^| ){re.escape(written)}{'' if is_first else '(?: |$)'}"


def source_part_pattern(view: str, part: str) -> str:
    """Return the pattern that finds in `source` a record of iX-Haus by a part of its key that is not the first."""
    written = "|".join({re.escape(_escaped(part, " ")), re.escape(_escaped(part, _PART + " "))})
    return rf"(?:^| ){view}:[^ /]*/(?:[^ /]*/)?(?:{written})(?:/|(?= |$))"


def contract_parts(external_id: str) -> tuple[set[str], set[str]]:
    """Return contract numbers and partner numbers that a contract's id may be made of."""
    contracts: set[str] = set()
    partners: set[str] = set()
    for base in bases(external_id):
        places = [found.start() for found in re.finditer(_PART, base)]
        contracts |= {base, *(base[:place] for place in places)}
        partners |= {_unescaped(base[place + 1 :]) for place in places}
    return contracts, partners


def _of_parts(first: Text, *others: Text) -> Text:
    found: Any = first
    for one in others:
        found = found + _PART + one
    result: Text = found
    return result


def _behind(prefix: str, texts: Text) -> Text:
    found: Any = texts
    result: Text = prefix + found
    return result


def _escaped(part: Text, separators: str) -> Text:
    """Return a part in which none of these separators is read, nor what stands for one where none does."""
    found: Any = part
    pattern = f"[{separators}]|%(?=(?:2F|7E|20|25))"
    if isinstance(found, str):
        result: Any = re.sub(pattern, _code, found)
    elif found.str.contains(f"[{separators}%]").any():
        result = found.str.replace(pattern, _code, regex=True)
    else:
        result = found
    escaped: Text = result
    return escaped


def _code(separator: re.Match[str]) -> str:
    return _SEPARATORS.get(separator[0], "%25")


def _unescaped(part: str) -> str:
    return re.sub(_CODE, lambda code: _WRITTEN[code[0]], part)
