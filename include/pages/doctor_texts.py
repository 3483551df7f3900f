"""The texts of the doctor's page; what each finding says stands beside its check."""

from typing import Final

from include.vocabulary.texts import Text, Texts

TEXTS: Final[Texts] = {
    "title": Text("Rundumprüfung", "Doctor"),
    "intro": Text(
        "Alles rund um das System auf einmal; nichts wird gesendet und nichts geschrieben. Ablagen und Programme liegen bei den Workern: Die prüft dort der Befehl doctor.",
        "Everything around the system at once; nothing is sent and nothing is written. Files and programs are with the workers: the command doctor looks at them there.",
    ),
    "production": Text("Produktivsystem", "Production system"),
    "test": Text("Testsystem", "Test system"),
    "under_way": Text(
        "Die Prüfung läuft. Bei großen Beständen dauert sie Minuten; diese Seite sieht von selbst wieder nach.",
        "The examination is under way. With many records it takes minutes; this page looks again by itself.",
    ),
    "again": Text("Noch einmal prüfen", "Examine again"),
    "back": Text("Zurück zu den Einstellungen", "Back to the settings"),
    "clean": Text("{checks} Prüfungen, nichts, was schadet.", "{checks} checks, nothing that does harm."),
    "severity": Text("Schwere", "Severity"),
    "where": Text("Wo", "Where"),
    "what": Text("Was", "What"),
    "remedy": Text("Was zu tun ist", "What to do"),
    "who": Text("Wer", "Who"),
}
