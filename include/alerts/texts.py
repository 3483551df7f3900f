"""What alerts say, in both languages: never of whom, only ids, numbers and reasons."""

from typing import Final, NamedTuple

from include.vocabulary.texts import Text, Texts


class Kind(NamedTuple):
    """What is said of a kind of state: its name, and more about it with places that the state fills."""

    name: Text
    about: Text


SYSTEMS: Final[Texts] = {
    "production": Text("Produktivsystem", "production"),
    "test": Text("Testsystem", "test system"),
}
KINDS: Final = {
    "failed": Kind(
        Text("Lauf fehlgeschlagen", "run failed"),
        Text("Der letzte Lauf ist nicht gut ausgegangen: {reason}", "The last run did not end well: {reason}"),
    ),
    "late": Kind(
        Text("überfällig", "late"),
        Text("Seit {last} gab es keinen guten Lauf, fällig war einer um {due}. Läuft Airflow, ist der DAG {dag} pausiert?",
             "There has been no good run since {last}, one was due at {due}. Does Airflow run, is the DAG {dag} paused?"),
    ),
    "errors": Kind(
        Text("viele Fehler", "many errors"),
        Text("{count} von {read} Datensätzen waren Fehler, mehr als {limit} Prozent.",
             "{count} of {read} records were errors, more than {limit} percent."),
    ),
    "invalid": Kind(
        Text("viele ungültige Datensätze", "many invalid records"),
        Text("{count} von {read} Datensätzen hat die eigene Prüfung abgelehnt, mehr als {limit} Prozent.",
             "{count} of {read} records failed the own check, more than {limit} percent."),
    ),
    "deviates": Kind(
        Text("ungewöhnliche Zahlen", "unusual numbers"),
        Text("{what}: {count}, im Mittel der {runs} Läufe davor {mean}. Fehlt in iX-Haus etwas, oder ist eine Sicht geändert?",
             "{what}: {count}, in the mean of the {runs} runs before {mean}. Is something missing in iX-Haus, was a view changed?"),
    ),
    "question": Kind(
        Text("eine Frage wartet", "a question waits"),
        Text("{count} Datensätze warten auf eine Freigabe, bis {until}.", "{count} records wait for an approval, until {until}."),
    ),
    "set_aside": Kind(
        Text("Meldungen zurückgestellt", "reports set aside"),
        Text("{count} Meldungen aus dem Portal konnten nicht übernommen werden: {reason}",
             "{count} reports of the portal could not be taken over: {reason}"),
    ),
    "database": Kind(
        Text("iX-Haus antwortet nicht", "iX-Haus does not answer"),
        Text("Was die Gruppen tun, ist nicht zu sehen: {reason}", "What the groups do cannot be seen: {reason}"),
    ),
    "settings": Kind(
        Text("Einstellungen fehlerhaft", "settings wrong"),
        Text("Kein Lauf dieses Systems kann beginnen: {reason}", "No run of this system can begin: {reason}"),
    ),
}  # fmt: skip
"""Kind of state → what is said of it."""
COUNTED: Final[Texts] = {
    "read": Text("gelesen", "read"),
    "withheld": Text("zurückgehalten", "withheld"),
}
FRAME: Final[Texts] = {
    "subject": Text("Serviceportal {system}: {about}", "Serviceportal {system}: {about}"),
    "over": Text("vorbei: {about}", "over: {about}"),
    "is_over": Text("Das ist vorbei; gemeldet war es seit {since}.", "This is over; it was told since {since}."),
}
# fmt: off
MORNING: Final[Texts] = {
    "subject": Text("Serviceportal {system}: {number} Punkte warten auf Sie", "Serviceportal {system}: {number} things wait for you"),
    "nothing": Text("Serviceportal {system}: nichts wartet auf Sie", "Serviceportal {system}: nothing waits for you"),
    "questions": Text("Freigaben, die auf Ihre Antwort warten:", "Questions that wait for your answer:"),
    "question": Text("{group}: {count} Datensätze, bis {until}", "{group}: {count} records, until {until}"),
    "records": Text("In iX-Haus zu berichtigen:", "To be corrected in iX-Haus:"),
    "record": Text("{count} × {reason}", "{count} × {reason}"),
    "set_aside": Text("Meldungen aus dem Portal, die nicht übernommen sind:", "Reports of the portal that are not taken over:"),
    "behind": Text("Gruppen, die nicht auf dem Stand sind:", "Groups that are not in step:"),
    "failed": Text("{group}: der letzte Lauf ist nicht gut ausgegangen. {reason}", "{group}: the last run did not end well. {reason}"),
    "late": Text("{group}: kein guter Lauf seit {last}", "{group}: no good run since {last}"),
    "none": Text("Heute ist nichts zu tun.", "There is nothing to do today."),
    "more": Text("Näheres: {link}", "More: {link}"),
}
# fmt: on
