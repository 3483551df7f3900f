"""What is wrong with a field that must not go out as it is: sentences without any value, in both languages.

A refusal is one finding or several, separated by "; ", each "<field>: <what is wrong>", or without a field where it is
about the record as a whole. It is stored in German; `translated` finds the other language by the tables below.
"""

import re
from collections.abc import Iterable
from typing import Final

from include.vocabulary.texts import Language, Text, Texts

FIELDS: Final[Texts] = {
    "address": Text("Adresse", "Address"),
    "addresses": Text("Adressen", "Addresses"),
    "authorId": Text("Verfasser", "Author"),
    "authorName": Text("Name des Verfassers", "Author's name"),
    "category": Text("Kategorie", "Category"),
    "city": Text("Ort", "City"),
    "companyName": Text("Firma", "Company"),
    "companyRole": Text("Funktion in der Firma", "Role in the company"),
    "contactId": Text("Kontakt", "Contact"),
    "convert": Text("Umwandlung in PDF", "Conversion to PDF"),
    "country": Text("Land", "Country"),
    "description": Text("Beschreibung", "Description"),
    "documentType": Text("Dokumententyp", "Document type"),
    "email": Text("E-Mail", "E-mail"),
    "endDate": Text("Ende", "End"),
    "fax": Text("Fax", "Fax number"),
    "fileName": Text("Dateiname", "File name"),
    "firstName": Text("Vorname", "First name"),
    "id": Text("Kennung", "Id"),
    "isInternal": Text("Intern", "Internal"),
    "isVisibleInPortal": Text("Im Portal sichtbar", "Visible in the portal"),
    "isVisibleOnPinboard": Text("An der Pinnwand sichtbar", "Visible at the pinboard"),
    "lastName": Text("Nachname", "Last name"),
    "mediaType": Text("Dateityp", "File type"),
    "mobile": Text("Mobiltelefon", "Mobile number"),
    "mscNumber": Text("Nummer beim Messdienst", "Number at the metering service"),
    "mscProviderIdentifier": Text("Kennung des Messdienstes", "Metering service's id"),
    "mscProviderName": Text("Name des Messdienstes", "Metering service's name"),
    "name": Text("Bezeichnung", "Name"),
    "note": Text("Notiz für das Portal", "Note for the portal"),
    "notify": Text("Benachrichtigung", "Notification"),
    "number": Text("Nummer", "Number"),
    "path": Text("Pfad", "Path"),
    "portalUser": Text("Portalnutzer", "Portal user"),
    "postalCode": Text("Postleitzahl", "Postal code"),
    "preferredWayOfContact": Text("Zustellweg", "Way of delivery"),
    "propertyId": Text("Objekt", "Property"),
    "propertyIds": Text("Objekte", "Properties"),
    "rendition": Text("Fassung", "Rendition"),
    "responsibilities": Text("Hausmeister", "Caretakers"),
    "roleName": Text("Rolle", "Role"),
    "salutation": Text("Anrede", "Salutation"),
    "sharedWith": Text("Empfängerkreis", "Audience"),
    "size": Text("Größe", "Size"),
    "startDate": Text("Beginn", "Beginning"),
    "status": Text("Status", "State"),
    "storage": Text("Ablage", "Storage"),
    "street": Text("Straße", "Street"),
    "telephone": Text("Telefon", "Telephone"),
    "text": Text("Wortlaut", "Text"),
    "ticketId": Text("Meldung", "Report"),
    "ticketTypeId": Text("Meldungsart", "Report kind"),
    "title": Text("Titel", "Title"),
    "type": Text("Art", "Kind"),
    "unitId": Text("Fläche", "Unit"),
    "usage": Text("Nutzung", "Usage"),
    "version": Text("Version", "Version"),
    "website": Text("Internetseite", "Website"),
}
"""The fields of what goes to the portal, by their names there, as iX-Haus calls them."""

WRONG: Final[Texts] = {
    "TOO_LONG": Text("höchstens {limit} Zeichen", "at most {limit} characters"),
    "EMPTY": Text("ist leer", "is empty"),
    "MISSING": Text("fehlt", "is missing"),
    "UNKNOWN_FIELD": Text("ist kein Feld des Portals", "is not a field of the portal"),
    "NO_JSON": Text("ist kein gültiges JSON", "is not valid JSON"),
    "WRONG_FORM": Text("hat die falsche Art oder Form", "has the wrong type or form"),
    "CONTROL_CHARACTERS": Text("enthält Steuerzeichen", "holds control characters"),
    "PADDED": Text("beginnt oder endet mit Leerzeichen", "begins or ends with blanks"),
    "NO_ADDRESS": Text("ist keine gültige Adresse", "is not a valid address"),
    "RTF": Text("ist RTF, das sich nicht lesen lässt", "is RTF that cannot be read"),
    "NAMELESS": Text("Nachname oder Firma wird gebraucht", "last name or company is needed"),
    "CONTACT_DATA": Text(
        "Kontaktdaten einer Person, die kein Portalnutzer ist", "contact data of a person that is no portal user"
    ),
    "ENDS_TOO_EARLY": Text("das Ende liegt vor dem Beginn", "the end lies before the beginning"),
    "SEVERAL_PLACES": Text(
        "ein Dokument gehört zu genau einem Objekt, einer Fläche oder einem Kontakt",
        "a document is for one property, one unit or one contact",
    ),
    "WRONG_AUDIENCE": Text(
        "ein Empfängerkreis gehört zu Dokumenten eines Objekts oder einer Fläche, zu anderen nicht",
        "an audience goes with documents of a property or unit, and with no others",
    ),
    "UNIT_FOR_ALL": Text(
        "die Fläche geht nur mit einem Kontakt hinaus, da sonst alle sähen, wessen sie ist",
        "the unit goes out with a contact only, as everybody would see whose unit it is",
    ),
}
"""What may be wrong."""

_BETWEEN: Final = "; "
_FIELD_END: Final = ": "
_LIMIT: Final = re.compile(r"\d+")
_FIELD_OF: Final = {text.german: text for text in FIELDS.values()}
_WRONG_OF: Final = {text.german: text for text in WRONG.values()}


def refused(findings: Iterable[tuple[str, str, int]]) -> str:
    """Return the German sentence of a refusal.

    findings: field ("" for the whole record), one of WRONG, and the limit that it may speak of
    """
    return _BETWEEN.join(
        (f"{FIELDS[field].german if field in FIELDS else field}{_FIELD_END}" if field else "")
        + WRONG[what].said("de", limit=limit)
        for field, what, limit in findings
    )


def translated(sentence: str, language: Language) -> str:
    """Return a stored refusal in a language; what is none stays as it is."""
    return _BETWEEN.join(_translated(one, language) for one in sentence.split(_BETWEEN))


def _translated(finding: str, language: Language) -> str:
    field, colon, wrong = finding.rpartition(_FIELD_END)
    text = _WRONG_OF.get(_LIMIT.sub("{limit}", wrong))
    if text is None:
        return finding
    named = _FIELD_OF[field].said(language) if field in _FIELD_OF else field
    limit = _LIMIT.search(wrong)
    return f"{named}{colon}{text.said(language, limit=limit[0] if limit else '')}"
