from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pytest
import sqlglot
from sqlalchemy import Connection, Table
from sqlalchemy.dialects import oracle, sqlite

from include.ixhaus import read
from include.ixhaus.check import ContractError, no_rows
from include.ixhaus.contract import FRAMES, METADATA, VIEWS
from include.ixhaus.database import engine_on
from include.ixhaus.read import Views, frame_of, keyless_rows, read_views, rows_of
from include.rules import persons
from include.rules.frames import LEDGER
from include.settings import SystemSettings
from tests.ixhaus.conftest import Erp
from tests.ixhaus.oracle import FakeOracle


def one_frame(erp: Erp, view: str, folder: Path) -> pd.DataFrame:
    read_views(erp.engine, [view], folder)
    return frame_of(folder, FRAMES[view])


def test_every_view_becomes_a_frame_with_all_its_rows(erp: Erp, tmp_path: Path) -> None:
    counts = read_views(erp.engine, list(FRAMES), tmp_path / "views")
    in_database = {FRAMES[view]: erp.sql(f"SELECT count(*) FROM {view}")[0][0] for view in FRAMES}
    assert counts == in_database
    assert {name: len(frame_of(tmp_path / "views", name)) for name in counts} == in_database


@pytest.mark.parametrize("view", FRAMES)
def test_columns_have_english_names_of_their_own(view: str) -> None:
    names = [column.key for column in VIEWS[view].columns]
    assert len(set(names)) == len(names)


def test_types_of_a_frame(erp: Erp, tmp_path: Path) -> None:
    read_views(erp.engine, list(FRAMES), tmp_path / "views")
    partners = frame_of(tmp_path / "views", "partners").dtypes
    contracts = frame_of(tmp_path / "views", "contracts").dtypes
    assert (partners["last_name"], partners["is_minor"], partners["changed_at"]) == ("str", "bool", "datetime64[us]")
    assert (contracts["begin"], contracts["end"]) == ("datetime64[us]", "datetime64[us]")


def test_types_do_not_depend_on_the_rows(erp: Erp, tmp_path: Path) -> None:
    full = one_frame(erp, "SP_PARTNER", tmp_path / "full").dtypes
    erp.sql("DELETE FROM SP_PARTNER")
    assert one_frame(erp, "SP_PARTNER", tmp_path / "empty").dtypes.equals(full)


def test_empty_text_is_missing_and_odd_text_unchanged(erp: Erp, tmp_path: Path) -> None:
    erp.sql("DELETE FROM SP_PERSON")
    erp.sql("INSERT INTO SP_PERSON (PERSON_SCHLUESSEL, VORNAME, NACHNAME) VALUES (?, ?, ?)", "1", "", "\0 Jörð 🏠\n")
    person = one_frame(erp, "SP_PERSON", tmp_path / "views").iloc[0]
    assert pd.isna(person["first_name"])
    assert person["last_name"] == "\0 Jörð 🏠\n"


@pytest.mark.rule("R16", "R39")
@pytest.mark.parametrize(
    ("flag", "expected"),
    [("J", True), ("N", False), (None, False), ("", False), ("J ", True), ("N   ", False), (" ", False)],
)
def test_only_j_is_yes_and_the_blanks_of_a_char_column_are_no_part_of_it(
    erp: Erp, tmp_path: Path, flag: str | None, expected: bool
) -> None:
    erp.sql("UPDATE SP_PARTNER SET MINDERJAEHRIG = ?", flag)
    assert (one_frame(erp, "SP_PARTNER", tmp_path / "views")["is_minor"] == expected).all()


@pytest.mark.rule("R16", "R39", "R44")
@pytest.mark.parametrize(
    ("view", "column"),
    [("SP_MELDUNGSART", "PORTAL_SPERRE"), ("SP_PARTNER", "MINDERJAEHRIG"), ("SP_NOTIZ", "OEFFENTLICH")],
)
@pytest.mark.parametrize("value", ["j", "n", "1", "Y", "Ja", " J", "\tJ"])
def test_what_is_neither_j_nor_n_is_refused_as_nobody_knows_what_it_means(
    erp: Erp, tmp_path: Path, view: str, column: str, value: str
) -> None:
    erp.sql(f"UPDATE {view} SET {column} = ? WHERE rowid = (SELECT max(rowid) FROM {view})", value)
    sentence = f"{view}.{column}: some values are not J or N; convert them in the view."
    with pytest.raises(ContractError) as caught:
        read_views(erp.engine, [view], tmp_path / "views")
    assert str(caught.value) == sentence


@pytest.mark.rule("R16", "R24")
@pytest.mark.parametrize(
    ("view", "column"),
    [
        ("SP_PERSON", "PERSON_SCHLUESSEL"), ("SP_VERTRAG", "PERSON_SCHLUESSEL"), ("SP_PARTNER", "PARTNER_NR"),
        ("SP_EINHEIT", "FLAECHE_NR"), ("SP_OBJEKT", "OBJEKT_NR"), ("SP_MELDUNG", "MELDUNGSART"),
    ],
)  # fmt: skip
def test_the_blanks_of_a_char_column_are_no_part_of_a_key_so_each_record_finds_the_others(
    erp: Erp, tmp_path: Path, view: str, column: str
) -> None:
    before = one_frame(erp, view, tmp_path / "before")
    erp.sql(f"UPDATE {view} SET {column} = {column} || '   '")
    pd.testing.assert_frame_equal(one_frame(erp, view, tmp_path / "padded"), before)


@pytest.mark.rule("R16")
def test_a_persons_key_with_blanks_at_its_end_is_the_one_that_its_contract_has(erp: Erp, tmp_path: Path) -> None:
    erp.sql("UPDATE SP_PERSON SET PERSON_SCHLUESSEL = '100.29.1   ', PARTNER_NR = NULL WHERE rowid = 1")
    erp.sql("UPDATE SP_VERTRAG SET PERSON_SCHLUESSEL = '100.29.1', OBJEKT_NR = '100' WHERE rowid = 1")
    number = str(erp.sql("SELECT VERTRAG_NR FROM SP_VERTRAG WHERE rowid = 1")[0][0])
    read_views(erp.engine, list(FRAMES), tmp_path / "views")
    ledger = pd.DataFrame(columns=list(LEDGER), dtype="str")
    settings = SystemSettings(system="production", properties="100", person_types=["Mieter"])
    decided = persons.decide(Views(tmp_path / "views"), ledger, settings, date(2026, 6, 15))
    assert "100.29.1" in set(decided["contact"]["external_id"])
    contracts = decided["contract"].set_index("external_id")
    assert contracts["reason"][number] != "UNKNOWN_PERSON"


@pytest.mark.rule("R28")
@pytest.mark.parametrize(("value", "expected"), [(7, 7), (7.0, 7), (None, None)])
def test_a_whole_number_is_one_however_the_driver_has_it(
    erp: Erp, tmp_path: Path, value: object, expected: int | None
) -> None:
    erp.sql("UPDATE SP_DOKUMENT SET GROESSE = ?", value)
    sizes = one_frame(erp, "SP_DOKUMENT", tmp_path / "views")["size"]
    assert sizes.isna().all() if expected is None else (sizes == expected).all()


@pytest.mark.rule("R28")
@pytest.mark.parametrize("column", ["GROESSE", "VERSION"])
@pytest.mark.parametrize("value", [1.5, 2.0000001, 1e30])
def test_a_fraction_is_never_cut_off_silently(erp: Erp, tmp_path: Path, column: str, value: object) -> None:
    erp.sql(f"UPDATE SP_DOKUMENT SET {column} = ? WHERE rowid = (SELECT max(rowid) FROM SP_DOKUMENT)", value)
    with pytest.raises(ContractError) as caught:
        read_views(erp.engine, ["SP_DOKUMENT"], tmp_path / "views")
    said = f"SP_DOKUMENT.{column}: some values are not whole numbers (NUMBER); convert them in the view."
    assert str(caught.value) == said


@pytest.mark.rule("E27")
@pytest.mark.parametrize("legacy", ["0001-01-01", "1899-12-30", "9999-12-31", "1899-12-30 12:00:00", "", None])
def test_legacy_empty_dates_are_missing(erp: Erp, tmp_path: Path, legacy: str | None) -> None:
    erp.sql("UPDATE SP_VERTRAG SET ENDE = ?, GEAENDERT_AM = ?", legacy, legacy)
    contracts = one_frame(erp, "SP_VERTRAG", tmp_path / "views")
    assert contracts["end"].isna().all()
    assert contracts["changed_at"].isna().all()


@pytest.mark.rule("E27", "E24")
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024-02-29", date(2024, 2, 29)),
        ("2027-03-01 23:59:59", date(2027, 3, 1)),
        ("2027-03-01 00:00:00.000000", date(2027, 3, 1)),
        ("1969-12-31 22:00:00", date(1969, 12, 31)),
        ("1899-12-31", date(1899, 12, 31)),
        ("9999-12-30", date(9999, 12, 30)),
    ],
)
def test_the_time_of_day_is_cut_off(erp: Erp, tmp_path: Path, written: str, expected: date) -> None:
    erp.sql("UPDATE SP_VERTRAG SET BEGINN = ?", written)
    assert set(one_frame(erp, "SP_VERTRAG", tmp_path / "views")["begin"]) == {pd.Timestamp(expected)}


def test_a_moment_keeps_its_time_of_day(erp: Erp, tmp_path: Path) -> None:
    erp.sql("UPDATE SP_VERTRAG SET GEAENDERT_AM = '2026-10-25 02:30:00.123456'")
    changed = one_frame(erp, "SP_VERTRAG", tmp_path / "views")["changed_at"]
    assert set(changed) == {pd.Timestamp("2026-10-25 02:30:00.123456")}


def test_all_views_are_read_as_of_one_moment(erp: Erp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read_view = read.read_view

    def read_while_somebody_writes(connection: Connection, table: Table, folder: Path, _only: None) -> int:
        rows = read_view(connection, table, folder)
        erp.sql("DELETE FROM SP_VERTRAG")
        return rows

    monkeypatch.setattr(read, "read_view", read_while_somebody_writes)
    counts = read_views(erp.engine, ["SP_PERSON", "SP_VERTRAG"], tmp_path / "views")
    assert counts["contracts"] > 300
    assert erp.sql("SELECT count(*) FROM SP_VERTRAG") == [(0,)]


def test_more_rows_than_fit_into_one_chunk(erp: Erp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = one_frame(erp, "SP_PERSON", tmp_path / "whole")
    monkeypatch.setattr(read, "CHUNK", 7)
    pd.testing.assert_frame_equal(one_frame(erp, "SP_PERSON", tmp_path / "pieces"), whole)


def test_a_read_failing_half_way_leaves_nothing(erp: Erp, tmp_path: Path) -> None:
    erp.sql("UPDATE SP_VERTRAG SET BEGINN = 'soon' WHERE VERTRAG_NR = 'V-R16'")
    with pytest.raises(ContractError):
        read_views(erp.engine, ["SP_PERSON", "SP_VERTRAG"], tmp_path / "run" / "views")
    assert list((tmp_path / "run").iterdir()) == []


def test_a_failing_read_leaves_an_earlier_one_as_it_was(erp: Erp, tmp_path: Path) -> None:
    before = one_frame(erp, "SP_VERTRAG", tmp_path / "views")
    erp.sql("DROP TABLE SP_VERTRAG")
    with pytest.raises(ContractError):
        read_views(erp.engine, ["SP_VERTRAG"], tmp_path / "views")
    pd.testing.assert_frame_equal(frame_of(tmp_path / "views", "contracts"), before)


def test_a_later_read_replaces_an_earlier_one(erp: Erp, tmp_path: Path) -> None:
    read_views(erp.engine, ["SP_PERSON", "SP_VERTRAG"], tmp_path / "views")
    read_views(erp.engine, ["SP_VERTRAG"], tmp_path / "views")
    assert [path.name for path in (tmp_path / "views").iterdir()] == ["contracts.parquet"]


def test_only_the_owner_may_look_into_the_folder(erp: Erp, tmp_path: Path) -> None:
    read_views(erp.engine, ["SP_PERSON"], tmp_path / "views")
    assert (tmp_path / "views").stat().st_mode & 0o077 == 0


def test_missing_view_and_columns_are_all_named_at_once(erp: Erp, tmp_path: Path) -> None:
    erp.sql("DROP TABLE SP_PARTNER")
    erp.sql("ALTER TABLE SP_PERSON DROP COLUMN EMAIL")
    with pytest.raises(ContractError) as caught:
        read_views(erp.engine, ["SP_PERSON", "SP_PARTNER"], tmp_path / "views")
    assert str(caught.value).splitlines() == [
        "SP_PERSON: the column EMAIL is missing; add it to the view, as NULL where iX-Haus has nothing for it.",
        "SP_PARTNER: this view of the interface contract is missing or cannot be read; create it with the skeleton "
        "that `make contract` prints and grant SELECT to the interface user.",
    ]


@pytest.mark.rule("R24")
def test_rows_of_one_key_are_left_to_the_rules(erp: Erp, tmp_path: Path) -> None:
    usual = len(one_frame(erp, "SP_PERSON", tmp_path / "usual"))
    erp.sql("INSERT INTO SP_PERSON SELECT * FROM SP_PERSON WHERE PERSON_SCHLUESSEL IN ('129.R16.1', '129.E20.1')")
    frame = one_frame(erp, "SP_PERSON", tmp_path / "views")
    doubled = frame.loc[frame["person_key"].duplicated(), "person_key"]
    assert (len(frame), sorted(doubled)) == (usual + 2, ["129.E20.1", "129.R16.1"])


@pytest.mark.rule("E36")
@pytest.mark.parametrize("nothing", ["", None])
@pytest.mark.parametrize("column", ["OBJEKT_NR", "FLAECHE_NR"])
def test_rows_without_a_key_are_left_out_and_counted(
    erp: Erp, tmp_path: Path, column: str, nothing: str | None
) -> None:
    usual = len(one_frame(erp, "SP_EINHEIT", tmp_path / "usual"))
    assert keyless_rows(tmp_path / "usual", "units") == 0
    erp.sql(f"UPDATE SP_EINHEIT SET {column} = ? WHERE FLAECHE_NR IN ('R16', 'R17')", nothing)
    frame = one_frame(erp, "SP_EINHEIT", tmp_path / "views")
    assert (len(frame), keyless_rows(tmp_path / "views", "units")) == (usual - 2, 2)


@pytest.mark.parametrize(
    ("column", "value", "wanted"),
    [
        ("NACHNAME", 4711, "text"),
        ("GEAENDERT_AM", "Erika Muster", "dates"),
        ("GEAENDERT_AM", 20270301, "dates"),
    ],
)
def test_a_value_of_another_type_is_refused_without_showing_it(
    erp: Erp, tmp_path: Path, column: str, value: object, wanted: str
) -> None:
    erp.sql("CREATE TABLE LOOSE AS SELECT * FROM SP_PERSON")  # SQLite converts numbers to text in a text column
    erp.sql("DROP TABLE SP_PERSON")
    columns = ", ".join(column.name for column in VIEWS["SP_PERSON"].columns)
    erp.sql(f"CREATE TABLE SP_PERSON ({columns})")
    erp.sql("INSERT INTO SP_PERSON SELECT * FROM LOOSE")
    erp.sql(f"UPDATE SP_PERSON SET {column} = ?", value)
    with pytest.raises(ContractError, match=rf"SP_PERSON\.{column}: some values are not {wanted}") as caught:
        read_views(erp.engine, ["SP_PERSON"], tmp_path / "views")
    shown = [str(caught.value), repr(caught.value.__cause__), repr(caught.value.__context__)]
    assert not any(str(value) in text for text in shown)


def test_a_database_that_cannot_be_reached_is_not_called_incomplete(tmp_path: Path, erp: Erp) -> None:
    erp.path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(Exception, match="not a database") as caught:
        read_views(erp.engine, ["SP_PERSON"], tmp_path / "views")
    assert not isinstance(caught.value, ContractError)


@pytest.mark.parametrize("table", METADATA.tables.values(), ids=str)
def test_every_query_is_valid_on_both_databases(table: Table) -> None:
    for query in (rows_of(table), no_rows(table)):
        for_oracle = str(query.compile(dialect=oracle.dialect()))  # type: ignore[no-untyped-call]
        for_sqlite = str(query.compile(dialect=sqlite.dialect()))
        assert sqlglot.parse_one(for_oracle, dialect="oracle").key == "select"
        assert sqlglot.parse_one(for_sqlite, dialect="sqlite").key == "select"
        assert "LIMIT" not in for_oracle


def test_what_oracle_gives_is_taken(tmp_path: Path) -> None:
    columns = [column.name for column in VIEWS["SP_VERTRAG"].columns]
    begin, end = datetime(2027, 3, 1, 14, 30), datetime(9999, 12, 31)  # noqa: DTZ001 - as the driver gives them
    row = ("V1", "100", "0001", "100.0001.01", "MIETE", begin, end, begin)
    server = FakeOracle({"SP_VERTRAG": (columns, [row, ("V2", *[None] * 7)])})
    read_views(engine_on(server.connect), ["SP_VERTRAG"], tmp_path / "views")
    contracts = frame_of(tmp_path / "views", "contracts")
    assert contracts["begin"].iloc[0] == pd.Timestamp("2027-03-01")
    assert contracts["end"].isna().all()
    assert contracts["changed_at"].iloc[0] == pd.Timestamp("2027-03-01 14:30")
    assert contracts.iloc[1].isna().tolist() == [False, *[True] * 7]
    assert server.array_sizes[-1] == 2_000
