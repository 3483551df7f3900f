"""What `make setup` and `make keys` say besides the settings' own words."""

from typing import Final

from include.vocabulary.texts import Text, Texts

TEXTS: Final[Texts] = {
    "intro": Text(
        "Einstellungen für {file}. Leer = auslassen; Strg-C bricht ab, dann ist nichts geschrieben.",
        "Settings for {file}. Empty = left out; Ctrl-C breaks off, then nothing is written.",
    ),
    "exists": Text(
        "{file} ist schon da. Durch neue Antworten ersetzen? Die alte bleibt als {copy} daneben.",
        "{file} is there already. Replace it by new answers? The old one stays beside it as {copy}.",
    ),
    "stays": Text("{file} bleibt, wie sie ist.", "{file} stays as it is."),
    "unasked": Text(
        "iX-Haus kann nicht gefragt werden ({connection}: {what}); die Antworten werden nicht mit ihm verglichen.",
        "iX-Haus cannot be asked ({connection}: {what}); the answers are not compared with it.",
    ),
    "there": Text("In iX-Haus: {words}", "In iX-Haus: {words}"),
    "keep": Text("Trotzdem so lassen?", "Leave it so all the same?"),
    "address": Text(
        "Link Datensynchronisation von casavi; leer = Schlüssel später eingeben (make keys)",
        "casavi's Link Datensynchronisation (address); empty = enter the key pair later (make keys)",
    ),
    "address_wrong": Text(
        "Die Adresse {wrong}; so schreiben: {example}", "The address {wrong}; write one such as {example}"
    ),
    "pair": Text(
        "Schlüssel und Secret sind da: {connection}, {address}", "Key and secret are there: {connection}, {address}"
    ),
    "written": Text("{file} ist geschrieben.", "{file} is written."),
    "not_written": Text(
        "{file} lässt sich nicht schreiben ({why}); hinein gehört:",
        "{file} cannot be written ({why}); into it belongs:",
    ),
    "broken_off": Text("Abgebrochen; nichts ist geschrieben.", "Broken off; nothing is written."),
    "later": Text(
        "Schlüssel und Secret fehlen noch: make keys SYSTEM={system}",
        "Key and secret are still missing: make keys SYSTEM={system}",
    ),
    # the key pair, which `make keys` asks for as well
    "portal_address": Text("Link Datensynchronisation (Adresse)", "Link Datensynchronisation (address)"),
    "key": Text("API-Schlüssel", "API key"),
    "key_again": Text("API-Schlüssel noch einmal", "API key again"),
    "secret": Text("Secret", "Secret"),
    "secret_again": Text("Secret noch einmal", "Secret again"),
    "unencrypted": Text(
        "Airflow hat keinen Fernet-Schlüssel: Das Secret ist unverschlüsselt hinterlegt. AIRFLOW__CORE__FERNET_KEY setzen.",
        "Airflow has no Fernet key: the secret is stored unencrypted. Set AIRFLOW__CORE__FERNET_KEY.",
    ),
    "stored": Text(
        "Hinterlegt als Airflow-Verbindung {connection} in {database}.\n"
        "Die Umgebungsvariable {variable} geht ihr vor, wo sie gesetzt ist; make sync und make up setzen sie auf die Sandbox.",
        "Stored as Airflow connection {connection} in {database}.\n"
        "The environment variable {variable} goes before it where it is set, as make sync and make up set it to the sandbox.",
    ),
}
ENTRIES: Final = ("key", "key_again", "secret", "secret_again")
"""What is typed in without being seen."""
