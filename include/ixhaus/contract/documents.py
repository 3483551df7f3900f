"""Views of the documents: one row per document, the content apart so that unchanged content is never read."""

from sqlalchemy import Table

from include.ixhaus.contract._columns import METADATA, changed, content, day, flag, key, number, size, text

SP_DOKUMENT = Table(
    "SP_DOKUMENT",
    METADATA,
    key("DOKUMENT_ID", "document_id", "Kennung des Dokuments"),
    text("DOKUMENTTYP", "document_type", 100, "Dokumententyp"),
    text("BETREFF", "subject", 400, "Betreff; Titel im Portal"),
    text("DATEINAME", "file_name", 400, "Dateiname mit Endung"),
    day("DOKUMENTDATUM", "document_date", "Dokumentendatum, maßgeblich für den Zeitfilter (R27)"),
    text("EMPFAENGERTYP", "recipient_type", 1, "P = Person, K = Kreditor"),
    text("OBJEKT_NR", "property_nr", 100, "Objektnummer"),
    text("FLAECHE_NR", "unit_nr", 40, "Flächennummer, nur für Dokumente zur Fläche"),
    text("EMPFAENGER_HEADER_ID", "recipient_id", 100, "Kennung des Empfängers"),
    text("VERTRAG_NR", "contract_nr", 100, "Vertrag, zu dem das Dokument gehört"),
    text("ABLAGE", "storage", 20, "Ort des Inhalts: DATENBANK, DATEI, DOCUWARE"),
    text("PFAD", "path", 1000, "Pfad unter der Dokumentablage oder DocuWare-Kennung"),
    size("GROESSE", "size", "Größe des Inhalts in Bytes"),
    number("VERSION", "version", "Version des Inhalts"),
    flag("HAT_PDF", "has_pdf", "Eine PDF-Fassung liegt vor (R31)"),
    text("DMS_FELDER", "dms_fields", 4000, "Felder des DMS als JSON, für den DocuWare-Filter (R30)"),
    changed(),
    comment="Dokumente (R25 bis R33)",
    info={"view": True, "frame": "documents"},
)
SP_DOKUMENT_INHALT = Table(
    "SP_DOKUMENT_INHALT",
    METADATA,
    key("DOKUMENT_ID", "document_id", "Kennung des Dokuments"),
    key("FASSUNG", "rendition", "ORIGINAL oder PDF", 10),
    content("INHALT", "content", "Inhalt, wenn ABLAGE = DATENBANK"),
    comment="Inhalte der Dokumente",
    info={"view": True},
)
