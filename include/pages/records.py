"""What the pages say and show of single records as ledger and rules know them."""

from typing import Final

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
    "not_accepted": Text("nicht angenommen", "not accepted"),
    "run": Text("Lauf", "Run"),
    "open_run": Text("Lauf in Airflow öffnen", "Open the run in Airflow"),
}
