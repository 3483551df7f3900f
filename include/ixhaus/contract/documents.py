"""Views of the documents: one row per document, the content apart so that unchanged content is never read."""

from sqlalchemy import Table

from include.ixhaus.contract._columns import METADATA, changed, content, day, flag, key, number, size, text

SP_DOKUMENT = Table(
    "SP_DOKUMENT",
    METADATA,
    key("DOKUMENT_ID", "Kennung des Dokuments"),
    text("DOKUMENTTYP", 100, "Dokumententyp"),
    text("BETREFF", 400, "Betreff; Titel im Portal"),
    text("DATEINAME", 400, "Dateiname mit Endung"),
    day("DOKUMENTDATUM", "Dokumentendatum, maßgeblich für den Zeitfilter (R27)"),
    text("EMPFAENGERTYP", 1, "P = Person, K = Kreditor"),
    text("OBJEKT_NR", 100, "Objektnummer"),
    text("FLAECHE_NR", 40, "Flächennummer, nur für Dokumente zur Fläche"),
    text("EMPFAENGER_HEADER_ID", 100, "Kennung des Empfängers"),
    text("VERTRAG_NR", 100, "Vertrag, zu dem das Dokument gehört"),
    text("ABLAGE", 20, "Ort des Inhalts: DATENBANK, DATEI, DOCUWARE"),
    text("PFAD", 1000, "Pfad unter der Dokumentablage oder DocuWare-Kennung"),
    size("GROESSE", "Größe des Inhalts in Bytes"),
    number("VERSION", "Version des Inhalts"),
    flag("HAT_PDF", "Eine PDF-Fassung liegt vor (R31)"),
    text("DMS_FELDER", 4000, "Felder des DMS als JSON, für den DocuWare-Filter (R30)"),
    changed(),
    comment="Dokumente (R25 bis R33)",
    info={"view": True},
)
SP_DOKUMENT_INHALT = Table(
    "SP_DOKUMENT_INHALT",
    METADATA,
    key("DOKUMENT_ID", "Kennung des Dokuments"),
    key("FASSUNG", "ORIGINAL oder PDF", 10),
    content("INHALT", "Inhalt, wenn ABLAGE = DATENBANK"),
    comment="Inhalte der Dokumente",
    info={"view": True},
)
