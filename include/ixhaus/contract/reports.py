"""Views of reports and notes. New rows are inserted into SP_MELDUNG, SP_NOTIZ, SP_ANHANG; of a report only its portal
columns are updated. A consultant may put INSTEAD OF triggers behind these names.
"""

from sqlalchemy import Table

from include.ixhaus.contract._columns import METADATA, changed, content, flag, key, long_text, moment, size, text

SP_TEAM = Table(
    "SP_TEAM",
    METADATA,
    key("TEAM_NR", "team_nr", "Teamnummer", 20),
    text("BEZEICHNUNG", "name", 100, "Bezeichnung"),
    text("BEZEICHNUNG2", "second_name", 100, "Zweite Bezeichnung, für die casavi-Schnittstelle"),
    text("TEAMTYP", "team_type", 40, "Buchhaltung, Abrechnung, Objektverwaltung"),
    text("BENUTZER_NR", "user_nr", 3, "Verantwortlicher Benutzer des Teams"),
    comment="Benutzerteams (R37, R38, Komfortpaket)",
    info={"view": True, "frame": "teams"},
)
SP_BENUTZER = Table(
    "SP_BENUTZER",
    METADATA,
    key("BENUTZER_NR", "user_nr", "Dreistellige Benutzernummer iX-Haus plus", 3),
    text("NAME", "name", 100, "Anzeigename"),
    flag("GESPERRT", "is_blocked", "Benutzer ist gesperrt"),
    flag("DARF_MELDUNGEN", "may_report", "Benutzer darf Meldungen anlegen und ändern"),
    comment="Benutzer iX-Haus plus (R47)",
    info={"view": True, "frame": "users"},
)
SP_MELDUNGSART = Table(
    "SP_MELDUNGSART",
    METADATA,
    key("MELDUNGSART", "report_kind", "Kennung der Meldungsart", 40),
    text("BEZEICHNUNG", "name", 255, "Bezeichnung"),
    text("KATEGORIE", "category", 100, "Kategorie"),
    text("BESCHREIBUNG", "description", 2000, "Beschreibung für Bewohner"),
    flag("FREIGEGEBEN", "is_released", "Für das Serviceportal freigegeben"),
    flag("PORTAL_SPERRE", "is_locked", "Serviceportal-Sperre (R39)"),
    flag("HAUSMITTEILUNG", "is_bulletin", "Hausmitteilung an der Pinnwand (R40)"),
    flag("OBJEKTMELDUNG", "is_property_wide", "Objektmeldung, sichtbar für alle im Objekt (R41)"),
    flag(
        "NICHT_REGISTRIERTE_PER_EMAIL",
        "notifies_unregistered",
        "Nicht registrierte Kontakte per E-Mail benachrichtigen (R42)",
    ),
    flag(
        "NOTIZ_BEI_BEAUFTRAGUNG", "notes_commissioning", "Bei Beauftragung Notiz für das Serviceportal erzeugen (R43)"
    ),
    text("NOTIZ_VORLAGE", "note_template", 4000, "Vorlage dieser Notiz mit Platzhaltern (O22)"),
    changed(),
    comment="Meldungsarten (R4, R39 bis R43)",
    info={"view": True, "frame": "report_kinds"},
)
SP_MELDUNG = Table(
    "SP_MELDUNG",
    METADATA,
    key("MELDUNG_NR", "report_nr", "Meldungsnummer"),
    text("BETREFF", "subject", 400, "Betreff"),
    long_text("MELDUNGSTEXT", "text", "Meldungstext"),
    text("MELDUNGSART", "report_kind", 40, "Meldungsart"),
    text("STATUS", "status", 40, "Status: Neu, In Bearbeitung, Abgeschlossen, Storniert"),
    moment("GEMELDET_AM", "reported_at", "Gemeldet am, Ortszeit (O13)"),
    text("MELDER_PERSON", "reporter_person", 100, "Personenschlüssel des Melders"),
    text("MELDER_PARTNER", "reporter_partner", 100, "Partnernummer des Melders"),
    text("OBJEKT_NR", "property_nr", 100, "Objektnummer"),
    text("FLAECHE_NR", "unit_nr", 40, "Flächennummer"),
    text("TEAM_NR", "team_nr", 20, "Team; leer = keines"),
    text("VERANTWORTLICHER", "responsible_user", 3, "Verantwortlicher Benutzer"),
    text("ANGELEGT_VON", "created_by", 3, "Benutzer, der die Meldung angelegt hat"),
    text("GEAENDERT_VON", "changed_by", 3, "Benutzer der letzten Änderung (O10)"),
    text("HERKUNFT", "origin", 10, "ERP oder PORTAL"),
    text("HINWEIS", "hint", 400, "Hinweis der Schnittstelle, z. B. Melder nicht auflösbar"),
    text("PORTAL_STATUS", "portal_status", 40, "Feld Serviceportal: Stand der Übertragung (R50)"),
    text("PORTAL_GRUND", "portal_reason", 60, "Feld Serviceportal: Grund, warum nicht übertragen (R50)"),
    moment("PORTAL_GEAENDERT_AM", "portal_changed_at", "Serviceportal-Spalte: wann zuletzt im Portal geändert (R49)"),
    text("PORTAL_AENDERUNG", "portal_change", 40, "Serviceportal-Spalte: was zuletzt im Portal geändert wurde (R49)"),
    changed(),
    comment="Meldungen (R34 bis R50)",
    info={"view": True, "frame": "reports", "written": True},
)
SP_NOTIZ = Table(
    "SP_NOTIZ",
    METADATA,
    key("NOTIZ_ID", "note_id", "Kennung der Notiz"),
    text("MELDUNG_NR", "report_nr", 100, "Meldung, zu der die Notiz gehört"),
    long_text("TEXT", "text", "Text der Notiz"),
    flag("OEFFENTLICH", "is_public", "Öffentlich; alles andere ist intern und verlässt iX-Haus nie (R44)"),
    text("VERFASSER", "author", 100, "Name des Verfassers"),
    text("ANGELEGT_VON", "created_by", 3, "Benutzer, der die Notiz angelegt hat"),
    moment("ANGELEGT_AM", "created_at", "Zeitpunkt, Ortszeit"),
    text("HERKUNFT", "origin", 10, "ERP oder PORTAL"),
    changed(),
    comment="Notizen zu Meldungen (R44, R45)",
    info={"view": True, "frame": "notes", "written": True},
)
SP_ANHANG = Table(
    "SP_ANHANG",
    METADATA,
    key("ANHANG_ID", "file_id", "Kennung des Anhangs"),
    text("MELDUNG_NR", "report_nr", 100, "Meldung"),
    text("NOTIZ_ID", "note_id", 100, "Notiz; leer = Anhang der Meldung selbst"),
    text("DATEINAME", "file_name", 400, "Dateiname"),
    text("MIMETYP", "media_type", 100, "MIME-Typ"),
    size("GROESSE", "size", "Größe in Bytes"),
    content("INHALT", "content", "Inhalt"),
    flag("OEFFENTLICH", "is_public", "Öffentlich"),
    text("HERKUNFT", "origin", 10, "ERP oder PORTAL"),
    changed(),
    comment="Anhänge von Meldungen und Notizen (O26)",
    info={"view": True, "frame": "report_files", "written": True},
)
SP_BEAUFTRAGUNG = Table(
    "SP_BEAUFTRAGUNG",
    METADATA,
    key("AUFTRAG_NR", "order_nr", "Auftragsnummer"),
    text("MELDUNG_NR", "report_nr", 100, "Meldung, aus der beauftragt wurde"),
    moment("AUFTRAG_AM", "ordered_at", "Zeitpunkt der Beauftragung, Ortszeit"),
    text("FIRMA", "company", 255, "Name der beauftragten Firma"),
    text("TELEFON", "telephone", 100, "Telefon der Firma"),
    moment("TERMIN_AM", "appointment_at", "Vereinbarter Termin"),
    text("STATUS", "status", 40, "Status des Auftrags"),
    changed(),
    comment="Beauftragungen aus Meldungen (R43)",
    info={"view": True, "frame": "commissionings"},
)
