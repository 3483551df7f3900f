"""What is said about Airflow."""

from typing import Final

from include.doctor.finding import Saying, Sayings, Severity, Who
from include.vocabulary.texts import Text

# fmt: off
SAYINGS: Final[Sayings] = {
    "AIRFLOW_DATABASE": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Airflows eigene Datenbank antwortet nicht wie erwartet ({error}).", "Airflow's own database does not answer as expected ({error})."),
        Text("Prüfen, ob sie läuft; airflow db migrate.", "Check whether it runs; airflow db migrate.")),
    "AIRFLOW_VERSION": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Airflow ist {found}, erprobt ist {wanted}.", "Airflow is {found}, tried is {wanted}."),
        Text("Installieren, was requirements.txt nennt.", "Install what requirements.txt names.")),
    "NO_FERNET_KEY": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Airflow hat keinen Fernet-Schlüssel: Passwörter stehen im Klartext in seiner Datenbank.", "Airflow has no Fernet key: passwords stand unencrypted in its database."),
        Text("Einen setzen, dann Schlüssel und Passwort neu hinterlegen.", "Set one, then store key and password anew.")),
    "NO_POOL": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Den Pool gibt es nicht: Übertragungen warten für immer.", "There is no such pool: loads wait for ever."),
        Text("python -m include.commands pools", "python -m include.commands pools")),
    "POOL_SIZE": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Der Pool hat {found} Plätze, die Einstellungen sagen {wanted} (limits.parallel_loads).", "The pool has {found} slots, the settings say {wanted} (limits.parallel_loads)."),
        Text("python -m include.commands pools", "python -m include.commands pools")),
    "NO_DAGS": Saying(Severity.NOTE, Who.ENGINEER,
        Text("Airflow hat noch keinen DAG der Schnittstelle gelesen.", "Airflow has read no DAG of the interface yet."),
        Text("Läuft Airflow schon: den DAG-Ordner prüfen, und ob der DAG-Prozessor läuft.", "If Airflow runs already, check the DAG folder, and whether the DAG processor runs.")),
    "DAG_MISSING": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Airflow kennt diesen DAG nicht oder nicht mehr.", "Airflow does not know this DAG, or no longer."),
        Text("Den DAG-Ordner prüfen, und ob der DAG-Prozessor läuft.", "Check the DAG folder, and whether the DAG processor runs.")),
    "DAG_BROKEN": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Airflow kann die Datei dieses DAG nicht lesen.", "Airflow cannot read this DAG's file."),
        Text("Auf der Startseite von Airflow steht unter Import Errors, warum.", "Airflow's first page says why, under Import Errors.")),
    "DAG_PAUSED": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Der DAG ist angehalten: Von selbst läuft er nicht.", "The DAG is paused: it does not run by itself."),
        Text("Ihn in Airflow einschalten, wenn er laufen soll.", "Switch it on in Airflow if it is to run.")),
    "NEVER_RUN": Saying(Severity.NOTE, Who.ENGINEER,
        Text("Diese Gruppe ist noch nie gut gelaufen.", "This group has never run well."),
        Text("Den DAG von Hand starten; das Protokoll sagt, was daraus wird.", "Start the DAG by hand; the protocol says what becomes of it.")),
    "LATE": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Zuletzt gut gelaufen am {day}, seither hätte sie mehrmals laufen sollen.", "It last ran well on {day} and should have run several times since."),
        Text("Im Protokoll nachsehen, und ob der Scheduler läuft.", "Look into the protocol, and whether the scheduler runs.")),
}
# fmt: on
