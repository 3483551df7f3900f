"""Whole states of the portal kept aside, as a backup does: to go back to one is to restore it."""

import sqlite3


class Snapshots:
    """Name → copy of everything that the SQLite file held then, files' contents included; they end with the process."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database
        self._kept: dict[str, sqlite3.Connection] = {}

    def keep(self, name: str) -> None:
        """Keep the state there is now under a name, in place of any that was kept under it."""
        self._drop(name)
        self._kept[name] = sqlite3.connect(":memory:")
        self._db.backup(self._kept[name])

    def restore(self, name: str) -> None:
        """Go back to a state; raises KeyError when none was kept under that name.

        Logins stay: whether a restore ends them is another matter. Internal ids are given out again from where they
        were, as in a database that was restored.
        """
        tokens = self._db.execute("SELECT token, expires_at FROM tokens").fetchall()
        self._kept[name].backup(self._db)
        with self._db:
            self._db.execute("BEGIN")
            self._db.execute("DELETE FROM tokens")
            self._db.executemany("INSERT INTO tokens VALUES (?, ?)", tokens)

    def clear(self) -> None:
        """Forget all of them."""
        for name in list(self._kept):
            self._drop(name)

    def _drop(self, name: str) -> None:
        if name in self._kept:
            self._kept.pop(name).close()
