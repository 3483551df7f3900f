"""The pages' texts in both languages; German is what is shown when a language is not known."""

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "de": {
        "banner": "Testportal: Das ist nicht casavi. Alle Daten dienen nur zum Ausprobieren.",
        "title": "Testportal",
        "other_language": "English",
        "choose": "Was sieht ein Mieter?",
        "search": "Name oder Nummer",
        "find": "Suchen",
        "people": "Personen",
        "nobody": "Niemand gefunden.",
        "too_many": "Es gibt weitere Treffer. Bitte die Suche eingrenzen.",
        "properties": "Liegenschaften",
        "no_properties": "Noch keine Liegenschaften.",
        "units": "Einheiten",
        "contracts": "Verträge",
        "contacts": "Kontakte",
        "number": "Nummer",
        "name": "Name",
        "place": "Ort",
        "back": "Zur Auswahl",
        "signed_in_as": "Ansicht von",
        "no_access": "Kein Portalzugang",
        "no_access_hint": "Für diese Person ist der Zugang zum Portal nicht freigegeben. Sie sieht nichts.",
        "registered": "Registriert",
        "invited": "Eingeladen",
        "not_invited": "Noch nicht eingeladen",
        "gone": "Diese Person gibt es im Portal nicht.",
        "gone_hint": "Sie wurde nie übertragen oder als gelöscht gemeldet.",
        "my_contracts": "Meine Verträge",
        "no_contracts": "Keine Verträge.",
        "RENTER": "Mietvertrag",
        "OWNER": "Eigentum",
        "unit": "Einheit",
        "address": "Adresse",
        "begin": "Beginn",
        "end": "Ende",
        "open_end": "unbefristet",
        "current": "läuft",
        "ended": "beendet",
        "future": "beginnt noch",
        "my_documents": "Meine Dokumente",
        "no_documents": "Keine Dokumente.",
        "no_folder": "Ohne Ordner",
        "personal": "Persönlich",
        "property": "Liegenschaft",
        "no_document": "Dieses Dokument gibt es nicht.",
        "no_document_hint": "Es wurde nie geteilt, wurde gelöscht oder gehört jemand anderem.",
        "documents": "Dokumente",
        "my_data": "Meine Kontaktdaten",
        "no_data": "Keine Kontaktdaten.",
        "email": "E-Mail",
        "telephone": "Telefon",
        "mobile": "Mobil",
        "responsible": "Ansprechpartner",
    },
    "en": {
        "banner": "Sandbox portal: this is not casavi. All data are for trying things out.",
        "title": "Sandbox portal",
        "other_language": "Deutsch",
        "choose": "What does a tenant see?",
        "search": "Name or number",
        "find": "Search",
        "people": "People",
        "nobody": "Nobody found.",
        "too_many": "There are more matches. Please narrow the search.",
        "properties": "Properties",
        "no_properties": "No properties yet.",
        "units": "Units",
        "contracts": "Contracts",
        "contacts": "Contacts",
        "number": "Number",
        "name": "Name",
        "place": "Place",
        "back": "Back to the list",
        "signed_in_as": "View of",
        "no_access": "No portal access",
        "no_access_hint": "This person has no access to the portal and sees nothing.",
        "registered": "Registered",
        "invited": "Invited",
        "not_invited": "Not invited yet",
        "gone": "This person is not in the portal.",
        "gone_hint": "It was never sent, or was reported as removed.",
        "my_contracts": "My contracts",
        "no_contracts": "No contracts.",
        "RENTER": "Tenancy",
        "OWNER": "Ownership",
        "unit": "Unit",
        "address": "Address",
        "begin": "Begin",
        "end": "End",
        "open_end": "open end",
        "current": "current",
        "ended": "ended",
        "future": "upcoming",
        "my_documents": "My documents",
        "no_documents": "No documents.",
        "no_folder": "No folder",
        "personal": "Personal",
        "property": "Property",
        "no_document": "There is no such document.",
        "no_document_hint": "It was never shared, was deleted, or belongs to somebody else.",
        "documents": "Documents",
        "my_data": "My contact data",
        "no_data": "No contact data.",
        "email": "E-mail",
        "telephone": "Telephone",
        "mobile": "Mobile",
        "responsible": "Contact persons",
    },
}


def choose_language(asked: str | None, accepted: str | None) -> str:
    """Return `de` or `en`: what was asked for, else the browser's first known wish, else German."""
    if asked in TEXTS:
        return str(asked)
    wishes = [wish.partition(";")[0].strip().lower()[:2] for wish in (accepted or "").split(",")]
    return next((wish for wish in wishes if wish in TEXTS), "de")


def readable_size(language: str, size: int) -> str:
    """Return a number of bytes as people read it: `1,5 MB` in German, `1.5 MB` in English."""
    amount, unit = float(size), "B"
    for larger in ("KB", "MB", "GB"):
        if round(amount, 1) < 1024:
            break
        amount, unit = amount / 1024, larger
    text = f"{amount:.1f}".removesuffix(".0")
    return f"{text.replace('.', ',') if language == 'de' else text}\N{NO-BREAK SPACE}{unit}"
