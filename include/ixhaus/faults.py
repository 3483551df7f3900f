"""A failing database in one sentence: the number, what it means, what is to be done and by whom, in both languages.

Nothing of an error's text gets into a sentence, as it may hold persons, hosts, users and bound values: only the number,
and the name of a view or table of the contract (SP_…) that the database misses.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from traceback import walk_tb
from typing import Final, Literal, NamedTuple

from sqlalchemy.exc import DBAPIError


class Kind(StrEnum):
    """What a fault is about: for those who count, group or decide; people read the sentence."""

    LOGIN = "login"
    UNREACHABLE = "unreachable"
    LOST = "lost"
    LOCK = "lock"
    RIGHTS = "rights"
    SPACE = "space"
    CONTRACT = "contract"
    DATA = "data"
    OTHER = "other"


class Fault(NamedTuple):
    """What a failing database has said.

    number:          ORA-00060; DPY-6001 (ORA-12514) where the driver's own comes first; SQLITE_BUSY; "" without one
    german, english: one sentence each: number (or the error's class), meaning, remedy, and who sees to it
    is_passing:      whether a later attempt may succeed although nobody does anything
    """

    number: str
    german: str
    english: str
    kind: Kind
    is_passing: bool

    @property
    def is_login(self) -> bool:
        """Whether the database has refused user or password: another attempt brings a lock of the account closer."""
        return self.kind is Kind.LOGIN


class _Remedy(NamedTuple):
    """What is to be done about a group of errors; the texts go on after "must"."""

    kind: Kind
    is_passing: bool
    who: tuple[str, str]
    german: str
    english: str


_DBA: Final = ("der Datenbankadministrator (DBA)", "the database administrator (DBA)")
_ENGINEER: Final = ("der Betreuer der Schnittstelle", "the engineer")
_PASSES, _STAYS = True, False
_HOLDERS: Final = (
    "SELECT sid, serial#, username, program, blocking_session FROM v$session WHERE blocking_session IS NOT NULL"
)
_DRIVER_HELP: Final = "https://python-oracledb.readthedocs.io/en/latest/user_guide/troubleshooting.html"
_HELP: Final = {
    "ORA": "https://docs.oracle.com/error-help/db/{}/",
    **dict.fromkeys(("DPY", "DPI"), _DRIVER_HELP),
    "SQL": "https://sqlite.org/rescode.html",
}

# fmt: off
_BLOCKED = _Remedy(Kind.LOCK, _PASSES, _DBA, f"mit „{_HOLDERS}“ die haltende Sitzung suchen und beenden",
    f'find the holding session with "{_HOLDERS}" and end it')
_APART = _Remedy(Kind.LOCK, _PASSES, _ENGINEER, "die Läufe auseinanderlegen", "schedule the runs further apart")
_FILE_HELD = _Remedy(Kind.LOCK, _PASSES, _ENGINEER, "den Prozess suchen, der die Datei offen hält, und ihn beenden",
    "find the process that keeps the file open and end it")
_PASSWORD = _Remedy(Kind.LOGIN, _STAYS, _ENGINEER, "Benutzer und Kennwort in der Verbindung in Airflow berichtigen",
    "correct user and password in Airflow's connection")
_ACCOUNT = _Remedy(Kind.LOGIN, _STAYS, _DBA, "das Konto der Schnittstelle entsperren (ACCOUNT UNLOCK)",
    "unlock the interface's account (ACCOUNT UNLOCK)")
_RENEW = _Remedy(Kind.LOGIN, _STAYS, _DBA, "dem Konto der Schnittstelle ein neues Kennwort geben und es nennen",
    "give the interface's account a new password and tell it")
_GRANT = _Remedy(Kind.RIGHTS, _STAYS, _DBA, "dem Benutzer der Schnittstelle das fehlende Recht geben",
    "grant the missing privilege to the interface's user")
_ADDRESS = _Remedy(Kind.UNREACHABLE, _STAYS, _ENGINEER, "die Adresse in der Verbindung in Airflow berichtigen",
    "correct the address in Airflow's connection")
_HOST = _Remedy(Kind.UNREACHABLE, _PASSES, _ENGINEER, "den Rechnernamen in der Verbindung und den Namensdienst prüfen",
    "check the host's name in the connection and the name service")
_SERVICE = _Remedy(Kind.UNREACHABLE, _PASSES, _DBA, "prüfen, ob die Datenbank läuft und wie ihr Dienst heißt",
    "check whether the database is running and what its service is called")
_START = _Remedy(Kind.UNREACHABLE, _PASSES, _DBA, "Datenbank und Listener starten", "start database and listener")
_NETWORK = _Remedy(Kind.UNREACHABLE, _PASSES, _DBA, "Datenbank, Listener und Firewall prüfen",
    "check database, listener and firewall")
_SESSIONS = _Remedy(Kind.UNREACHABLE, _PASSES, _DBA, "ungenutzte Sitzungen beenden oder ihre Grenze anheben",
    "end unused sessions or raise their limit")
_CLIENT = _Remedy(Kind.UNREACHABLE, _STAYS, _ENGINEER, f"den Treiber passend einrichten ({_DRIVER_HELP})",
    f"set up the driver accordingly ({_DRIVER_HELP})")
_WALLET = _Remedy(Kind.UNREACHABLE, _STAYS, _ENGINEER,
    "das Wallet der Datenbank in der Verbindung in Airflow nennen (wallet_location im Extra)",
    "name the database's wallet in Airflow's connection (wallet_location in the extra)")
_ALERT = _Remedy(Kind.LOST, _PASSES, _DBA, "im Alert-Log und an der Firewall nachsehen, was die Verbindung beendet hat",
    "look into the alert log and the firewall for what has ended the connection")
_PROFILE = _Remedy(Kind.LOST, _PASSES, _DBA, "die Grenze im Profil anheben", "raise the limit in the profile")
_TABLESPACE = _Remedy(Kind.SPACE, _STAYS, _DBA, "den Tablespace vergrößern", "enlarge the tablespace")
_TEMPORARY = _TABLESPACE._replace(is_passing=_PASSES)
_UNDO = _Remedy(Kind.SPACE, _PASSES, _DBA, "Undo-Tablespace und UNDO_RETENTION vergrößern",
    "increase the undo tablespace and UNDO_RETENTION")
_QUOTA = _Remedy(Kind.SPACE, _STAYS, _DBA, "dem Benutzer eine größere QUOTA geben", "give the user a larger QUOTA")
_ARCHIVE = _Remedy(Kind.SPACE, _PASSES, _DBA, "Platz für die Archivierung schaffen", "make room for the archived logs")
_DISK = _Remedy(Kind.SPACE, _STAYS, _ENGINEER, "Platz auf dem Datenträger schaffen", "make room on the disk")
_CREATE = _Remedy(Kind.CONTRACT, _STAYS, _DBA, "sie nach dem Datenbankvertrag anlegen oder berichtigen und freigeben",
    "create or correct it as the database contract says, and grant it")
_VALUE = _Remedy(Kind.DATA, _STAYS, _ENGINEER, "den Wert suchen und mit dem Datenbankvertrag vergleichen",
    "find the value and compare it with the database contract")
_VIEW = _Remedy(Kind.DATA, _STAYS, _ENGINEER, "die Sicht suchen, die den Wert liefert, und sie berichtigen lassen",
    "find the view that yields the value and have it corrected")
_RULE = _Remedy(Kind.DATA, _STAYS, _ENGINEER, "mit dem DBA klären, welche es ist", "clarify with the DBA which it is")
_MEMORY = _Remedy(Kind.OTHER, _PASSES, _DBA, "den Speicher der Datenbank vergrößern", "give the database more memory")
_SUPPORT = _Remedy(Kind.OTHER, _STAYS, _DBA, "die Trace-Datei aus dem Alert-Log an den Oracle-Support geben",
    "give the trace file named in the alert log to Oracle's support")
_RECOVER = _Remedy(Kind.OTHER, _STAYS, _DBA, "die Datei wiederherstellen", "recover the file")
_PRIMARY = _Remedy(Kind.OTHER, _STAYS, _DBA, "sie zum Schreiben öffnen oder die Adresse der primären Datenbank nennen",
    "open it for writing or name the primary database's address")
_COMPILE = _Remedy(Kind.OTHER, _PASSES, _DBA, "ihn und die Sichten neu übersetzen", "compile it and the views anew")
_FILE = _Remedy(Kind.OTHER, _STAYS, _ENGINEER, "Pfad und Rechte der Datei in der Verbindung in Airflow prüfen",
    "check path and permissions of the file in Airflow's connection")

_MEANINGS: Final = {number: (remedy, german, english) for numbers, remedy, german, english in (
    ("00060 04020", _BLOCKED, "zwei Sitzungen sperren einander", "two sessions lock each other out"),
    ("00054 30006 02049 04021", _BLOCKED, "eine andere Sitzung hält einen Satz", "another session holds a row"),
    ("DPY-4024 03156", _BLOCKED, "das Zeitlimit ist überschritten, meist weil eine andere Sitzung einen Satz hält",
        "the time limit is exceeded, mostly because another session holds a row"),
    ("01013 00040", _BLOCKED, "die Anweisung wurde abgebrochen, von Hand oder an einem Zeitlimit",
        "the statement was cancelled, by hand or by a time limit"),
    ("08177", _APART, "eine andere Sitzung hat dieselben Sätze geändert", "another session has changed the same rows"),
    ("SQLITE_BUSY SQLITE_LOCKED", _FILE_HELD, "eine andere Sitzung hält Sätze", "another session holds rows"),
    ("01017", _PASSWORD, "Benutzer oder Kennwort sind falsch", "user or password are wrong"),
    ("01005 DPY-4001", _PASSWORD, "Benutzer oder Kennwort fehlen", "user or password are missing"),
    ("28000", _ACCOUNT, "das Konto ist gesperrt", "the account is locked"),
    ("28001", _RENEW, "das Kennwort ist abgelaufen", "the password has expired"),
    ("28002 28011", _RENEW, "das Kennwort läuft bald ab", "the password expires soon"),
    ("DPY-3015 28040", _RENEW, "das Kennwort ist veraltet gespeichert", "the password is stored in an outdated way"),
    ("01045", _GRANT, "das Recht CREATE SESSION fehlt", "the privilege CREATE SESSION is missing"),
    ("01031 41900", _GRANT, "dem Benutzer fehlt ein Recht", "the user lacks a privilege"),
    ("12154 DPY-4000", _ADDRESS, "der Name steht nicht in tnsnames.ora", "the name is not in tnsnames.ora"),
    ("DPY-4026 DPY-4027", _ADDRESS, "für den bloßen Namen fehlt tnsnames.ora", "the mere name needs a tnsnames.ora"),
    ("DPY-4017 DPY-4018 DPY-4021 12504", _ADDRESS, "die Adresse ist falsch geschrieben", "the address is misspelt"),
    ("12505 DPY-6003", _ADDRESS, "der Listener kennt diese SID nicht", "the listener does not know this SID"),
    ("12514 12521 DPY-6001", _SERVICE, "der Listener kennt den Dienst nicht", "the listener does not know the service"),
    ("12545 gaierror", _HOST, "der Rechner der Datenbank ist unbekannt", "the database's host is unknown"),
    ("12541 ConnectionRefusedError", _START, "der Listener läuft nicht", "the listener is not running"),
    ("12170 12535 12543 TimeoutError", _NETWORK, "die Datenbank antwortet nicht", "the database does not answer"),
    ("12560 12564 DPY-6000 DPY-6005 DPY-5005", _NETWORK, "die Verbindung misslang", "connecting has failed"),
    ("03136", _NETWORK, "die Anmeldung hat zu lange gedauert", "logging in has taken too long"),
    ("12526 12527 12528 01033 01109", _START, "die Datenbank ist noch nicht offen", "the database is not open yet"),
    ("01034 27101", _START, "die Datenbank läuft nicht", "the database is not running"),
    ("01089 01090 01092", _START, "die Datenbank wird beendet", "the database is being shut down"),
    ("00018 00020 12516 12518 12519 12520", _SESSIONS, "alle Sitzungen sind belegt", "all sessions are taken"),
    ("02391", _SESSIONS, "der Benutzer hat zu viele Sitzungen", "the user has too many sessions"),
    ("DPY-3010", _CLIENT, "die Datenbank ist für den Treiber zu alt", "the database is too old for the driver"),
    ("DPY-3001 DPY-3012 DPY-3040 12660", _CLIENT, "die Datenbank verlangt, was der Treiber so nicht kann",
        "the database asks for what the driver cannot do like this"),
    ("DPY-3016 DPI-1047 DPI-1072", _CLIENT, "dem Treiber fehlt eine Bibliothek", "the driver lacks a library"),
    ("DPY-2018", _WALLET, "im Ordner des Wallets fehlt ewallet.pem", "the wallet's folder lacks ewallet.pem"),
    ("SSLCertVerificationError", _WALLET, "dem Zertifikat der Datenbank wird nicht vertraut",
     "the database's certificate is not trusted"),
    ("DPY-6002 DPY-6006 SSLError", _CLIENT, "die Verschlüsselung misslang (TLS)", "encryption has failed (TLS)"),
    ("03113 03114 03135 01012 12537 12547 12570 12571 DPY-4011 DPY-1001", _ALERT, "die Verbindung ist abgerissen",
        "the connection was lost"),
    ("00028 00031", _ALERT, "die Sitzung wurde in der Datenbank beendet", "the session was ended in the database"),
    ("02399", _PROFILE, "die Sitzung dauerte zu lange (CONNECT_TIME)", "the session lasted too long (CONNECT_TIME)"),
    ("02396 DPY-4033", _PROFILE, "die Sitzung ruhte zu lange (IDLE_TIME)", "the session was idle too long (IDLE_TIME)"),
    ("01653 01654 01655 01688 01691", _TABLESPACE, "der Tablespace ist voll", "the tablespace is full"),
    ("01652", _TEMPORARY, "der temporäre Tablespace ist voll", "the temporary tablespace is full"),
    ("01536 01950", _QUOTA, "die QUOTA im Tablespace ist erschöpft", "the QUOTA in the tablespace is used up"),
    ("01555 22924", _UNDO, "der gelesene Stand ist schon überschrieben", "the state being read is overwritten already"),
    ("30036", _UNDO, "der Undo-Tablespace ist voll", "the undo tablespace is full"),
    ("00257 19809", _ARCHIVE, "die Archivierung hat keinen Platz mehr", "the archiver has no more room"),
    ("SQLITE_FULL", _DISK, "der Datenträger ist voll", "the disk is full"),
    ("00942 00980 no_such_table", _CREATE, "eine Sicht oder Tabelle{name} fehlt oder ist nicht freigegeben",
        "a view or table{name} is missing or not granted"),
    ("00904 no_such_column", _CREATE, "eine Spalte{name} fehlt", "a column{name} is missing"),
    ("04063", _CREATE, "eine Sicht{name} hat Fehler", "a view{name} has errors"),
    ("00001", _VALUE, "den Satz gibt es schon", "the row exists already"),
    ("01400", _VALUE, "ein Pflichtfeld ist leer", "a mandatory column is empty"),
    ("12899", _VALUE, "ein Text ist für seine Spalte zu lang", "a text is too long for its column"),
    ("01438", _VALUE, "eine Zahl ist für ihre Spalte zu groß", "a number is too large for its column"),
    ("02290 02291 02292 SQLITE_CONSTRAINT", _VALUE, "ein Satz verletzt eine Bedingung", "a row violates a constraint"),
    ("01722 06502", _VIEW, "ein Text ist keine Zahl", "a text is no number"),
    ("01830 01839 01841 01843 01858 01861", _VIEW, "ein Text ist kein Datum", "a text is no date"),
    ("01427", _VIEW, "eine Unterabfrage liefert mehr als einen Satz", "a subquery yields more than one row"),
    ("01476", _VIEW, "es wird durch null geteilt", "a number is divided by zero"),
    ("20000", _RULE, "eine eigene Regel der Datenbank lehnt ab", "a rule of the database's own refuses"),
    ("04030 04031", _MEMORY, "der Datenbank fehlt Speicher", "the database is short of memory"),
    ("00600 00603 07445", _SUPPORT, "Oracle meldet einen internen Fehler", "Oracle reports an internal error"),
    ("00376 01110 01115 01116 01157 01578", _RECOVER, "eine Datei der Datenbank ist nicht lesbar",
        "a file of the database cannot be read"),
    ("16000", _PRIMARY, "die Datenbank ist nur zum Lesen geöffnet", "the database is open for reading only"),
    ("04061 04065 04068", _COMPILE, "Code in der Datenbank wurde geändert", "code in the database was changed"),
    ("SQLITE_READONLY", _FILE, "die Datei ist schreibgeschützt", "the file is read-only"),
    ("SQLITE_CANTOPEN", _FILE, "die Datei lässt sich nicht öffnen", "the file cannot be opened"),
    ("SQLITE_NOTADB SQLITE_CORRUPT", _FILE, "die Datei ist keine heile Datenbank", "the file is no sound database"),
    ("SQLITE_IOERR", _FILE, "die Datei ist nicht lesbar", "the file cannot be read"),
) for number in numbers.split()}
# fmt: on
_DRIVERS: Final = {"oracledb", "sqlite3"}
_AROUND: Final = {"DPY-6005", "DPY-6000", "DPY-6001", "DPY-6003", "DPY-4011", "DPY-4001", "ORA-00604", "ORA-12801"}
"""Numbers that a more telling one follows."""
_NUMBER: Final = re.compile(r"(?:^|\(Similar to )(ORA|DPY|DPI)-(\d{1,5})\b", re.MULTILINE)
_OBJECT: Final = re.compile(r"(?<![\w$#])SP_[A-Z0-9_]+(?![\w$#])")
_SQLITE_TEXTS: Final = {
    "no such table": "no_such_table",
    "no such column": "no_such_column",
    "has no column": "no_such_column",
    "is locked": "SQLITE_BUSY",
}


def sentence(error: BaseException, language: Literal["de", "en"] = "de") -> str | None:
    """Return the sentence for an error in one language, None when no database has failed."""
    fault = fault_of(error)
    return fault and (fault.german if language == "de" else fault.english)


def fault_of(error: BaseException) -> Fault | None:
    """Return what the database has said, from the outermost error of a driver behind `error`; None without one.

    Looked at are the error, what SQLAlchemy has wrapped, causes, contexts (suppressed ones too) and groups' members.
    """
    failed = next(_of_drivers(error, set()), None)
    if failed is None:
        return None
    numbers = _numbers(failed)
    place = next((place for place, number in enumerate(numbers) if number not in _AROUND), len(numbers) - 1)
    decisive = numbers[place] if numbers else ""
    shown = f"{numbers[place - 1]} ({decisive})" if place > 0 else decisive
    remedy, german, english = _meaning(failed, decisive)
    name = _OBJECT.search(str(failed).partition("\n")[0])
    texts = [text.replace("{name}", f" ({name[0]})" if name else "") for text in (german, english)]
    return _spoken(shown, type(failed).__name__, remedy, *texts)


def _spoken(number: str, name: str, remedy: _Remedy, german: str, english: str) -> Fault:
    begin, (wer, who) = number or name, remedy.who
    muss, must = f"{wer} muss", f"{who} must"
    if remedy.is_passing:
        muss = f"ein späterer Lauf kann von selbst gelingen, sonst muss {wer}"
        must = f"a later run may succeed by itself, otherwise {must}"
    german = f"{begin}: {german[0].upper()}{german[1:]}; {muss} {remedy.german}."
    return Fault(number, german, f"{begin}: {english}; {must} {remedy.english}.", remedy.kind, remedy.is_passing)


def _of_drivers(error: BaseException | None, seen: set[int]) -> Iterator[BaseException]:
    if error is None or id(error) in seen:
        return
    seen.add(id(error))
    if isinstance(error, DBAPIError) and error.orig is not None:
        yield error.orig
    elif _DRIVERS & {kind.__module__.partition(".")[0] for kind in type(error).__mro__} or _from_network(error):
        yield error
    members = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for behind in (error.__cause__, *members, error.__context__):
        yield from _of_drivers(behind, seen)


def _from_network(error: BaseException) -> bool:
    """Whether oracledb lets an error of the operating system through: it does when a host's name is not known."""
    modules = (str(frame.f_globals.get("__name__")) for frame, _ in walk_tb(error.__traceback__))
    return isinstance(error, OSError) and any(module.startswith("oracledb.") for module in modules)


def _numbers(error: BaseException) -> list[str]:
    """Return the numbers an error names, from the outer to the inner one: the driver's own first, Oracle's behind."""
    detail = error.args[0] if error.args else ""
    code = getattr(detail, "code", 0)
    lines = [str(getattr(detail, "full_code", "")), f"ORA-{code}" if code else "", str(detail)]
    found = [f"{of}-{digits.zfill(5 if of == 'ORA' else 4)}" for of, digits in _NUMBER.findall("\n".join(lines))]
    name = getattr(error, "sqlite_errorname", "")
    return [name] if name else [number for number in dict.fromkeys(found) if number != "ORA-06512"]


def _meaning(error: BaseException, number: str) -> tuple[_Remedy, str, str]:
    for key in _keys(error, number):
        if key in _MEANINGS:
            return _MEANINGS[key]
    link = _HELP.get(number[:3], "").format(number.lower())
    german = f"die Nummer unter {link} nachschlagen" if link else "im Protokoll der Aufgabe nachsehen"
    english = f"look the number up at {link}" if link else "look into the task's log"
    is_passing = bool(getattr(error.args[0] if error.args else None, "isrecoverable", False))
    remedy = _Remedy(Kind.OTHER, is_passing, _ENGINEER, german, english)
    return remedy, "die Datenbank meldet, was hier nicht erklärt ist", "the database reports what is not explained here"


def _keys(error: BaseException, number: str) -> Iterator[str]:
    """Yield what the table may know the error by, the most telling first."""
    if not number or number in _AROUND:
        context = error.__context__ if error.__context__ and _from_network(error.__context__) else None
        yield from (kind.__name__ for one in (error, error.__cause__, context) for kind in type(one).__mro__)
    if number in ("", "SQLITE_ERROR"):
        yield from (key for text, key in _SQLITE_TEXTS.items() if text in str(error))
    yield "20000" if re.fullmatch(r"ORA-20\d{3}", number) else number.removeprefix("ORA-")
    yield "_".join(number.split("_")[:2])  # SQLITE_BUSY_SNAPSHOT
