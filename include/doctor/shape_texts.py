"""What is said about views and tables that are not as the contract has them."""

from typing import Final

from include.doctor.finding import Saying, Sayings, Severity, Who
from include.vocabulary.texts import Text

_AS_PRINTED: Final = Text(
    "Als Benutzer der Schnittstelle ausführen, was make contract dazu ausgibt.",
    "As the interface's user execute what make contract prints for it.",
)

# fmt: off
SAYINGS: Final[Sayings] = {
    "VIEW_MISSING": Saying(Severity.ERROR, Who.CONSULTANT,
        Text("Die Sicht fehlt, ist nicht freigegeben oder lässt sich nicht übersetzen.", "The view is missing, not granted, or does not compile."),
        Text("Sie nach dem Gerüst aus make contract anlegen; der DBA gibt SELECT auf das, was sie liest.", "Create it with the skeleton of make contract; the DBA grants SELECT on what it reads.")),
    "TABLE_MISSING": Saying(Severity.ERROR, Who.DBA,
        Text("Die eigene Tabelle fehlt oder ist nicht freigegeben.", "The own table is missing or not granted."), _AS_PRINTED),
    "VIEW_INCOMPLETE": Saying(Severity.ERROR, Who.CONSULTANT,
        Text("Spalten fehlen: {columns}.", "Columns are missing: {columns}."),
        Text("Sie in die Sicht aufnehmen, als NULL, wo iX-Haus nichts dafür hat.", "Add them to the view, as NULL where iX-Haus has nothing for them.")),
    "TABLE_INCOMPLETE": Saying(Severity.ERROR, Who.DBA,
        Text("Spalten fehlen: {columns}.", "Columns are missing: {columns}."),
        Text("Sie anlegen, wie make contract sie ausgibt.", "Add them as make contract prints them.")),
    "WRONG_TYPE": Saying(Severity.ERROR, Who.CONSULTANT,
        Text("Der Typ ist {found}, der Vertrag verlangt {wanted}.", "The type is {found}, the contract asks for {wanted}."),
        Text("In der Sicht umwandeln (CAST, TO_DATE), eine Tabelle vom DBA ändern lassen.", "Convert it in the view (CAST, TO_DATE); let the DBA alter a table.")),
    "PADDED_KEY": Saying(Severity.WARNING, Who.CONSULTANT,
        Text("Der Schlüssel ist {found} und wird mit Leerzeichen aufgefüllt: Einzelne Datensätze werden dann nicht gefunden.", "The key is {found} and padded with blanks: single records are not found then."),
        Text("Ihn in der Sicht mit RTRIM kürzen.", "Trim it with RTRIM in the view.")),
    "PADDED": Saying(Severity.NOTE, Who.CONSULTANT,
        Text("Der Typ ist {found} statt {wanted}: Der Text wird mit Leerzeichen aufgefüllt.", "The type is {found} instead of {wanted}: the text is padded with blanks."),
        Text("Ihn in der Sicht mit RTRIM kürzen.", "Trim it with RTRIM in the view.")),
    "TOO_SHORT": Saying(Severity.ERROR, Who.DBA,
        Text("Die Spalte ist mit {found} kürzer als {wanted}; was hineingeschrieben wird, kann länger sein.", "The column is {found}, shorter than {wanted}; what is written into it may be longer."),
        Text("Sie so lang machen, wie der Vertrag sagt, in Zeichen (VARCHAR2(n CHAR)).", "Make it as long as the contract says, in letters (VARCHAR2(n CHAR)).")),
    "NO_KEY": Saying(Severity.ERROR, Who.DBA,
        Text("Der Primärschlüssel ({columns}) fehlt: Ein Datensatz könnte doppelt gesendet werden.", "The primary key ({columns}) is missing: a record might be sent twice."), _AS_PRINTED),
    "NO_OWN_INDEX": Saying(Severity.WARNING, Who.DBA,
        Text("Der Index {index} fehlt: Die Seiten werden langsam.", "The index {index} is missing: the pages become slow."), _AS_PRINTED),
    "TABLES_OLDER": Saying(Severity.ERROR, Who.DBA,
        Text("Die eigenen Tabellen haben Version {found}, gebraucht wird {newest}.", "The own tables are of version {found}, needed is {newest}."),
        Text("Ausführen, was make contract FROM={found} ausgibt.", "Execute what make contract FROM={found} prints.")),
    "TABLES_NEWER": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Die eigenen Tabellen haben Version {found}, diese Installation kennt nur {newest}.", "The own tables are of version {found}, this installation knows {newest} only."),
        Text("Die Version der Schnittstelle installieren, die sie angelegt hat.", "Install the release of the interface that made them.")),
}
# fmt: on
