"""Why a run failed, did not begin or left something: sentences that go into the protocol in German, from English ones.

Errors speak English, as logs do. Here stands once more what they say, with its places, beside the same in German; so a
sentence finds its other language wherever it stands, also as a part of a longer one. What is not in the table, such as a
mistake in a settings file, stays as it is.
"""

import re
from collections.abc import Sequence
from functools import cache, partial
from typing import Final

from include.vocabulary.texts import Language, Text

# fmt: off
SENTENCES: Final[Sequence[Text]] = (
    # how a run ended
    Text("diese Aufgaben sind fehlgeschlagen: {tasks}; was sie gesendet hatten, bleibt, der nächste Lauf macht weiter",
         "these tasks failed: {tasks}; what they had sent stays, the next run goes on"),
    Text("{number} Datensätze wurden abgelehnt oder ließen sich nicht senden oder übernehmen; das Protokoll nennt sie",
         "{number} records were refused, or could not be sent or taken over; the protocol names them"),
    Text("{number} davon wurden gleichlautend abgelehnt, so dass keiner davon als abgelehnt vermerkt ist",
         "{number} of them were refused alike, so that none of these is marked as refused"),
    Text("die Dateien dieses Laufs sind nicht da: mit seinem Ende gehen sie, oder dieser Worker sieht nicht, was die anderen ablegen (SERVICEPORTAL_STAGING); den ganzen Lauf leeren (Clear), nicht einzelne Aufgaben, oder einen neuen starten",
         "this run's files are not there: they go when it ends, or this worker does not see what the others stage (SERVICEPORTAL_STAGING); clear the whole run, not single tasks of it, or trigger a new one"),
    # the portal
    Text("{number} Datensätze nacheinander wurden gleichlautend abgelehnt ({said}); das spricht eher vom Portal oder von uns als von ihnen: keiner ist als abgelehnt vermerkt, der nächste Lauf sendet sie wieder",
         "{number} records in a row were refused alike ({said}); that says more about the portal or about us than about them: none of them is marked as refused, the next run sends them again"),
    Text("{number} Datensätze nacheinander gingen nicht hinaus ({said}); das Portal nimmt unter dieser Adresse oder mit diesem Schlüssel nichts an: bei casavi fragen, was sich geändert hat; der nächste Lauf macht hier weiter",
         "{number} records in a row failed ({said}); the portal takes nothing at this address, or not from this key: ask casavi what has changed; the next run goes on from here"),
    Text("{number} Datensätze nacheinander gingen nicht hinaus ({said}); das Portal scheint nicht erreichbar, der nächste Lauf macht hier weiter",
         "{number} records in a row failed ({said}); the portal seems to be down, the next run goes on from here"),
    Text("das Portal verlangt Pausen von zusammen {asked} s, dieser Lauf darf {allowed} s warten; der nächste macht hier weiter",
         "the portal asks for pauses of {asked} s in all, this run may wait {allowed} s; the next run goes on from here"),
    Text("das Portal lehnt Key und Secret ab (Status {status}); beide in der Verbindung zum Portal prüfen",
         "the portal refuses the key pair (status {status}); check key and secret of the portal connection"),
    Text("das Portal verweigert diesem Key den Vorgang (Status 403); bei casavi fragen, ob er gesperrt oder eingeschränkt ist",
         "the portal denies this key the operation (status 403); ask casavi whether the key was revoked or limited"),
    Text("das Portal antwortet mit einer Weiterleitung oder mit etwas Unerwartetem (Status {status}); die Adresse in der Verbindung zum Portal prüfen",
         "the portal answers with a redirect or something unexpected (status {status}); check the portal connection's address"),
    Text("{path}: die Seiten der Liste im Portal wiederholen sich oder nehmen kein Ende",
         "{path}: the portal's pages come round again or never end"),
    Text("{path}: eine Seite der Liste ließ sich nicht lesen ({status})",
         "{path}: a page could not be read ({status})"),
    Text("{path}: eine Seite der Liste enthält etwas, das kein Datensatz ist",
         "{path}: a page holds something that is no record"),
    Text("{path}: der Verweis auf die nächste Seite ist keine Adresse",
         "{path}: the link to the next page is no address"),
    Text("{path}: die nächste Seite liegt auf einem anderen Server",
         "{path}: the next page lies on another host"),
    Text("{path}: das Portal führt {found} Kontakte auf, erwartet waren {expected}; nichts wurde geändert. Sind sie im Portal vorhanden, noch einmal starten; wenn nicht, vor dem nächsten Lauf der Personen den Grund suchen",
         "{path}: the portal lists {found} contacts, {expected} were expected; nothing was changed. If they are there in the portal, run again; if not, find out why before persons run again"),
    Text("in der Liste des Portals ({kind}) fehlen {missing} der {held}, die der Abgleichstand kennt, obwohl es {name} einzeln zeigt; nichts wurde geändert, casavi nach dieser Liste fragen",
         "the portal's list of {kind} records leaves out {missing} of the {held} that the ledger holds, and has {name} when asked for it; nothing was changed, ask casavi about that list"),
    Text("der Abgleichstand von {group} spricht vom Portalkonto unter {before}, und die Airflow-Verbindung {connection} führt zu einem anderen ({other}); nichts wurde gesendet. Ist das gewollt, casavi_reconcile mit accept_account starten; sonst die Verbindung berichtigen",
         "the ledger of {group} speaks of the portal account at {before}, and the Airflow connection {connection} leads to {other}; nothing was sent. If that is meant, start casavi_reconcile with accept_account; else correct the connection"),
    # the database of iX-Haus
    Text("{view}: diese Sicht des Datenbankvertrags fehlt oder ist nicht lesbar; mit dem Gerüst aus `make contract` anlegen und dem Benutzer der Schnittstelle SELECT geben.",
         "{view}: this view of the interface contract is missing or cannot be read; create it with the skeleton that `make contract` prints and grant SELECT to the interface user."),
    Text("{table}: diese Tabelle des Datenbankvertrags fehlt oder ist nicht lesbar; `make contract` aufrufen und als Benutzer der Schnittstelle ausführen, was es ausgibt.",
         "{table}: this table of the interface contract is missing or cannot be read; run `make contract` and execute what it prints as the interface user."),
    Text("{view}: die Spalte {column} fehlt; der Sicht hinzufügen, als NULL, wo iX-Haus nichts dafür hat.",
         "{view}: the column {column} is missing; add it to the view, as NULL where iX-Haus has nothing for it."),
    Text("{view}: die Spalten {columns} fehlen; der Sicht hinzufügen, als NULL, wo iX-Haus nichts dafür hat.",
         "{view}: the columns {columns} are missing; add them to the view, as NULL where iX-Haus has nothing for them."),
    Text("{table}: die Spalte {column} fehlt; hinzufügen, wie `make contract` sie ausgibt.",
         "{table}: the column {column} is missing; add it as `make contract` prints it."),
    Text("{table}: die Spalten {columns} fehlen; hinzufügen, wie `make contract` sie ausgibt.",
         "{table}: the columns {columns} are missing; add them as `make contract` prints them."),
    Text("{place}: manche Werte sind weder J noch N; in der Sicht umwandeln.",
         "{place}: some values are not J or N; convert them in the view."),
    Text("{place}: manche Werte sind kein Datum (DATE); in der Sicht umwandeln.",
         "{place}: some values are not dates (DATE); convert them in the view."),
    Text("{place}: manche Werte sind keine ganzen Zahlen (NUMBER); in der Sicht umwandeln.",
         "{place}: some values are not whole numbers (NUMBER); convert them in the view."),
    Text("{place}: manche Werte sind kein Text (VARCHAR2; TO_CHAR versuchen); in der Sicht umwandeln.",
         "{place}: some values are not text (VARCHAR2; try TO_CHAR); convert them in the view."),
    Text("{table}: die eigenen Tabellen der Schnittstelle haben Version {found}, neuer als diese Installation, die {known} kennt; der Betreuer der Schnittstelle muss die Version installieren, die sie angelegt hat",
         "{table}: the interface's own tables are of version {found}, newer than this installation, which knows {known}; an engineer must install the release that made them"),
    Text("{table}: die eigenen Tabellen der Schnittstelle haben Version {found}, diese Installation braucht {wanted}; ein Datenbankadministrator (DBA) muss ausführen, was `make contract FROM={since}` ausgibt (beim Beispiel tut es `make sync`)",
         "{table}: the interface's own tables are of version {found}, this installation needs {wanted}; a DBA must run what `make contract FROM={since}` prints (the sample: `make sync` does it)"),
    Text("diese Kennungen kommen mehrfach vor: {ids}", "these ids occur more than once: {ids}"),
    Text("Airflows Fernet-Schlüssel öffnet das Geheimnis nicht, mit dem der Abgleich von {system} verschlüsselt ist; nichts wurde gesendet. Den früheren Schlüssel hinter den neuen schreiben (AIRFLOW__CORE__FERNET_KEY=neu,früher); ist er verloren, casavi_reconcile mit accept_account starten: das sieht das ganze Portal durch und macht ein anderes Geheimnis",
         "Airflow's Fernet key does not open the secret by which the ledger of {system} is keyed; nothing was sent. Write the former key behind the new one (AIRFLOW__CORE__FERNET_KEY=new,former); if it is lost, start casavi_reconcile with accept_account, which looks at the whole portal and makes another secret"),
    # connections in Airflow
    Text("Airflow-Verbindung {connection}: sie fehlt, und {system} braucht sie; unter Admin > Connections anlegen",
         "Airflow connection {connection}: it does not exist, and {system} needs it; add it under Admin > Connections"),
    Text("Airflow-Verbindung {connection}: sie fehlt; unter Admin > Connections anlegen",
         "Airflow connection {connection}: there is none of this name; add it under Admin > Connections"),
    Text("Airflow-Verbindung {connection}: {missing} fehlt; host ist der Link Datensynchronisation, login der Key, password das Secret",
         "Airflow connection {connection}: {missing} missing; set host to the Link Datensynchronisation, login to the key, password to the secret"),
    Text("Airflow-Verbindung {connection}: host, login und password müssen alle gesetzt sein; Link Datensynchronisation, Key und Secret eintragen",
         "Airflow connection {connection}: host, login and password must all be set; write the Link Datensynchronisation, the key and the secret"),
    Text("Airflow-Verbindung {connection}: das Testsystem führt zu Adresse und Key des Produktivsystems; Adresse und Key des Testkontos eintragen",
         "Airflow connection {connection}: the test system points at production's portal address and key; write the address and key of the test account"),
    # runs that people start on the pages
    Text("Airflow kennt {dag} nicht, oder die Datei dazu lässt sich nicht lesen; den Betreuer der Schnittstelle fragen",
         "Airflow does not know {dag}, or its file cannot be read; ask an engineer"),
    Text("Airflow nimmt für {dag} keinen Lauf an ({kind}); warum, steht im Log des API-Servers",
         "Airflow takes no run of {dag} ({kind}); the API server's log says why"),
    # the way out: proxies and certificates
    Text("Airflow-Verbindung {connection}: ihr Proxy, aus proxies im Extra oder aus HTTPS_PROXY, ist keine Adresse; eine wie http://benutzer:passwort@proxy.example:3128 eintragen, Sonderzeichen in Benutzer und Passwort mit Prozentzeichen umschrieben",
         "Airflow connection {connection}: its proxy, from proxies in the extra or from HTTPS_PROXY, is no address; write one such as http://user:password@proxy.example:3128, with what is special in user and password percent-encoded"),
    Text("Airflow-Verbindung {connection}: proxies im Extra hat keine bekannte Form; die Adresse des Proxys als Text unter https eintragen",
         "Airflow connection {connection}: proxies in its extra are of no form that is known; write the address of the proxy, as text, under https"),
    Text("Airflow-Verbindung {connection}: verify im Extra ist weder true noch ein Pfad; den Pfad zum Zertifikat der CA eintragen (PEM) oder weglassen",
         "Airflow connection {connection}: verify in its extra is neither true nor a path; write the path of the CA's certificate (PEM), or leave it out"),
    Text("Airflow-Verbindung {connection}: verify im Extra ist false, Key und Daten gingen also an jeden, der antwortet; statt dessen den Pfad zum Zertifikat der CA eintragen (PEM) oder weglassen",
         "Airflow connection {connection}: verify in its extra is false, so that key and data would go to anybody who answers; write the path of the CA's certificate (PEM) instead, or leave it out"),
    Text("Airflow-Verbindung {connection}: verify im Extra führt zu einer Datei ohne Zertifikat; den Pfad einer Datei mit dem Zertifikat der CA eintragen (PEM)",
         "Airflow connection {connection}: verify in its extra leads to a file without a certificate; write the path of one with the certificate of the CA (PEM)"),
    Text("Airflow-Verbindung {connection}: cert im Extra ist weder ein Pfad noch zwei; [Zertifikat, Schlüssel] eintragen",
         "Airflow connection {connection}: cert in its extra is neither a path nor two; write [certificate, key]"),
    Text("Airflow-Verbindung {connection}: cert im Extra führt zu keinem Zertifikat mit seinem Schlüssel; die Pfade beider eintragen (PEM), den Schlüssel ohne Passwort",
         "Airflow connection {connection}: cert in its extra leads to no certificate and its key; write the paths of both (PEM), the key without a passphrase"),
    Text("Airflow-Verbindung {connection}: {field} im Extra führt zu keiner Datei, die sich lesen lässt; den ganzen Pfad eintragen, wie ihn die Dienste sehen, im Ordner der Zertifikate",
         "Airflow connection {connection}: {field} in its extra leads to no file that can be read; write the whole path as the services see it, in the folder of certificates"),
    Text("Airflow-Verbindung {connection}: der Server zeigt ein Zertifikat für einen anderen Namen; als host den Namen eintragen, für den es gilt, oder ein anderes ausstellen lassen",
         "Airflow connection {connection}: the server shows a certificate for another name; write as host the name that it is for, or have another one issued"),
    Text("Airflow-Verbindung {connection}: das Zertifikat des Servers gilt jetzt nicht; erneuern lassen oder die Uhr dieses Rechners stellen",
         "Airflow connection {connection}: the server's certificate is not valid now; have it renewed, or set the clock of this machine"),
    Text("Airflow-Verbindung {connection}: der Server zeigt ein Zertifikat, für das niemand bürgt, dem hier vertraut wird; ist es von der eigenen CA, den Pfad zu deren Zertifikat (PEM) als verify ins Extra eintragen",
         "Airflow connection {connection}: the server shows a certificate that nobody vouches for who is trusted here; if it is of your own CA, write the path of the CA's certificate (PEM) as verify into the extra"),
    Text("Airflow-Verbindung {connection}: der Server verlangt ein Zertifikat und nimmt keines an, oder nicht das gezeigte; die Pfade von Zertifikat und Schlüssel (PEM) als cert ins Extra eintragen",
         "Airflow connection {connection}: the server asks for a certificate and takes none, or not the one it is shown; write the paths of certificate and key (PEM) as cert into the extra"),
    Text("Airflow-Verbindung {connection}: eine verschlüsselte Verbindung kommt nicht zustande ({reason}); host und Port prüfen, und ob dort überhaupt TLS gesprochen wird",
         "Airflow connection {connection}: no encrypted connection comes about ({reason}); check host and port, and whether what answers there speaks TLS at all"),
    Text("Airflow-Verbindung {connection}: der Proxy nimmt ohne Benutzer und Passwort nichts an, oder nicht mit diesen (Status 407); sie in seine Adresse eintragen, in proxies im Extra oder in HTTPS_PROXY",
         "Airflow connection {connection}: the proxy takes nothing without user and password, or not these (status 407); write them into its address, in proxies of the extra or in HTTPS_PROXY"),
    Text("Airflow-Verbindung {connection}: der Proxy lässt zu diesem Rechner nichts durch (Status {status}); ihn dort freigeben lassen",
         "Airflow connection {connection}: the proxy lets nothing through to this host (status {status}); have it allowed there"),
    # e-mails
    Text("E-Mails, die auf den nächsten Lauf warten: {number} ({why})",
         "e-mails that wait for the next run: {number} ({why})"),
)
# fmt: on
_PLACE: Final = re.compile(r"\{(\w+)\}")
_FIRST, _LATER = r"[^\s(]+", ".+?"


def in_language(sentence: str, language: Language) -> str:
    """Return a sentence of the protocol, or what of it the table holds, in a language; all else stays as it is."""
    for pattern, target in _patterns(language):
        sentence = pattern.sub(partial(_filled, target), sentence)
    return sentence


def in_both(sentence: str) -> Text:
    """Return an English sentence with its German one beside it."""
    return Text(in_language(sentence, "de"), sentence)


def _filled(text: str, places: re.Match[str]) -> str:
    return text.format(**places.groupdict())


@cache
def _patterns(language: Language) -> list[tuple[re.Pattern[str], str]]:
    """Return for each sentence how it reads in the other language, and how it is said in this one."""
    other: Language = "en" if language == "de" else "de"
    return [(re.compile(_as_pattern(text.said(other))), text.said(language)) for text in SENTENCES]


def _as_pattern(text: str) -> str:
    """Return the pattern of a text with places; one at its beginning holds no blank, as words may stand before it."""
    pieces, pattern = _PLACE.split(text), ""
    for piece, place in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        pattern += re.escape(piece)
        if place:
            pattern += f"(?P<{place}>{_LATER if pattern else _FIRST})"
    return pattern
