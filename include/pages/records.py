"""Words for what ledger, protocol and rules say of single records; shared by the pages that show them."""

from datetime import datetime
from typing import Final
from urllib.parse import quote

from include.clock import BERLIN
from include.pages.language import Texts

TEXTS: Final[Texts] = {
    # what a record is
    "property": ("Objekt", "Property"),
    "unit": ("Fläche", "Unit"),
    "contact": ("Kontakt", "Contact"),
    "contract": ("Vertrag", "Contract"),
    "document": ("Dokument", "Document"),
    "ticket": ("Vorgang", "Ticket"),
    "post": ("Aushang", "Post"),
    "comment": ("Notiz", "Note"),
    "attachment": ("Anhang", "Attachment"),
    # who sends it
    "objects": ("Objekte", "Objects"),
    "persons": ("Personen", "Persons"),
    "owners_caretakers": ("Eigentümer und Hausmeister", "Owners and caretakers"),
    "documents": ("Dokumente", "Documents"),
    "reports": ("Meldungen", "Reports"),
    # what is done with it
    "create": ("angelegt", "created"),
    "update": ("geändert", "updated"),
    "remove": ("entfernt", "removed"),
    "received": ("übernommen", "received"),
    "acknowledged": ("zuvor bestätigt", "acknowledged before"),
    "unknown": ("Ausgang unbekannt", "outcome unknown"),
    "done": ("angenommen", "accepted"),
}


def run_address(run: str) -> str:
    """Return the path of a run's page in Airflow, "" if the name is none of an Airflow run; see protocol.RunKey."""
    dag_id, slash, rest = run.partition("/")
    run_id = rest.rpartition("#")[0]
    return f"/dags/{quote(dag_id, safe='')}/runs/{quote(run_id, safe='')}" if slash and run_id else ""


def local(moment: datetime | None) -> datetime | None:
    """Return a time of iX-Haus with its zone."""
    return None if moment is None else moment.replace(tzinfo=BERLIN)
