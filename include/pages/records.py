"""What the pages say and show of single records as ledger and rules know them."""

from datetime import datetime
from typing import Final

from include.lookup.why import KINDS
from include.vocabulary.clock import BERLIN
from include.vocabulary.texts import Text, Texts

TEXTS: Final[Texts] = {
    "did_create": Text("angelegt", "created"),
    "did_update": Text("geändert", "updated"),
    "did_remove": Text("entfernt", "removed"),
    "action_create": Text("anlegen", "create"),
    "action_update": Text("ändern", "update"),
    "action_remove": Text("entfernen", "remove"),
    "action_received": Text("übernehmen", "receive"),
    "action_acknowledged": Text("zuvor bestätigt", "acknowledged before"),
    "action_": Text("anlegen", "create"),
    "unknown": Text("Ausgang unbekannt", "outcome unknown"),
    "accepted": Text("angenommen", "accepted"),
    "run": Text("Lauf", "Run"),
    "open_run": Text("Lauf in Airflow öffnen", "Open the run in Airflow"),
}
ASKED_AS: Final = {record_type: kind for kind, known in KINDS.items() for record_type in known.record_types}
"""Record type → what the page Warum? calls it."""


def local(moment: datetime | None) -> datetime | None:
    """Return a time of iX-Haus with its zone."""
    return None if moment is None else moment.replace(tzinfo=BERLIN)
