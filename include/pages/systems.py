"""The systems a page may speak of, and the way to the database of each."""

from fastapi import HTTPException
from sqlalchemy import Engine

from include.lookup.runs import active_systems
from include.pages.waiting import open_ixhaus
from include.settings import ConfigurationError, configured_systems, load_each, load_settings


def known_system(name: str) -> str:
    """Return a configured system's name, the first one for ""; 404 for others."""
    systems = configured_systems()
    if name and name not in systems:
        raise HTTPException(404)
    return name or systems[0]


def engine_of(system: str) -> Engine:
    """Return an engine on a system's iX-Haus that gives up in time."""
    return open_ixhaus(load_settings(system).ixhaus_connection)


def engines(only: str | None) -> dict[str, Engine]:
    """Return engines on the databases of the active systems, or of one of them; raises ConfigurationError if the
    settings of that one are wrong.
    """
    if only and (mistake := load_each().mistakes.get(only)):
        raise ConfigurationError(mistake.english, mistake.german)
    return {system: open_ixhaus(name) for system, name in active_systems().items() if only in (None, system)}
