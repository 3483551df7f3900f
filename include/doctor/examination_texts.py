"""What is said where a check could not look."""

from typing import Final

from include.doctor.finding import Saying, Sayings, Severity, Who
from include.vocabulary.texts import Text

# fmt: off
SAYINGS: Final[Sayings] = {
    "DATABASE": Saying(Severity.ERROR, Who.DBA,
        Text("{sentence}", "{sentence}"),
        Text("Tun, was der Satz sagt; bis dahin bleibt ungeprüft, was daran hängt.", "Do what the sentence says; until then whatever depends on it stays unexamined.")),
    "CONNECTION_MISSING": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Die Airflow-Verbindung zur Datenbank fehlt.", "The Airflow connection of the database does not exist."),
        Text("Unter Admin > Connections anlegen, Typ Oracle.", "Add it under Admin > Connections, type Oracle.")),
    "WRONG_KIND": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Die Airflow-Verbindung führt zu keiner Datenbank, die die Schnittstelle kennt.", "The Airflow connection leads to no database that the interface knows."),
        Text("Den Typ der Verbindung auf Oracle stellen.", "Set the connection's type to Oracle.")),
    "UNSEEN": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Ungeprüft, weil die Datenbank nicht zu lesen ist.", "Not looked at, as the database cannot be read."),
        Text("Noch einmal prüfen, wenn sie es ist.", "Examine again when it can.")),
    "NOT_LOOKED": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Das ließ sich nicht prüfen: {error}.", "This could not be looked at: {error}."),
        Text("Noch einmal prüfen; bleibt es dabei, den Entwicklern diese Zeile geben.", "Examine again; if it stays, give this line to the developers.")),
}
# fmt: on
