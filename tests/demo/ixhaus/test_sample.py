import re
import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from demo.ixhaus import CASES, DOCUMENT_CASES, REFUSED, build_sample, cases
from demo.ixhaus.cases import LEAD, TRAIL
from include.ixhaus.contract import FRAMES
from include.ixhaus.read import frame_of, read_views
from include.settings import load_settings
from tests.ixhaus.conftest import TODAY, Erp

RULES = [f"R{number}" for number in range(13, 25)]
EDGE_CASES = [f"E{number}" for number in range(1, 23)] + ["E22a", "E22b", "E22c", "E24", "E27"]


def dump(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pd.DataFrame]:
    folder = tmp_path_factory.mktemp("large")
    build_sample(folder / "ixhaus.db", persons=5_000, today=TODAY)
    read_views(Erp(folder / "ixhaus.db").engine, list(FRAMES), folder / "views")
    return {name: frame_of(folder / "views", name) for name in FRAMES.values()}


@pytest.fixture(scope="module")
def crowd(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The generated persons, without those of the cases."""
    persons = frames["persons"]
    return persons[persons["person_key"].str.fullmatch(r"\d+\.\d+\.\d\d")]


def test_the_same_seed_and_day_give_the_same_rows(sample_file: Path, tmp_path: Path) -> None:
    build_sample(tmp_path / "again.db", persons=300, today=TODAY)
    assert dump(tmp_path / "again.db") == dump(sample_file)


@pytest.mark.parametrize("other", [{"seed": 2}, {"today": TODAY + timedelta(days=1)}])
def test_another_seed_or_day_gives_other_rows(sample_file: Path, tmp_path: Path, other: dict[str, object]) -> None:
    build_sample(tmp_path / "other.db", persons=300, **({"today": TODAY} | other))  # type: ignore[arg-type]
    assert dump(tmp_path / "other.db") != dump(sample_file)


def test_an_existing_database_is_never_replaced(erp: Erp) -> None:
    before = erp.path.read_bytes()
    with pytest.raises(FileExistsError, match="delete it first"):
        build_sample(erp.path)
    assert erp.path.read_bytes() == before


def test_too_few_persons_are_refused_and_leave_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="3 persons are too few: the hand-written cases alone are"):
        build_sample(tmp_path / "x.db", persons=3)
    assert list(tmp_path.iterdir()) == []


def test_without_a_day_it_is_made_for_today(tmp_path: Path) -> None:
    build_sample(tmp_path / "x.db", persons=100)
    [(begin,)] = Erp(tmp_path / "x.db").sql("SELECT BEGINN FROM SP_VERTRAG WHERE VERTRAG_NR = 'V-E21'")
    assert abs(date.fromisoformat(str(begin)) - date.today()) <= timedelta(days=2)  # noqa: DTZ011 - near enough


@pytest.mark.parametrize("name", [*RULES, *EDGE_CASES])
def test_every_rule_and_edge_case_has_its_records(frames: dict[str, pd.DataFrame], name: str) -> None:
    units = frames["units"]["property_nr"] + "/" + frames["units"]["unit_nr"]
    columns = (frames["persons"]["person_key"], frames["contracts"]["contract_nr"], frames["properties"]["property_nr"])
    known = set(units).union(*columns)
    assert CASES[name]
    assert set(CASES[name]) <= known


@pytest.mark.parametrize("name", [*(f"R{n}" for n in range(25, 34) if n != 32), *(f"E{n}" for n in range(29, 38))])
def test_every_document_rule_and_edge_case_has_its_document(frames: dict[str, pd.DataFrame], name: str) -> None:
    known = {
        case: key for case, key in DOCUMENT_CASES.items() if case == name or case.startswith((name + "-", name + "a"))
    }
    assert known
    assert set(known.values()) <= set(frames["documents"]["document_id"])


def test_contents_lie_where_the_documents_say(sample_file: Path, frames: dict[str, pd.DataFrame]) -> None:
    documents = frames["documents"]
    kept = Erp(sample_file).sql("SELECT DOKUMENT_ID, LENGTH(INHALT) FROM SP_DOKUMENT_INHALT WHERE FASSUNG = 'ORIGINAL'")
    cases = documents[documents["document_id"].isin(DOCUMENT_CASES.values())].set_index("document_id")
    in_database = cases[cases["storage"] == "DATENBANK"]
    assert {key: size for key, size in kept if key in in_database.index} == in_database["size"].to_dict()
    for _, row in cases[cases["storage"] == "DATEI"].iterrows():
        assert (sample_file.parent / "dokumente" / row["path"]).stat().st_size == row["size"]


def test_every_case_says_what_it_shows_and_has_a_name_of_its_own() -> None:
    names = [case.name for case in cases(TODAY)]
    assert len(set(names)) == len(names)
    assert all(case.about for case in cases(TODAY))


def test_the_cases_count_days_as_production_does() -> None:
    settings = load_settings("production")
    assert (LEAD, TRAIL) == (settings.portal_access_lead.days, settings.portal_access_trail.days)


def test_bad_records_are_in_the_sample(frames: dict[str, pd.DataFrame]) -> None:
    columns = (frames["persons"]["person_key"], frames["contracts"]["contract_nr"], frames["documents"]["document_id"])
    assert set(REFUSED) <= set().union(*columns)
    names = frames["persons"].set_index("person_key")["last_name"]
    assert "\0" in names["129.NUL.1"]
    assert len(names["129.LONG.1"]) == 300
    assert pd.isna(names["129.E22c.1"])


def test_it_has_as_many_persons_as_asked_for(frames: dict[str, pd.DataFrame]) -> None:
    assert len(frames["persons"]) == 5_000
    assert len(frames["contracts"]) > 4_500
    assert len(frames["properties"]) == 33


def test_released_and_other_properties_are_there(frames: dict[str, pd.DataFrame]) -> None:
    released = load_settings("production").properties
    numbers = frames["properties"]["property_nr"]
    assert {number for number in numbers if number not in released} == {"300", "301"}


def test_every_generated_contract_hangs_together(frames: dict[str, pd.DataFrame]) -> None:
    contracts, units = frames["contracts"], frames["units"]
    assert contracts["person_key"].isin(frames["persons"]["person_key"]).all()
    units = units.merge(contracts, on=["property_nr", "unit_nr"], how="right", suffixes=("_unit", ""), indicator=True)
    assert (units["_merge"] == "both").all()
    good = contracts[~contracts["contract_nr"].isin(REFUSED)]
    assert good["begin"].notna().all()
    assert not (good["end"] < good["begin"]).any()


def test_every_generated_reference_leads_somewhere(frames: dict[str, pd.DataFrame]) -> None:
    partners = frames["partners"]["partner_nr"]
    for name in ("persons", "contract_roles", "owners", "caretakers"):
        assert frames[name]["partner_nr"].dropna().isin(partners).all(), name
    entrances = frames["entrances"]["property_nr"] + "/" + frames["entrances"]["entrance_nr"]
    units = frames["units"].dropna(subset="entrance_nr")
    assert (units["property_nr"] + "/" + units["entrance_nr"]).isin(entrances).all()
    assert frames["contract_roles"]["contract_nr"].isin(frames["contracts"]["contract_nr"]).all()


def test_no_two_generated_contacts_share_an_e_mail(frames: dict[str, pd.DataFrame], crowd: pd.DataFrame) -> None:
    partners = frames["partners"]
    others = partners[~partners["partner_nr"].isin(crowd["partner_nr"])]
    emails = pd.concat([crowd["email"], others.loc[others["partner_nr"].str.isdigit(), "email"]]).dropna()
    assert emails.str.lower().is_unique


def test_a_person_and_its_partner_are_the_same(frames: dict[str, pd.DataFrame], crowd: pd.DataFrame) -> None:
    both = crowd.merge(frames["partners"], on="partner_nr", suffixes=("", "_partner"))
    assert len(both) > 3_000
    assert both["email"].equals(both["email_partner"])
    assert both["last_name"].equals(both["last_name_partner"])


def test_every_generated_person_is_somebody(crowd: pd.DataFrame) -> None:
    assert (crowd["last_name"].notna() | crowd["company"].notna()).all()
    assert set(crowd["person_type"]) == {"Mieter", "Eigentümer", "Interessent"}


def test_tenancies_are_past_present_and_future(frames: dict[str, pd.DataFrame]) -> None:
    contracts = frames["contracts"]
    now = pd.Timestamp(TODAY)
    running = (contracts["begin"] <= now) & ~(contracts["end"] < now)
    assert running.mean() > 0.7
    assert (contracts["begin"] > now).mean() > 0.03
    assert (contracts["end"] < now).mean() > 0.08
    assert set(contracts["kind"]) == {"MIETE", "EIGENTUM"}


def test_nobody_lives_in_a_unit_at_the_same_time_as_its_former_tenant(frames: dict[str, pd.DataFrame]) -> None:
    contracts = frames["contracts"]
    of_crowd = contracts[contracts["contract_nr"].str.fullmatch(r"V\d+S?")]
    in_order = of_crowd.sort_values(["property_nr", "unit_nr", "begin"])
    units = in_order.groupby(["property_nr", "unit_nr"])
    assert not (units["end"].shift() >= in_order["begin"]).any()
    assert not (units["end"].shift().isna() & (units.cumcount() > 0)).any()


def test_addresses_and_numbers_are_nobodys(frames: dict[str, pd.DataFrame]) -> None:
    for name in ("persons", "partners"):
        contacts = frames[name]
        domains = contacts["email"].dropna().str.extractall(r"@([^\s;)(@]+)")[0].str.lower()
        assert set(domains) <= {"example.org", "example.com", "example.net", "müllerhaus.example.org", "y"}
        numbers = pd.concat([contacts["telephone"], contacts["mobile"]]).dropna()
        for_films = r"(030 23125|040 66969|069 90009|089 99998)\d{3}|0171 39200\d\d|anonymisiert"
        assert [number for number in numbers if not re.fullmatch(for_films, number)] == []


def test_staff_and_switches_are_set(erp: Erp) -> None:
    assert erp.sql("SELECT WERT FROM SP_EINSTELLUNG") == [("J",)]
    licences = ["Hausmeister", "Komfortpaket", "Objekteigentümer", "casavi"]
    assert erp.sql("SELECT LIZENZ FROM SP_LIZENZ WHERE AKTIV = 'J' ORDER BY 1") == [(name,) for name in licences]
    assert erp.sql("SELECT GESPERRT, DARF_MELDUNGEN FROM SP_BENUTZER WHERE BENUTZER_NR = '007'") == [("N", "J")]


def test_own_tables_are_empty(erp: Erp) -> None:
    assert erp.sql("SELECT * FROM SP_ABGLEICH") == erp.sql("SELECT * FROM SP_SPERRE") == []
