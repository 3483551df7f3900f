"""What is said about the portal."""

from typing import Final

from include.doctor.finding import Saying, Sayings, Severity, Who
from include.vocabulary.texts import Text

_STORE: Final = Text(
    "Link, Schlüssel und Passwort neu hinterlegen: make keys oder die Seite Einstellungen.",
    "Store link, key and password anew: make keys, or the page Einstellungen.",
)
# fmt: off
SAYINGS: Final[Sayings] = {
    "ABSENT": Saying(Severity.ERROR, Who.ENGINEER, Text("Die Airflow-Verbindung zum Portal fehlt.", "The Airflow connection of the portal does not exist."), _STORE),
    "INCOMPLETE": Saying(Severity.ERROR, Who.ENGINEER,
        Text("In der Airflow-Verbindung fehlen Adresse, Schlüssel oder Passwort.", "The Airflow connection lacks address, key or password."), _STORE),
    "NO_ADDRESS": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Der Link Datensynchronisation {wrong}.", "The synchronisation link {wrong}."), _STORE),
    "OF_PRODUCTION": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Die Verbindung des Testsystems führt zum Konto des Produktivsystems; es wurde nicht aufgerufen.", "The test system's connection leads to production's account; it was not called."),
        Text("Adresse und Schlüssel des Testkontos hinterlegen.", "Store address and key of the test account.")),
    "SENTENCE": Saying(Severity.ERROR, Who.ENGINEER, Text("{about}", "{about}"), Text("Tun, was der Satz sagt.", "Do what the sentence says.")),
    "KEY_REFUSED": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Das Portal weist Schlüssel oder Passwort zurück ({about}).", "The portal refuses key or password ({about})."), _STORE),
    "KEY_DENIED": Saying(Severity.ERROR, Who.CASAVI,
        Text("Das Portal verweigert diesem Schlüssel den Zugriff ({about}).", "The portal denies this key the access ({about})."),
        Text("Fragen, ob er gesperrt oder eingeschränkt ist.", "Ask whether it was revoked or limited.")),
    "WRONG_ADDRESS": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Unter dem Link liegt nicht die Schnittstelle des Portals ({about}).", "The portal's interface is not at the link ({about})."), _STORE),
    "TIMEOUT": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Das Portal antwortet nicht.", "The portal does not answer."),
        Text("Netz und Firewall prüfen; antwortet es anderen auch nicht: casavi fragen.", "Check network and firewall; if it answers nobody, ask casavi.")),
    "NO_CONNECTION": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Das Portal ist nicht erreichbar.", "The portal cannot be reached."),
        Text("Link, Netz, Firewall und Proxy prüfen.", "Check link, network, firewall and proxy.")),
    "BAD_ANSWER": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Unter dem Link antwortet etwas, das nicht wie das Portal aussieht.", "What answers at the link does not look like the portal."), _STORE),
    "RATE_LIMITED": Saying(Severity.WARNING, Who.CASAVI,
        Text("Das Portal nimmt gerade keine Anfragen mehr an.", "The portal takes no more requests just now."),
        Text("Später noch einmal prüfen; bleibt es dabei, limits.requests_per_second senken.", "Examine again later; if it stays, lower limits.requests_per_second.")),
    "PORTAL_FAULT": Saying(Severity.ERROR, Who.CASAVI,
        Text("Das Portal hat eine Störung ({about}).", "The portal has a fault ({about})."),
        Text("Später noch einmal prüfen, dann melden.", "Examine again later, then report it.")),
    "UNEXPECTED": Saying(Severity.ERROR, Who.CASAVI,
        Text("Das Portal antwortet auf die Anmeldung anders als erwartet ({about}).", "The portal answers the login in an unexpected way ({about})."),
        Text("Fragen, was sich an der Schnittstelle geändert hat.", "Ask what has changed in the interface.")),
    "LIST_UNREADABLE": Saying(Severity.ERROR, Who.CASAVI,
        Text("Diese Liste lässt sich nicht lesen{status}.", "This list cannot be read{status}."),
        Text("Den Schlüssel dafür freischalten; gibt es die Liste nicht: den Entwicklern sagen.", "Grant it to the key; if there is no such list, tell the developers.")),
    "PORTAL_CLOCK": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Die Uhr dieses Rechners und die des Portals gehen mehr als {most} Sekunden auseinander.", "The clocks of this machine and of the portal are more than {most} seconds apart."),
        Text("Diesen Rechner an einen Zeitserver hängen (NTP); geht er richtig: casavi sagen.", "Let this machine follow a time server (NTP); if it is right, tell casavi.")),
    "AUTHOR_UNKNOWN": Saying(Severity.NOTE, Who.CASAVI,
        Text("Unter den Kontakten des Portals gibt es diese Referenz-ID nicht; nach Mitarbeitern lässt sich nicht fragen.", "Among the portal's contacts there is no such reference id; staff cannot be asked for."),
        Text("Im Portal nachsehen, ob ein Mitarbeiter diese Referenz-ID hat.", "Look into the portal whether a staff member has this reference id.")),
    "OPENAPI_UNREADABLE": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Die Datei ist keine OpenAPI-Beschreibung.", "The file is no OpenAPI document."),
        Text("Die Beschreibung im Portal neu herunterladen (JSON oder YAML).", "Download the document from the portal again (JSON or YAML).")),
    "PATH_UNKNOWN": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Die Beschreibung kennt {path} nicht, gerufen mit {method}.", "The document does not know {path}, called with {method}."),
        Text("include/casavi/endpoints.py der Beschreibung anpassen.", "Adapt include/casavi/endpoints.py to the document.")),
    "METHOD_UNKNOWN": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Die Beschreibung kennt {path} nicht mit {method}, nur mit {known}.", "The document does not know {path} with {method}, only with {known}."),
        Text("include/casavi/endpoints.py der Beschreibung anpassen.", "Adapt include/casavi/endpoints.py to the document.")),
}
# fmt: on
