"""What is said about documents, mail server, programs and the staging folder."""

from typing import Final

from include.doctor.finding import Saying, Sayings, Severity, Who
from include.vocabulary.texts import Text

# fmt: off
SAYINGS: Final[Sayings] = {
    "NO_DOCUMENT_FOLDER": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Dokumente liegen als Dateien, aber es gibt keinen Ordner, den dieser Rechner lesen kann.", "Documents lie in files, but there is no folder that this machine can read."),
        Text('Eine Airflow-Verbindung vom Typ File (path) anlegen, Extra {{"path": "/der/Ordner"}}, und ihn einhängen.', 'Add an Airflow connection of type File (path), extra {{"path": "/the/folder"}}, and mount it.')),
    "NO_FILE_FOUND": Saying(Severity.WARNING, Who.CONSULTANT,
        Text("Keine der neuesten Dateien ({number}) ist im Ordner zu finden: {reasons}.", "None of the newest files ({number}) is found in the folder: {reasons}."),
        Text("SP_DOKUMENT.PFAD mit dem Ordner vergleichen: Der Pfad beginnt unter ihm.", "Compare SP_DOKUMENT.PFAD with the folder: the path begins below it.")),
    "DMS_REFUSED": Saying(Severity.ERROR, Who.ENGINEER,
        Text("DocuWare weist den Benutzer der Airflow-Verbindung zurück.", "DocuWare refuses the user of the Airflow connection."),
        Text("Benutzer, Kennwort und Rechte am Archiv prüfen.", "Check user, password and rights on the file cabinet.")),
    "DMS_FAULT": Saying(Severity.ERROR, Who.ENGINEER,
        Text("DocuWare ist nicht erreichbar oder antwortet nicht wie erwartet.", "DocuWare cannot be reached, or does not answer as expected."),
        Text("Adresse der Platform in der Airflow-Verbindung, Netz und Firewall prüfen.", "Check the Platform's address in the Airflow connection, network and firewall.")),
    "NO_MAIL_SERVER": Saying(Severity.NOTE, Who.ENGINEER,
        Text("Meldungsarten verlangen E-Mails, aber es gibt keinen Mailserver: Keine geht hinaus.", "Kinds of reports ask for e-mails, but there is no mail server: none goes out."),
        Text("Eine Airflow-Verbindung vom Typ SMTP anlegen, wenn sie hinaus sollen.", "Add an Airflow connection of type SMTP if they are to go out.")),
    "MAIL_SERVER_AWAY": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Der Mailserver ist nicht erreichbar oder weist die Anmeldung zurück.", "The mail server cannot be reached, or refuses the login."),
        Text("Die Airflow-Verbindung, Netz und Firewall prüfen.", "Check the Airflow connection, network and firewall.")),
    "NOBODY_TOLD": Saying(Severity.NOTE, Who.ENGINEER,
        Text("Niemand erfährt es, wenn ein Lauf scheitert oder ausbleibt.", "Nobody is told when a run fails or does not come."),
        Text("Eine Benachrichtigung in die Einstellungen schreiben; siehe docs/operation.md, „Who is told“.", "Write a notifier into the settings; see docs/operation.md, “Who is told”.")),
    "NOTIFIER_WRONG": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Eine Benachrichtigung kann nicht gehen: {sentence}", "A notifier cannot work: {sentence}"),
        Text("Die Einstellung berichtigen, wie es der Satz sagt.", "Correct the setting as the sentence says.")),
    "NO_SENDER": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Der Airflow-Verbindung zum Mailserver fehlt der Absender (from_email).", "The mail server's Airflow connection lacks the sender (from_email)."),
        Text("from_email ins Extra der Verbindung schreiben.", "Write from_email into the connection's extra.")),
    "NO_LIBREOFFICE": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Dokumente sollen in PDF umgewandelt werden, aber LibreOffice ist nicht installiert: Sie gehen hinaus, wie sie sind.", "Documents are to be converted to PDF, but LibreOffice is not installed: they go out as they are."),
        Text("LibreOffice installieren oder convert_to_pdf ausschalten.", "Install LibreOffice, or switch convert_to_pdf off.")),
    "NO_SCANNER": Saying(Severity.NOTE, Who.ENGINEER,
        Text("Dateien aus dem Portal werden nicht auf Viren geprüft.", "Files from the portal are not scanned for viruses."),
        Text("Einen Virenscanner installieren und in scan_command nennen.", "Install a virus scanner and name it in scan_command.")),
    "SCANNER_MISSING": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Das Programm {program} gibt es hier nicht: Dateien warten im Portal.", "There is no program {program} here: files wait in the portal."),
        Text("Es installieren oder scan_command berichtigen.", "Install it, or correct scan_command.")),
    "SCANNER_FAILS": Saying(Severity.ERROR, Who.ENGINEER,
        Text("Der Virenscanner nennt eine saubere Datei nicht sauber ({status}): Dateien warten im Portal.", "The virus scanner does not call a clean file clean ({status}): files wait in the portal."),
        Text("Prüfen, ob sein Dienst läuft und die Dateien dieses Benutzers lesen darf.", "Check whether its service runs and may read this user's files.")),
    "STAGING_READ_ONLY": Saying(Severity.ERROR, Who.ENGINEER,
        Text("In den Arbeitsordner lässt sich nicht schreiben: Kein Lauf beginnt.", "The staging folder cannot be written: no run begins."),
        Text("Ihn dem Benutzer geben, unter dem Airflow läuft.", "Give it to the user that Airflow runs as.")),
    "STAGING_OPEN": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Den Arbeitsordner können andere Benutzer lesen (Rechte {mode}); darin liegen Personendaten.", "Other users can read the staging folder (mode {mode}); it holds personal data."),
        Text("chmod 700 auf den Ordner.", "chmod 700 the folder.")),
    "STAGING_FULL": Saying(Severity.WARNING, Who.ENGINEER,
        Text("Im Arbeitsordner sind nur noch {free} MiB frei, {needed} sollten es sein.", "Only {free} MiB are free in the staging folder, {needed} there should be."),
        Text("Platz schaffen.", "Make room.")),
}
# fmt: on
