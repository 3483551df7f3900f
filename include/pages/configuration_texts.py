"""The texts of the page Einstellungen; what each finding of a check means and what to do about it."""

from typing import Final

from include.vocabulary.texts import Text, Texts

TEXTS: Final[Texts] = {
    "title": Text("Einstellungen", "Settings"),
    "systems": Text("System", "System"),
    # state
    "state": Text("Zustand", "State"),
    "running": Text("Die Schnittstelle ist eingeschaltet.", "The interface is on."),
    "SYSTEM_OFF": Text(
        "Die Schnittstelle ist aus: {file} sagt nicht active: true. Nichts wird übertragen.",
        "The interface is off: {file} does not say active: true. Nothing is transferred.",
    ),
    "INTERFACE_OFF": Text(
        "Die Schnittstelle ist aus: Die Systemeinstellung Schnittstelle > Mieterportal > Aktiv in iX-Haus ist nicht gesetzt. Nichts wird übertragen.",
        "The interface is off: the iX-Haus setting Schnittstelle > Mieterportal > Aktiv is not set. Nothing is transferred.",
    ),
    "NO_LICENCE": Text(
        "Die Schnittstelle ist aus: Die Lizenz casavi ist nicht aktiv. Nichts wird übertragen.",
        "The interface is off: the licence casavi is not active. Nothing is transferred.",
    ),
    "in_file": Text("In den Einstellungen ({file})", "In the settings ({file})"),
    "in_ixhaus": Text("In iX-Haus (Schnittstelle > Mieterportal > Aktiv)", "In iX-Haus (Schnittstelle > Mieterportal > Aktiv)"),
    "on": Text("ein", "on"),
    "off": Text("aus", "off"),
    "condition": Text("Bedingung", "Condition"),
    "licence": Text("Lizenz {name}", "Licence {name}"),
    "what_for": Text("Wofür", "What for"),
    "for_file": Text("Schalter dieses Systems", "This system's switch"),
    "for_ixhaus": Text("Hauptschalter beider Systeme", "Main switch of both systems"),
    "for_casavi": Text("alles", "everything"),
    "for_Objekteigentümer": Text("Eigentümer ganzer Objekte", "owners of whole properties"),
    "for_Hausmeister": Text("Hausmeister", "caretakers"),
    "for_Komfortpaket": Text("Auswahl nach Benutzerteam", "selection by user team"),
    "active": Text("aktiv", "active"),
    "active_until": Text("aktiv bis {day}", "active until {day}"),
    "expired": Text("abgelaufen am {day}", "expired on {day}"),
    "inactive": Text("nicht aktiv", "not active"),
    # extent
    "extent": Text("Was die Einstellungen freigeben", "What the settings release"),
    "extent_help": Text(
        "Freigegeben ist hier, was die Einstellungen jetzt zulassen: nach dem Objektbereich, bei Dokumenten auch nach dem Dokumententyp, bei Meldungen nach dem Benutzerteam. Ob davon jedes übertragen wird, entscheiden dann Vertrag, Alter und Empfänger; die Seite „Warum?“ sagt es für jeden Datensatz. Im Portal ist, was das Portal zuletzt bestätigt hat, auch Partner und Hausmeister ohne eigene Person.",
        "Released is here what the settings let through now: by the property range, documents also by their type, reports by the user team. Whether each of those is transferred is then decided by contract, age and recipient; the page “Why?” says so for each record. In the portal is what the portal has last acknowledged, including partners and caretakers who are no persons of their own.",
    ),
    "kind": Text("Art", "Kind"),
    "all": Text("In iX-Haus", "In iX-Haus"),
    "released": Text("Freigegeben", "Released"),
    "in_portal": Text("Im Portal", "In the portal"),
    "properties": Text("Objekte", "Properties"),
    "units": Text("Flächen", "Units"),
    "persons": Text("Personen", "Persons"),
    "documents": Text("Dokumente", "Documents"),
    "reports": Text("Meldungen", "Reports"),
    # access
    "access": Text("Verbindungen", "Connections"),
    "connection": Text("Airflow-Verbindung", "Airflow connection"),
    "address": Text("Link Datensynchronisation", "Synchronisation link"),
    "address_help": Text("Die ganze Adresse, mit https://", "The whole address, with https://"),
    "key": Text("Schlüssel (API-Key)", "Key (API key)"),
    "key_again": Text("Schlüssel wiederholen", "Key again"),
    "half_key": Text("Schlüssel", "key"),
    "half_secret": Text("Passwort", "password"),
    "secret": Text("Passwort (Secret)", "Password (secret)"),
    "secret_again": Text("Passwort wiederholen", "Password again"),
    "is_there": Text("hinterlegt", "stored"),
    "is_missing": Text("fehlt", "missing"),
    "elsewhere": Text(
        "Schlüssel und Passwort kommen aus der Umgebung (AIRFLOW_CONN_{variable}) oder einem Geheimnisspeicher. Das geht vor: Was Sie hier hinterlegen, gilt erst, wenn es dort entfernt ist.",
        "Key and password come from the environment (AIRFLOW_CONN_{variable}) or a secrets store. That goes first: what you store here counts only once it is removed there.",
    ),
    "unreadable": Text(
        "Das hinterlegte Paar lässt sich nicht entschlüsseln, weil Airflow einen anderen Fernet-Schlüssel hat. Hinterlegen Sie es neu.",
        "The stored pair cannot be decrypted, as Airflow has another Fernet key now. Store it anew.",
    ),
    "nowhere": Text(
        "Schlüssel und Passwort des Portals sind noch nicht hinterlegt.",
        "The portal's key and password are not stored yet.",
    ),
    "unencrypted": Text(
        "Airflow hat keinen Fernet-Schlüssel: Hinterlegtes wird unverschlüsselt gespeichert. Setzen Sie AIRFLOW__CORE__FERNET_KEY.",
        "Airflow has no Fernet key: what is stored is not encrypted. Set AIRFLOW__CORE__FERNET_KEY.",
    ),
    "enter": Text("Schlüssel und Passwort hinterlegen", "Store key and password"),
    "enter_help": Text(
        "Beides kommt von casavi und wird je zweimal eingegeben. Hinterlegtes wird ersetzt und nie wieder angezeigt; im Audit-Log von Airflow steht, wer es geändert hat.",
        "Both come from casavi and are entered twice each. What is stored is replaced and never shown again; Airflow's audit log says who changed it.",
    ),
    "may_not_enter": Text(
        "Schlüssel und Passwort darf hinterlegen, wer in Airflow Verbindungen bearbeiten darf.",
        "Key and password may be stored by those who may edit connections in Airflow.",
    ),
    "store": Text("Hinterlegen", "Store"),
    "stored": Text("Hinterlegt als Airflow-Verbindung {connection}.", "Stored as Airflow connection {connection}."),
    "refused_ADDRESS": Text(
        "Nichts wurde geändert: Der Link Datensynchronisation muss die ganze Adresse sein, zum Beispiel https://portal.example/v2; was Sie eingegeben haben, {wrong}.",
        "Nothing was changed: the synchronisation link must be the whole address, such as https://portal.example/v2; what you entered {wrong}.",
    ),
    "refused_DIFFER": Text(
        "Nichts wurde geändert: Die beiden Eingaben stimmen nicht überein ({halves}). Geben Sie alles noch einmal ein.",
        "Nothing was changed: the two entries differ ({halves}). Enter everything again.",
    ),
    "refused_EMPTY": Text(
        "Nichts wurde geändert: Es fehlt etwas ({halves}). Geben Sie alles noch einmal ein.",
        "Nothing was changed: something is missing ({halves}). Enter everything again.",
    ),
    "refused_NOT_WRITTEN": Text(
        "Nichts wurde geändert: Airflows Datenbank ließ sich nicht beschreiben. Versuchen Sie es später noch einmal.",
        "Nothing was changed: Airflow's database could not be written. Try again later.",
    ),
    # check
    "check": Text("Verbindung prüfen", "Check connections"),
    "doctor": Text("Alles prüfen", "Examine everything"),
    "doctor_help": Text(
        "Sieht sich alles rund um das System an und nennt, was nicht stimmt, was zu tun ist und wer es tut. Nichts wird gesendet oder geschrieben.",
        "Looks at everything around the system and names what is wrong, what to do, and who does it. Nothing is sent or written.",
    ),
    "check_help": Text(
        "Meldet sich bei iX-Haus und beim Portal an, vergleicht die Datenbank mit dem Vertrag und liest die Dokumententypen des Portals. Ändert nichts.",
        "Logs in to iX-Haus and to the portal, compares the database with the contract and reads the portal's document types. Changes nothing.",
    ),
    "may_not_check": Text(
        "Prüfen darf, wer in Airflow DAGs starten darf.",
        "Those who may trigger DAGs in Airflow may check.",
    ),
    "checked": Text("Ergebnis der Prüfung", "Result of the check"),
    "side_ixhaus": Text("iX-Haus", "iX-Haus"),
    "side_portal": Text("Portal", "Portal"),
    "ixhaus_OK": Text("erreichbar, der Vertrag ist eingehalten ({about})", "reachable, the contract is kept ({about})"),
    "ixhaus_ABSENT": Text(
        "Die Airflow-Verbindung {about} gibt es nicht. Legen Sie sie unter Admin > Connections an (Typ Oracle).",
        "There is no Airflow connection {about}. Add it under Admin > Connections (type Oracle).",
    ),
    "ixhaus_NO_CONNECTION": Text(
        "Die Datenbank ist nicht erreichbar ({about}). Prüfen Sie Rechner, Port und Dienst der Verbindung und ob die Datenbank läuft.",
        "The database cannot be reached ({about}). Check host, port and service of the connection, and whether the database runs.",
    ),
    "ixhaus_TIMEOUT": Text(
        "Die Datenbank antwortet nicht innerhalb von fünf Sekunden. Versuchen Sie es später noch einmal.",
        "The database does not answer within five seconds. Try again later.",
    ),
    "ixhaus_WRONG_KIND": Text(
        "Die Airflow-Verbindung {about} führt zu keiner Oracle- oder SQLite-Datenbank. Ändern Sie ihren Typ.",
        "The Airflow connection {about} leads to no Oracle or SQLite database. Change its type.",
    ),
    "ixhaus_BAD_FLAG": Text(
        "{about} enthält Werte, die weder J noch N sind. Wandeln Sie sie in der Sicht um.",
        "{about} holds values that are neither J nor N. Convert them in the view.",
    ),
    "ixhaus_NOT_READABLE": Text(
        "Eine Sicht oder Tabelle fehlt oder ist nicht lesbar ({about}). „Verbindung prüfen“ nennt jede.",
        "A view or table is missing or cannot be read ({about}). “Check connections” names each.",
    ),
    "ixhaus_VIEW_MISSING": Text(
        "Die Sicht {about} fehlt oder ist nicht lesbar. Legen Sie sie mit dem Gerüst aus „make contract“ an und geben Sie dem Schnittstellenbenutzer SELECT.",
        "The view {about} is missing or cannot be read. Create it with the skeleton that “make contract” prints and grant SELECT to the interface user.",
    ),
    "ixhaus_TABLE_MISSING": Text(
        "Die Tabelle {about} fehlt oder ist nicht lesbar. Führen Sie aus, was „make contract“ ausgibt, als Schnittstellenbenutzer.",
        "The table {about} is missing or cannot be read. Execute what “make contract” prints as the interface user.",
    ),
    "ixhaus_COLUMNS_MISSING": Text(
        "Es fehlen Spalten in {about}. Ergänzen Sie sie, wie „make contract“ sie ausgibt, wo iX-Haus nichts hat, als NULL.",
        "Columns are missing in {about}. Add them as “make contract” prints them, as NULL where iX-Haus has nothing.",
    ),
    "portal_OK": Text("erreichbar, Schlüssel und Passwort gelten ({about})", "reachable, key and password are valid ({about})"),
    "portal_ABSENT": Text(
        "Die Airflow-Verbindung {about} gibt es nicht. Hinterlegen Sie Schlüssel und Passwort.",
        "There is no Airflow connection {about}. Store key and password.",
    ),
    "portal_INCOMPLETE": Text(
        "In der Airflow-Verbindung {about} fehlen Adresse, Schlüssel oder Passwort. Hinterlegen Sie alle drei.",
        "The Airflow connection {about} lacks address, key or password. Store all three.",
    ),
    "portal_NO_ADDRESS": Text(
        "Der Link Datensynchronisation in der Airflow-Verbindung {about} {wrong}. Hinterlegen Sie die ganze Adresse, zum Beispiel https://portal.example/v2.",
        "The synchronisation link in the Airflow connection {about} {wrong}. Store the whole address, such as https://portal.example/v2.",
    ),
    "portal_OF_PRODUCTION": Text(
        "Die Airflow-Verbindung {about} führt zum Konto des Produktivsystems. Das Testsystem braucht ein eigenes; es wurde nicht aufgerufen.",
        "The Airflow connection {about} leads to production's account. The test system needs one of its own; it was not called.",
    ),
    "portal_SETTINGS": Text(
        "Die Einstellungen des Produktivsystems haben einen Fehler, darum ist nicht zu sehen, ob das Testsystem auf dessen Konto zeigt: {wrong}",
        "Production's settings have a mistake, so nobody can tell whether the test system points at its account: {wrong}",
    ),
    "portal_NO_CONNECTION": Text(
        "Das Portal ist nicht erreichbar. Prüfen Sie den Link Datensynchronisation, Netz und Firewall.",
        "The portal cannot be reached. Check the synchronisation link, network and firewall.",
    ),
    "portal_TIMEOUT": Text(
        "Das Portal antwortet nicht innerhalb von fünf Sekunden. Versuchen Sie es später noch einmal.",
        "The portal does not answer within five seconds. Try again later.",
    ),
    "portal_KEY_REFUSED": Text(
        "Das Portal weist Schlüssel oder Passwort zurück ({about}). Hinterlegen Sie beide neu.",
        "The portal refuses key or password ({about}). Store both anew.",
    ),
    "portal_KEY_DENIED": Text(
        "Das Portal verweigert diesem Schlüssel den Zugriff ({about}). Fragen Sie casavi, ob er gesperrt oder eingeschränkt ist.",
        "The portal denies this key the access ({about}). Ask casavi whether it was revoked or limited.",
    ),
    "portal_WRONG_ADDRESS": Text(
        "Unter dem Link Datensynchronisation liegt nicht die Schnittstelle des Portals ({about}). Prüfen Sie den Link, auch die Version am Ende.",
        "The portal's interface is not at the synchronisation link ({about}). Check the link, also the version at its end.",
    ),
    "portal_RATE_LIMITED": Text(
        "Das Portal nimmt gerade keine Anfragen mehr an ({about}). Versuchen Sie es später noch einmal.",
        "The portal takes no more requests just now ({about}). Try again later.",
    ),
    "portal_PORTAL_FAULT": Text(
        "Das Portal ist erreichbar, hat aber eine Störung ({about}). Versuchen Sie es später noch einmal.",
        "The portal is reachable but has a fault ({about}). Try again later.",
    ),
    "portal_BAD_ANSWER": Text(
        "Unter dem Link antwortet etwas, das nicht wie das Portal aussieht ({about}). Prüfen Sie den Link.",
        "What answers at the link does not look like the portal ({about}). Check the link.",
    ),
    "portal_UNEXPECTED": Text(
        "Das Portal antwortet anders als erwartet ({about}). Prüfen Sie den Link Datensynchronisation.",
        "The portal answers in an unexpected way ({about}). Check the synchronisation link.",
    ),
    # settings
    "settings": Text("Einstellungen in Kraft", "Settings in force"),
    "settings_help": Text(
        "Sie stehen in der Datei {file}, die zu Beginn jedes Laufs gelesen wird. Zuletzt geändert: {moment}.",
        "They are in the file {file}, which is read at the start of each run. Last changed: {moment}.",
    ),
    "version_control": Text(
        "Wer sie geändert hat, weiß die Versionsverwaltung der Datei.",
        "Who changed it, the file's version control knows.",
    ),
    "saved_below": Text(
        "Was auf diesen Seiten gespeichert wurde, steht unten mit Name, Zeit und Grund.",
        "What was saved on these pages stands below with name, time and reason.",
    ),
    "trial": Text("Andere Werte ausprobieren", "Try other values"),
    "trial_help": Text(
        "Zeigt, wer und was unter anderen Werten käme und ginge, ohne etwas zu senden, und die Zeilen für die Datei.",
        "Shows who and what would come and go under other values, without sending anything, and the lines for the file.",
    ),
    # history
    "history": Text("Gespeicherte Änderungen", "Saved changes"),
    "saved": Text("Gespeichert; die neuen Werte gelten ab dem nächsten Lauf.", "Saved; the new values hold from the next run on."),
    "no_history": Text("Auf diesen Seiten wurde noch nichts gespeichert.", "Nothing has been saved on these pages yet."),
    "changed_elsewhere": Text(
        "Seit der letzten gespeicherten Änderung ist {file} außerhalb dieser Seiten geändert worden, zuletzt {moment}.",
        "Since the last saved change {file} has been changed outside of these pages, last {moment}.",
    ),
    "when": Text("Wann", "When"),
    "who": Text("Wer", "Who"),
    "why": Text("Warum", "Why"),
    "difference": Text("Unterschied", "Difference"),
    "older": Text("Und {count} ältere in der Datei daneben.", "And {count} older ones in the file beside it."),
    "expert": Text("Experteneinstellungen", "Expert settings"),
    "expert_help": Text(
        "Diese nimmt in der Regel die Beratung bei der Einrichtung vor; im Alltag bleiben sie, wie sie sind.",
        "These are normally made by consultants at set-up; from day to day they stay as they are.",
    ),
    "expert_show": Text("{count} Experteneinstellungen zeigen", "Show {count} expert settings"),
    "mistake": Text("{file} hat einen Fehler; kein Lauf beginnt, bis er behoben ist:", "{file} has a mistake; no run begins until it is mended:"),
    "setting": Text("Einstellung", "Setting"),
    "value": Text("Wert", "Value"),
    "name": Text("Name in der Datei", "Name in the file"),
    "default": Text("Vorgabe", "default"),
}  # fmt: skip
