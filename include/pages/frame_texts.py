"""What every page says, whichever it is: its frame, and the names of groups and of kinds of records."""

from typing import Final

from include.casavi.endpoints import ENDPOINTS
from include.groups import RUNS
from include.vocabulary.texts import Text, Texts

FRAME: Final[Texts] = {
    "navigation": Text("Seiten", "Pages"),
    "skip": Text("Zum Inhalt", "Skip to content"),
    "language": Text("Sprache", "Language"),
    "production": Text("Produktiv", "Production"),
    "test": Text("Test", "Test"),
    "yes": Text("ja", "yes"),
    "no": Text("nein", "no"),
    **{f"group_{name}": group.label for name, group in RUNS.items()},
    **{f"kind_{name}": endpoint.label for name, endpoint in ENDPOINTS.items()},
    "kind_document_type": Text("Dokumententyp", "Document type"),
    "kind_user": Text("Benutzer", "User"),
    "kind_view": Text("Sicht", "View"),
    "none": Text("–", "–"),
    "zone": Text("Zeitzone:", "Time zone:"),
    "settings_mistake": Text("Die Einstellungen haben einen Fehler:", "The settings have a mistake:"),
}
"""Texts that every template may use besides its page's own."""
