"""Everything that a test breaks: how, what the doctor must say, where, and who is to mend it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from demo.embedded import DOCUWARE
from include.doctor import Severity, Who, airflow, places
from include.settings import Alerts, Notifier, PropertyRange
from tests import objects
from tests.doctor.clinic import Clinic
from tests.sandbox import KEY

CONSULTANT, DBA, CASAVI, ENGINEER = Who.CONSULTANT, Who.DBA, Who.CASAVI, Who.ENGINEER
NOTE, WARNING, ERROR = Severity.NOTE, Severity.WARNING, Severity.ERROR
OPENAPI = Path("include/casavi/casavi-v2.openapi.yaml")


class Defect(NamedTuple):
    """One thing broken.

    where:    how the place begins
    is_alone: it hides others by its nature, such as a portal that does not answer, or stands in another's way
    """

    code: str
    where: str
    who: Who
    severity: Severity
    plant: Callable[[Clinic], object]
    is_alone: bool = False


def sql(statement: str, *values: object) -> Callable[[Clinic], None]:
    return lambda clinic: clinic.sql(statement, *values)


def rebuilt(table: str, old: str, new: str) -> Callable[[Clinic], None]:
    return lambda clinic: clinic.rebuild(table, old, new)


def having(**settings: Any) -> Callable[[Clinic], None]:
    return lambda clinic: clinic.set(**settings)


def portal(**fields: object) -> Callable[[Clinic], None]:
    def plant(clinic: Clinic) -> None:
        usual = {"conn_type": "http", "host": clinic.sandbox.api, "login": KEY, "password": "wrong"}
        clinic.connect("casavi", **(usual | fields))

    return plant


def described(old: str, new: str) -> Callable[[Clinic], None]:
    def plant(clinic: Clinic) -> None:
        text = OPENAPI.read_text(encoding="utf-8")
        assert old in text
        clinic.openapi = clinic.write("portal.yaml", text.replace(old, new, 1))

    return plant


def limits(clinic: Clinic) -> None:
    clinic.set(limits=clinic.settings.limits.model_copy(update={"parallel_loads": 7}))


def without_pool(_: Clinic) -> None:
    from airflow.models.pool import Pool

    Pool.delete_pool("casavi_production")


def long_ago(clinic: Clinic) -> None:
    values = ("production", "run", "objects", "ok", f"{datetime.now(UTC) - timedelta(days=9):%Y-%m-%d %H:%M:%S.%f}")
    clinic.sql("INSERT INTO SP_PROTOKOLL (SYSTEM, LAUF, GRUPPE, STATUS, ABGEFRAGT_AM) VALUES (?, ?, ?, ?, ?)", *values)


def fast_clock(clinic: Clinic) -> None:
    clinic.ahead = timedelta(minutes=10)


def other_airflow(clinic: Clinic) -> None:
    clinic.patch.setattr(airflow, "REQUIREMENTS", clinic.write("requirements.txt", "apache-airflow==3.0.0 \\\n"))


def no_key(clinic: Clinic) -> None:
    clinic.patch.setattr(airflow, "is_encrypted", lambda: False)


def without_office(clinic: Clinic) -> None:
    clinic.set(convert_to_pdf=True)
    clinic.patch.setenv("PATH", str(clinic.folder))


def folder_is_file(clinic: Clinic) -> None:
    clinic.patch.setenv("SERVICEPORTAL_STAGING", str(clinic.write("no-folder", "") / "staging"))


def store_is_away(clinic: Clinic) -> None:
    clinic.patch.setenv("AIRFLOW_CONN_STAGING", objects.connection("http://127.0.0.1:1"))
    clinic.patch.setenv("SERVICEPORTAL_STAGING", objects.STAGING)


DEFECTS = (
    # the shape of the database
    Defect("VIEW_MISSING", "SP_HAUSMEISTER", CONSULTANT, ERROR, sql("DROP TABLE SP_HAUSMEISTER")),
    Defect("TABLE_MISSING", "SP_HINWEIS", DBA, ERROR, sql("DROP TABLE SP_HINWEIS")),
    Defect("VIEW_INCOMPLETE", "SP_MELDUNG", CONSULTANT, ERROR, sql("ALTER TABLE SP_MELDUNG DROP COLUMN BETREFF")),
    Defect("TABLE_INCOMPLETE", "SP_SPERRE", DBA, ERROR, sql("ALTER TABLE SP_SPERRE DROP COLUMN MARKE")),
    Defect("PADDED_KEY", "SP_TEAM.TEAM_NR", CONSULTANT, WARNING,
        rebuilt("SP_TEAM", r'("TEAM_NR") VARCHAR', r"\1 CHAR")),
    Defect("PADDED", "SP_OBJEKT.ORT", CONSULTANT, NOTE, rebuilt("SP_OBJEKT", r'("ORT") VARCHAR', r"\1 CHAR")),
    Defect("WRONG_TYPE", "SP_VERTRAG.ENDE", CONSULTANT, ERROR,
        rebuilt("SP_VERTRAG", '("ENDE") DATE', r"\1 VARCHAR(10)")),
    Defect("WRONG_TYPE", "SP_ANHANG.GROESSE", CONSULTANT, ERROR,
        rebuilt("SP_ANHANG", r'("GROESSE") NUMERIC\(18, 0\)', r"\1 VARCHAR(20)")),
    Defect("TOO_SHORT", "SP_PORTALKONTO.KONTAKT", DBA, ERROR,
        rebuilt("SP_PORTALKONTO", r'("KONTAKT") VARCHAR\(100\)', r"\1 VARCHAR(40)")),
    Defect("NO_KEY", "SP_EMAIL", DBA, ERROR, rebuilt("SP_EMAIL", r",\s*PRIMARY KEY \([^)]*\)", "")),
    Defect("NO_OWN_INDEX", "SP_PROTOKOLL", DBA, WARNING, sql("DROP INDEX SP_PROTOKOLL_ZEIT")),
    Defect("TABLES_OLDER", "SP_VERSION", DBA, ERROR, sql("UPDATE SP_VERSION SET VERSION_NUM = '2'")),
    Defect("TABLES_NEWER", "SP_VERSION", ENGINEER, ERROR, sql("UPDATE SP_VERSION SET VERSION_NUM = '99'"), True),
    # what the views hold
    Defect("KEY_EMPTY", "SP_BENUTZER", CONSULTANT, ERROR,
        sql("UPDATE SP_BENUTZER SET BENUTZER_NR = NULL WHERE BENUTZER_NR = '099'")),
    Defect("KEY_TWICE", "SP_PARTNER", CONSULTANT, ERROR,
        sql("INSERT INTO SP_PARTNER SELECT * FROM SP_PARTNER LIMIT 1")),
    Defect("KEY_BLANKS", "SP_MELDUNGSART", CONSULTANT, WARNING,
        sql("UPDATE SP_MELDUNGSART SET MELDUNGSART = 'ALT  ' WHERE MELDUNGSART = 'ALT'")),
    Defect("REFERENCES_SOME", "SP_EINHEIT.OBJEKT_NR+EINGANG_NR", CONSULTANT, NOTE,
        sql("UPDATE SP_EINHEIT SET EINGANG_NR = '77' WHERE rowid = 1")),
    Defect("REFERENCES_MANY", "SP_EIGENTUEMER.OBJEKT_NR", CONSULTANT, WARNING,
        sql("UPDATE SP_EIGENTUEMER SET OBJEKT_NR = '0' || OBJEKT_NR")),
    Defect("BAD_FLAG", "SP_PARTNER.MINDERJAEHRIG", CONSULTANT, ERROR,
        sql("UPDATE SP_PARTNER SET MINDERJAEHRIG = '1' WHERE rowid = 2")),
    Defect("NO_WHOLE_NUMBER", "SP_DOKUMENT.VERSION", CONSULTANT, ERROR,
        sql("UPDATE SP_DOKUMENT SET VERSION = 1.5 WHERE rowid = 1")),
    Defect("NO_DATE", "SP_VERTRAG.BEGINN", CONSULTANT, ERROR,
        sql("UPDATE SP_VERTRAG SET BEGINN = '01.03.2020' WHERE rowid = 1")),
    Defect("ODD_DATE", "SP_EIGENTUEMER.BEGINN", CONSULTANT, NOTE,
        sql("UPDATE SP_EIGENTUEMER SET BEGINN = '1066-10-14' WHERE rowid = 1")),
    Defect("TOO_LONG", "SP_OBJEKT.PLZ", CONSULTANT, NOTE,
        sql("UPDATE SP_OBJEKT SET PLZ = '012345678901234567890123456789' WHERE rowid = 1")),
    Defect("CHANGED_AHEAD", "SP_EINHEIT.GEAENDERT_AM", DBA, WARNING,
        sql("UPDATE SP_EINHEIT SET GEAENDERT_AM = datetime('now', '+2 days') || '.000000' WHERE rowid = 1")),
    Defect("CHANGED_EMPTY", "SP_NOTIZ.GEAENDERT_AM", CONSULTANT, WARNING,
        sql("UPDATE SP_NOTIZ SET GEAENDERT_AM = NULL")),
    # settings against data
    Defect("SYSTEM_OFF", "production.yaml", ENGINEER, NOTE, having(active=False), True),
    Defect("SWITCH_MISSING", "SP_EINSTELLUNG", CONSULTANT, ERROR, sql("DELETE FROM SP_EINSTELLUNG")),
    Defect("SWITCH_OFF", "SP_EINSTELLUNG", CONSULTANT, WARNING, sql("UPDATE SP_EINSTELLUNG SET WERT = 'N'"), True),
    Defect("SWITCH_UNREADABLE", "SP_EINSTELLUNG", CONSULTANT, ERROR, sql("UPDATE SP_EINSTELLUNG SET WERT = '1'"), True),
    Defect("PORTAL_LICENCE_MISSING", "SP_LIZENZ casavi", CONSULTANT, ERROR,
        sql("DELETE FROM SP_LIZENZ WHERE LIZENZ = 'casavi'"), True),
    Defect("PORTAL_LICENCE_OFF", "SP_LIZENZ casavi", CONSULTANT, ERROR,
        sql("UPDATE SP_LIZENZ SET AKTIV = 'N' WHERE LIZENZ = 'casavi'")),
    Defect("PORTAL_LICENCE_OVER", "SP_LIZENZ casavi", CONSULTANT, ERROR,
        sql("UPDATE SP_LIZENZ SET GUELTIG_BIS = '2020-12-31' WHERE LIZENZ = 'casavi'"), True),
    Defect("LICENCE_ENDS", "SP_LIZENZ Hausmeister", CONSULTANT, WARNING,
        sql("UPDATE SP_LIZENZ SET GUELTIG_BIS = date('now', '+9 days') WHERE LIZENZ = 'Hausmeister'")),
    Defect("LICENCE_OVER", "SP_LIZENZ Objekteigentümer", CONSULTANT, WARNING,
        sql("UPDATE SP_LIZENZ SET GUELTIG_BIS = '2020-12-31' WHERE LIZENZ = 'Objekteigentümer'")),
    Defect("LICENCE_MISSING", "SP_LIZENZ Objekteigentümer", CONSULTANT, NOTE,
        sql("DELETE FROM SP_LIZENZ WHERE LIZENZ = 'Objekteigentümer'"), True),
    Defect("LICENCE_UNKNOWN", "SP_LIZENZ Mieterportal", CONSULTANT, NOTE,
        sql("INSERT INTO SP_LIZENZ VALUES ('Mieterportal', 'J', NULL)")),
    Defect("USER_MISSING", "report_user 555", CONSULTANT, ERROR, having(report_user="555")),
    Defect("USER_LOCKED", "report_user 099", CONSULTANT, ERROR, having(report_user="099"), True),
    Defect("USER_WITHOUT_RIGHTS", "report_user 013", CONSULTANT, ERROR, having(report_user="013"), True),
    Defect("TEAM_UNKNOWN", "user_teams", ENGINEER, WARNING, having(user_teams=("T1", "Westen"))),
    Defect("NO_PROPERTY", "properties_full_history", ENGINEER, WARNING,
        having(properties_full_history=PropertyRange.parse("900-950"))),
    Defect("PERSON_TYPE_UNUSED", "person_types", ENGINEER, WARNING, having(person_types=("Mieter", "Mietr"))),
    Defect("DOCUMENT_TYPE_UNUSED", "document_types", ENGINEER, WARNING, having(document_types=("Abrechnungen",))),
    Defect("STATUS_UNMAPPED", "report_statuses", ENGINEER, NOTE, having(report_statuses={"Neu": "OPEN"})),
    Defect("WORD_UNKNOWN", "SP_VERTRAG.ART", CONSULTANT, WARNING,
        sql("UPDATE SP_VERTRAG SET ART = 'PACHT' WHERE rowid = 2")),
    Defect("NO_AUTHOR", "post_author", ENGINEER, NOTE, having(post_author=None)),
    # the portal
    Defect("ABSENT", "casavi_production", ENGINEER, ERROR, lambda clinic: clinic.disconnect("casavi"), True),
    Defect("INCOMPLETE", "casavi_production", ENGINEER, ERROR, portal(login=""), True),
    Defect("NO_ADDRESS", "casavi_production", ENGINEER, ERROR, portal(host="http://portal.example/v2"), True),
    Defect("KEY_REFUSED", "casavi_production", ENGINEER, ERROR, portal(), True),
    Defect("NO_CONNECTION", "casavi_production", ENGINEER, ERROR, portal(host="http://127.0.0.1:1/v2"), True),
    Defect("SENTENCE", "casavi_production", ENGINEER, ERROR,
        portal(host="https://127.0.0.1:1/v2", extra={"verify": "/nowhere/ca.pem"}), True),
    Defect("PORTAL_FAULT", "casavi_production", CASAVI, ERROR,
        lambda clinic: clinic.sandbox.fault("status", path="/authenticate", status=502), True),
    Defect("LIST_UNREADABLE", "/units", CASAVI, ERROR,
        lambda clinic: clinic.sandbox.fault("status", method="GET", path="/units", status=403)),
    Defect("PORTAL_CLOCK", "casavi_production", ENGINEER, WARNING, fast_clock),
    Defect("PATH_UNKNOWN", "portal.yaml", ENGINEER, WARNING, described("  /contracts:", "  /agreements:")),
    Defect("OPENAPI_UNREADABLE", "portal.yaml", ENGINEER, WARNING,
        lambda clinic: setattr(clinic, "openapi", clinic.write("portal.yaml", "no: paths")), True),
    # files and programs
    Defect("NO_DOCUMENT_FOLDER", "documents_production", ENGINEER, ERROR,
        lambda clinic: clinic.disconnect("documents")),
    Defect("NO_FILE_FOUND", "documents_production", CONSULTANT, WARNING,
        lambda clinic: clinic.connect("documents", conn_type="fs", extra={"path": str(clinic.folder / "staging")}),
        True),
    Defect("DMS_REFUSED", "docuware_production", ENGINEER, ERROR,
        lambda clinic: clinic.connect("docuware", conn_type="http", host=f"{clinic.sandbox.url}{DOCUWARE}",
            login=KEY, password="wrong")),
    Defect("DMS_FAULT", "docuware_production", ENGINEER, ERROR, lambda clinic: clinic.disconnect("docuware"), True),
    Defect("MAIL_SERVER_AWAY", "smtp_production", ENGINEER, ERROR,
        lambda clinic: clinic.connect("smtp", conn_type="smtp", host="127.0.0.1", port=1,
            extra={"disable_ssl": True, "disable_tls": True, "retry_limit": 1, "timeout": 1})),
    Defect("NOTIFIER_WRONG", "config/production.yaml: alerts.notifiers", ENGINEER, ERROR,
        having(alerts=Alerts(notifiers=(Notifier(notifier="airflow.nowhere.SmtpNotifier"),)))),
    Defect("NO_LIBREOFFICE", "convert_to_pdf", ENGINEER, WARNING,
        without_office),
    Defect("SCANNER_MISSING", "scan_command", ENGINEER, ERROR, having(scan_command=("clamdscan-not-here",))),
    Defect("SCANNER_FAILS", "scan_command", ENGINEER, ERROR, having(scan_command=("/bin/false",)), True),
    Defect("STAGING_OPEN", "SERVICEPORTAL_STAGING", ENGINEER, WARNING,
        lambda clinic: (clinic.folder / "staging").chmod(0o755)),
    Defect("STAGING_READ_ONLY", "SERVICEPORTAL_STAGING", ENGINEER, ERROR, folder_is_file, True),
    Defect("STAGING_UNKNOWN", "SERVICEPORTAL_STAGING", ENGINEER, ERROR,
        lambda clinic: clinic.patch.setenv("SERVICEPORTAL_STAGING", "s4://bucket"), True),
    Defect("STAGING_AWAY", "SERVICEPORTAL_STAGING", ENGINEER, ERROR, store_is_away, True),
    Defect("STAGING_FULL", "SERVICEPORTAL_STAGING", ENGINEER, WARNING,
        lambda clinic: clinic.patch.setattr(places, "ROOM_NEEDED", 1 << 62)),
    # Airflow
    Defect("AIRFLOW_VERSION", "Airflow", ENGINEER, WARNING, other_airflow),
    Defect("NO_FERNET_KEY", "AIRFLOW__CORE__FERNET_KEY", ENGINEER, WARNING, no_key),
    Defect("NO_POOL", "casavi_production", ENGINEER, ERROR, without_pool, True),
    Defect("POOL_SIZE", "casavi_production", ENGINEER, WARNING, limits),
    Defect("LATE", "casavi_objects", ENGINEER, WARNING, long_ago),
)  # fmt: skip
TOGETHER = [one for one in DEFECTS if not one.is_alone]
