"""What is said about values of the views."""

from typing import Final

from include.doctor.finding import Saying, Sayings, Severity, Who
from include.vocabulary.texts import Text

# fmt: off
SAYINGS: Final[Sayings] = {
    "KEY_EMPTY": Saying(Severity.ERROR, Who.CONSULTANT,
        Text("Zeilen ohne Schlüssel: {number}.", "Rows without a key: {number}."),
        Text("Sie in der Sicht auslassen oder ihnen einen Schlüssel geben.", "Leave them out in the view, or give them a key.")),
    "KEY_TWICE": Saying(Severity.ERROR, Who.CONSULTANT,
        Text("Schlüssel, die mehrfach vorkommen: {number} ({ids}).", "Keys that occur more than once: {number} ({ids})."),
        Text("Die Verknüpfung in der Sicht suchen, die Zeilen vervielfacht, oder den Satz in iX-Haus berichtigen.", "Look for the join in the view that multiplies rows, or correct the record in iX-Haus.")),
    "KEY_BLANKS": Saying(Severity.WARNING, Who.CONSULTANT,
        Text("Schlüssel mit Leerzeichen am Ende: {number} ({ids}).", "Keys with blanks at their end: {number} ({ids})."),
        Text("Den Schlüssel in der Sicht mit RTRIM kürzen.", "Trim the key with RTRIM in the view.")),
    "REFERENCES_SOME": Saying(Severity.NOTE, Who.CONSULTANT,
        Text("Zeilen ohne Gegenstück in {target}: {number} ({ids}).", "Rows without a counterpart in {target}: {number} ({ids})."),
        Text("Die Sätze in iX-Haus berichtigen; die Seite „Warum?“ sagt, was mit ihnen geschieht.", "Correct the records in iX-Haus; the page “Why?” says what happens to them.")),
    "REFERENCES_MANY": Saying(Severity.WARNING, Who.CONSULTANT,
        Text("Zeilen ohne Gegenstück in {target}: {number} ({ids}). Das sind zu viele für Einzelfälle.", "Rows without a counterpart in {target}: {number} ({ids}). These are too many for single cases."),
        Text("Die Spalte in der Sicht mit dem Schlüssel der anderen Sicht vergleichen: Schreibweise, führende Nullen, falsche Spalte.", "Compare the column in the view with the other view's key: spelling, leading zeros, wrong column.")),
    "BAD_FLAG": Saying(Severity.ERROR, Who.CONSULTANT,
        Text("Werte, die weder J noch N sind: {number} ({ids}).", "Values that are neither J nor N: {number} ({ids})."),
        Text("Sie in der Sicht in J und N umwandeln.", "Convert them to J and N in the view.")),
    "NO_WHOLE_NUMBER": Saying(Severity.ERROR, Who.CONSULTANT,
        Text("Werte, die keine ganzen Zahlen sind: {number} ({ids}).", "Values that are no whole numbers: {number} ({ids})."),
        Text("Sie in der Sicht runden (TRUNC) oder die richtige Spalte nehmen.", "Truncate them in the view (TRUNC), or take the right column.")),
    "NO_DATE": Saying(Severity.ERROR, Who.CONSULTANT,
        Text("Werte, die kein Datum sind: {number} ({ids}).", "Values that are no date: {number} ({ids})."),
        Text("Sie in der Sicht umwandeln (TO_DATE), was keines ist, in NULL.", "Convert them in the view (TO_DATE), what is none to NULL.")),
    "ODD_DATE": Saying(Severity.NOTE, Who.CONSULTANT,
        Text("Tage vor 1900 oder nach 2200: {number} ({ids}).", "Days before 1900 or after 2200: {number} ({ids})."),
        Text("Die Jahreszahlen in iX-Haus berichtigen; was „kein Datum“ heißt, in der Sicht zu NULL machen.", "Correct the years in iX-Haus; make what means no date NULL in the view.")),
    "TOO_LONG": Saying(Severity.NOTE, Who.CONSULTANT,
        Text("Texte, die länger als {limit} Zeichen sind: {number} ({ids}).", "Texts longer than {limit} letters: {number} ({ids})."),
        Text("Sie in der Sicht kürzen (SUBSTR) oder die richtige Spalte nehmen.", "Shorten them in the view (SUBSTR), or take the right column.")),
    "CHANGED_AHEAD": Saying(Severity.WARNING, Who.DBA,
        Text("Änderungen, die in der Zukunft liegen: {number} ({ids}).", "Changes that lie in the future: {number} ({ids})."),
        Text("Uhr und Zeitzone der Datenbank prüfen, und ob die Sicht Ortszeit liefert.", "Check the database's clock and time zone, and whether the view yields local time.")),
    "CHANGED_EMPTY": Saying(Severity.WARNING, Who.CONSULTANT,
        Text("Zeilen ohne Zeitpunkt der Änderung: {number} ({ids}). Ihre Änderungen gehen nicht in Sekunden, sondern erst nach dem Zeitplan hinaus.", "Rows without the time of their change: {number} ({ids}). Their changes do not go out in seconds but by the schedule."),
        Text("GEAENDERT_AM in der Sicht füllen.", "Fill GEAENDERT_AM in the view.")),
}
# fmt: on
