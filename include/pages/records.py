"""What the pages say and show of single records as ledger and rules know them."""

from datetime import datetime
from typing import Final

from include.pages.language import Texts
from include.vocabulary.clock import BERLIN

TEXTS: Final[Texts] = {
    "did_create": ("angelegt", "created"),
    "did_update": ("geändert", "updated"),
    "did_remove": ("entfernt", "removed"),
    "action_create": ("anlegen", "create"),
    "action_update": ("ändern", "update"),
    "action_remove": ("entfernen", "remove"),
    "action_received": ("übernehmen", "receive"),
    "action_acknowledged": ("zuvor bestätigt", "acknowledged before"),
    "action_": ("anlegen", "create"),
    "unknown": ("Ausgang unbekannt", "outcome unknown"),
    "accepted": ("angenommen", "accepted"),
    "run": ("Lauf", "Run"),
    "open_run": ("Lauf in Airflow öffnen", "Open the run in Airflow"),
}


def local(moment: datetime | None) -> datetime | None:
    """Return a time of iX-Haus with its zone."""
    return None if moment is None else moment.replace(tzinfo=BERLIN)
