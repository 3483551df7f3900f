"""No personal data and no secret in logs, XComs, rendered fields, protocol or left-over files (R10, design 9).

Recognisable people and a recognisable key pair go through real runs, clean ones and every kind of bad one; afterwards
everything that stays is searched for them, letter for letter.
"""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from include.commands import make_pools
from tests.dags.rig import Finished, Rig, airflow_run, connected, new_sample

pytestmark = airflow_run
KEY, SECRET = "canarykey-5c1d", "canarysecret-77aa"
NAMES = {
    "VORNAME": "Canaryvor", "NACHNAME": "Canarynach", "FIRMA": "Canaryfirma", "STRASSE": "Canaryweg",
    "ORT": "Canaryort", "EMAIL": "canarymail@example.org", "HOMEPAGE": "canarysite.example",
    "TELEFON": "030 23125999", "MOBIL": "0171 3920099",
}  # fmt: skip
CANARIES = [KEY, SECRET, "anarysecret", "anarykey", *(value[1:] for value in NAMES.values()), "23125999", "3920099"]
"""Without their first letters, as values may be cut, capitalised or re-written on their way."""
OWN_TABLES = ("SP_PROTOKOLL", "SP_PROTOKOLL_EINTRAG", "SP_ABGLEICH", "SP_SPERRE", "SP_POSITION", "SP_EINGANG")


def plant(rig: Rig) -> None:
    """Give everybody in iX-Haus, in the hand-written cases and the crowd, the data that must not be seen again."""
    for view in ("SP_PERSON", "SP_PARTNER"):
        for column, value in NAMES.items():
            # The bad records keep what is wrong with them; each mail address is its own, as shared ones are not sent.
            text = f"rowid || '{value}'" if column == "EMAIL" else f"'{value}'"
            rig.sql(f"UPDATE {view} SET {column} = {text} WHERE {column} IS NOT NULL AND {column} <> 'anonymisiert'")
    bad = {"EMAIL": "canarymail x@@y", "NACHNAME": "Canarynach" * 40}
    for (column, value), key in zip(bad.items(), ("129.E15-bad.1", "129.LONG.1"), strict=True):
        rig.sql(f"UPDATE SP_PERSON SET {column} = ? WHERE PERSON_SCHLUESSEL = ?", value, key)
    rig.sql("UPDATE SP_OBJEKT SET STRASSE = 'Canaryweg 7'")


def change(rig: Rig) -> None:
    """Change everybody, so that the next run has something to send."""
    for view in ("SP_PERSON", "SP_PARTNER"):
        rig.sql(f"UPDATE {view} SET NACHNAME = 'Canarynachneu' WHERE NACHNAME IS NOT NULL")


def all_kinds_of_runs(rig: Rig) -> Iterator[Finished]:
    yield rig.run("casavi_objects")
    rig.portal.fault("status", "POST", "/contacts", body_id="129.R16.1", status=422, body={"lastName": "Canarynach"})
    rig.portal.fault("invalid_json", "POST", "/contacts", body_id="129.R18.1")
    yield rig.run("casavi_persons")
    change(rig)
    yield rig.run("casavi_persons", dry_run=True)
    rig.sql("UPDATE SP_PERSON SET GEAENDERT_AM = 'Canarynach' WHERE PERSON_SCHLUESSEL = '129.R16.1'")
    yield rig.run("casavi_persons")  # a value of the wrong type
    rig.sql("UPDATE SP_PERSON SET GEAENDERT_AM = NULL WHERE PERSON_SCHLUESSEL = '129.R16.1'")
    rig.portal.kill()
    yield rig.run("casavi_persons")  # the portal is down
    rig.portal.start(port=int(rig.portal.url.rpartition(":")[2]))
    rig.portal.fault("status", "POST", "/authenticate", status=401, body={"key": KEY, "secret": SECRET})
    yield rig.run("casavi_persons")  # it refuses the key pair


def test_nothing_personal_and_no_secret_stays_anywhere(
    airflow_db: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    make_pools()
    monkeypatch.setattr("include.sync.deliver.backoff", lambda _: 0)  # a portal that is down needs no patience here
    caplog.set_level(logging.INFO)  # what production writes
    with connected(new_sample(tmp_path), monkeypatch, key=KEY, secret=SECRET) as rig:
        plant(rig)
        runs = list(all_kinds_of_runs(rig))
        portal = str([rig.portal.state(kind) for kind in ("properties", "contacts")])
        output = capfd.readouterr()
        left = {"log": caplog.text, "stdout": output.out, "stderr": output.err} | left_by(rig)

    # The runs were what they should be, and what they left was really searched.
    assert [run.protocol["status"] for run in runs] == ["ok", "errors", "dry_run", "failed", "failed", "failed"]
    assert all(value.partition("@")[0] in portal for value in NAMES.values() if value[0] == "C")
    assert "SP_PERSON.GEAENDERT_AM: some values are not dates" in left["stdout"]
    assert "the portal refuses the key pair" in left["stdout"]
    assert "portal seems to be down" in left["stdout"]
    assert "would create contact 129.R16.1" in left["log"]
    assert "129.R16.1" in left["SP_PROTOKOLL_EINTRAG"]
    assert "return_value" in left["airflow.db"]
    assert "129.R16.1" in left["preview.csv"]

    assert {place: seen for place, text in left.items() if (seen := canaries_in(text))} == {}


def left_by(rig: Rig) -> dict[str, str]:
    """Place → text of everything that stays when runs have ended: Airflow's home, staging, the project's own tables."""
    home = Path(os.environ["AIRFLOW_HOME"])
    files = [path for folder in (home, rig.staging) for path in folder.rglob("*") if path.is_file()]
    contents = {path.name: path.read_bytes().decode("utf-8", "replace") for path in files if path.suffix != ".cfg"}
    # Airflow's whole database, journal included: XComs, rendered fields, events, and rows deleted meanwhile.
    contents["airflow.db"] += contents.pop("airflow.db-wal", "")
    tables = {table: str(rig.sql(f"SELECT * FROM {table}")) for table in OWN_TABLES}
    return contents | tables | {"names of files": "\n".join(map(str, files))}


def canaries_in(text: str) -> list[str]:
    lowered = text.lower()
    return [canary for canary in CANARIES if canary.lower() in lowered]
