"""How a column of the interface contract is declared: its name in the database, its name in the code (the key, which
statements and frames go by), its type, and the comment that ends up in the Oracle DDL.
"""

from datetime import date
from typing import Final

from sqlalchemy import TIMESTAMP, Column, Date, DateTime, Integer, LargeBinary, MetaData, Numeric, String, Text

METADATA = MetaData()
YES, NO = "J", "N"
"""Oracle 19c has no boolean: flags are one letter, J or N."""
NO_DATES: Final = (date(1, 1, 1), date(1899, 12, 30), date(9999, 12, 31))
"""What legacy data says for "no date" (E27)."""


def text(name: str, english: str, length: int, comment: str) -> Column[str]:
    """Return a text column of at most `length` characters; empty text is NULL, as in Oracle."""
    return Column(name, String(length), key=english, comment=comment)


def key(name: str, english: str, comment: str, length: int = 100) -> Column[str]:
    """Return a text column that is part of the record's key: never NULL, compared letter by letter."""
    return Column(name, String(length), key=english, primary_key=True, nullable=False, comment=comment)


def flag(name: str, english: str, comment: str) -> Column[str]:
    """Return a J/N column."""
    return Column(name, String(1), key=english, comment=f"{comment} (J/N)", info={"flag": True})


def day(name: str, english: str, comment: str) -> Column[object]:
    """Return a local calendar day (Europe/Berlin); a time of day, as Oracle's DATE has, is cut off on reading."""
    return Column(name, Date, key=english, comment=comment)


def moment(name: str, english: str, comment: str) -> Column[object]:
    """Return a local point in time (Europe/Berlin, no zone), as iX-Haus writes it."""
    return Column(name, DateTime, key=english, comment=comment)


def utc(name: str, english: str, comment: str) -> Column[object]:
    """Return a point in time in UTC, as this project writes it; TIMESTAMP, as Oracle's DATE knows whole seconds."""
    return Column(name, TIMESTAMP, key=english, comment=f"{comment} (UTC)")


def number(name: str, english: str, comment: str) -> Column[int]:
    """Return a whole number."""
    return Column(name, Integer, key=english, comment=comment)


def size(name: str, english: str, comment: str) -> Column[float]:
    """Return a whole number beyond 32 bits, such as a file size in bytes."""
    return Column(name, Numeric(18, 0, asdecimal=False), key=english, comment=comment)


def long_text(name: str, english: str, comment: str) -> Column[str]:
    """Return a text of any length (CLOB)."""
    return Column(name, Text, key=english, comment=comment)


def content(name: str, english: str, comment: str) -> Column[bytes]:
    """Return bytes of any length (BLOB)."""
    return Column(name, LargeBinary, key=english, comment=comment)


def changed() -> Column[object]:
    """Return the time stamp every view carries: when staff last changed the record, local time."""
    return moment("GEAENDERT_AM", "changed_at", "Letzte Änderung des Datensatzes in iX-Haus, Ortszeit")
