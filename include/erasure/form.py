"""The form of casavi_forget: whom, where, and whether it is meant.

Imported by a DAG file, so nothing heavy is imported here at the top level.
"""

from typing import Final

from airflow.sdk import Param

_PERSON: Final = (
    "Schlüssel der Person, Partnernummer oder Kontakt, wie 100.1.1 · "
    "A person's key, a partner's number, or a contact, such as 100.1.1"
)
_WHERE: Final = "Aus welchem System entfernt wird · The system from which is removed"
_ALTHOUGH: Final = "Auch wenn iX-Haus sie noch liefert · Even if iX-Haus still gives it"
_AGAIN: Final = "Der nächste Lauf sendet sie dann wieder · The next run then sends it again"


def params() -> dict[str, Param]:
    """Return the form's fields."""
    return {
        "person": Param(type="string", minLength=1, title="Wen · Whom", description=_PERSON),
        "system": Param(
            "production", type="string", enum=["production", "test"], title="Wo · Where", description=_WHERE
        ),
        "although_sent": Param(False, type="boolean", title=_ALTHOUGH, description=_AGAIN),
    }
