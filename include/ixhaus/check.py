"""Does a live database keep the interface contract? Used before every read and by the set-up check."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import Connection, Engine, Select, Table, literal_column, select
from sqlalchemy.exc import DBAPIError

from include.ixhaus.contract import METADATA
from include.ixhaus.database import read_snapshot

_CANNOT_BE_READ: Final = ("no such table", "ORA-00942", "ORA-04063")
"""What the databases say of a view or table that is not there, not granted, or does not compile."""


class ContractError(Exception):
    """The ERP's database does not keep the contract; the message names view and column and says what to do."""


class FlagError(ContractError):
    """A flag of the ERP's is neither J nor N.

    place: view and column
    """

    def __init__(self, place: str) -> None:
        super().__init__(f"{place}: some values are not J or N; convert them in the view.")
        self.place = place


class Difference(NamedTuple):
    """What a database lacks of one view or table: these columns, or all of it if there are none."""

    name: str
    is_view: bool
    columns: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What is missing and what to do."""
        return self._of_columns() if self.columns else self._of_all()

    def _of_all(self) -> str:
        kind = "view" if self.is_view else "table"
        advice = (
            "create it with the skeleton that `make contract` prints and grant SELECT to the interface user"
            if self.is_view
            else "run `make contract` and execute what it prints as the interface user"
        )
        return f"{self.name}: this {kind} of the interface contract is missing or cannot be read; {advice}."

    def _of_columns(self) -> str:
        what, verb, them = ("the column", "is", "it") if len(self.columns) == 1 else ("the columns", "are", "them")
        advice = (
            f"add {them} to the view, as NULL where iX-Haus has nothing for {them}"
            if self.is_view
            else f"add {them} as `make contract` prints {them}"
        )
        return f"{self.name}: {what} {', '.join(self.columns)} {verb} missing; {advice}."


def check_database(engine: Engine) -> list[Difference]:
    """Compare a database with the whole contract; returns what is missing, nothing if the contract is kept."""
    with read_snapshot(engine) as connection:
        return differences(connection, METADATA.tables.values())


def differences(connection: Connection, tables: Iterable[Table]) -> list[Difference]:
    """Return what is missing of the given views and tables."""
    found = (_difference(table, live_columns(connection, table)) for table in tables)
    return [difference for difference in found if difference]


def live_columns(connection: Connection, table: Table) -> set[str] | None:
    """Return the names of the columns a view or table really has, in capitals; None if it cannot be read."""
    try:
        return {name.upper() for name in connection.execute(no_rows(table)).keys()}  # noqa: SIM118 - not a dict
    except DBAPIError as error:
        if cannot_be_read(error):
            return None
        raise


def cannot_be_read(error: DBAPIError) -> bool:
    """Whether a database says by this error that a view or table is not there, not granted, or does not compile."""
    return any(mark in str(error.orig) for mark in _CANNOT_BE_READ)


def no_rows(table: Table) -> Select[tuple[object]]:
    """Return a query that yields no row but the live columns, also through a synonym; Oracle 19c knows no FALSE."""
    return select(literal_column("*")).select_from(table).where(literal_column("1") == literal_column("0"))


def _difference(table: Table, live: set[str] | None) -> Difference | None:
    is_view = bool(table.info.get("view"))
    if live is None:
        return Difference(table.name, is_view)
    missing = tuple(column.name for column in table.columns if column.name not in live)
    return Difference(table.name, is_view, missing) if missing else None
