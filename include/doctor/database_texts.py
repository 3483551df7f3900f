"""What is said about letters, clock, rights and indexes of the database."""

from typing import Final

from include.doctor.finding import Saying, Sayings, Severity, Who
from include.vocabulary.texts import Text

# fmt: off
SAYINGS: Final[Sayings] = {
    "CHARSET": Saying(Severity.WARNING, Who.DBA,
        Text("Der Zeichensatz der Datenbank ist {found}: Was er nicht kennt, wird beim Schreiben zu einem Fragezeichen.", "The database's character set is {found}: letters it does not know become question marks when written."),
        Text("Die Datenbank auf AL32UTF8 umstellen oder damit leben.", "Convert the database to AL32UTF8, or live with it.")),
    "DATABASE_CLOCK": Saying(Severity.WARNING, Who.DBA,
        Text("Die Uhr der Datenbank geht {seconds} Sekunden anders als die der Schnittstelle.", "The database's clock is {seconds} seconds apart from the interface's."),
        Text("Beide Rechner an denselben Zeitserver hängen (NTP).", "Let both machines follow the same time server (NTP).")),
    "TIME_ZONE": Saying(Severity.WARNING, Who.DBA,
        Text("Der Server der Datenbank rechnet mit {found}, in Berlin gilt {wanted}: Zeitstempel, die iX-Haus mit SYSDATE schreibt, sind verschoben.", "The database's server goes by {found}, Berlin by {wanted}: time stamps that iX-Haus writes with SYSDATE are off."),
        Text("Die Zeitzone des Servers auf Europe/Berlin stellen oder die Zeiten in den Sichten umrechnen.", "Set the server's time zone to Europe/Berlin, or convert the times in the views.")),
    "RIGHTS_TOO_MANY": Saying(Severity.WARNING, Who.DBA,
        Text("Der Benutzer der Schnittstelle darf mehr, als er braucht: {rights}.", "The interface's user may do more than it needs: {rights}."),
        Text("Nach der Einrichtung entziehen (REVOKE), wie make contract es zeigt.", "Revoke it once all is set up, as make contract shows.")),
    "RIGHTS_MISSING": Saying(Severity.ERROR, Who.DBA,
        Text("Auf die eigene Tabelle fehlen Rechte: {rights}.", "Rights on the own table are missing: {rights}."),
        Text("Sie dem Benutzer der Schnittstelle direkt geben, nicht über eine Rolle.", "Grant them to the interface's user directly, not through a role.")),
    "READ_ONLY": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Die Datei der Datenbank ist schreibgeschützt.", "The database's file is read-only."),
        Text("Dem Benutzer, unter dem Airflow läuft, das Schreiben erlauben.", "Let the user that Airflow runs as write it.")),
    "VIEW_NOT_WRITABLE": Saying(Severity.ERROR, Who.CONSULTANT,
        Text("In die Sicht lässt sich nichts schreiben: Meldungen aus dem Portal kommen nicht an.", "Nothing can be written into the view: reports from the portal do not arrive."),
        Text("INSTEAD OF-Trigger anlegen oder die Sicht auf eine Tabelle beschränken.", "Create INSTEAD OF triggers, or let the view read one table only.")),
    "NO_INDEX": Saying(Severity.WARNING, Who.DBA,
        Text("Keine Tabelle hinter der Sicht hat einen Index auf einem Datum; nach Änderungen (GEAENDERT_AM) wird aber alle paar Sekunden gefragt.", "No table behind the view has an index on a date, but changes (GEAENDERT_AM) are asked for every few seconds."),
        Text("Einen Index auf die Spalte legen, aus der GEAENDERT_AM kommt.", "Create an index on the column that GEAENDERT_AM comes from.")),
}
# fmt: on
