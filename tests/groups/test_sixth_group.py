"""A sixth group, added to a copy of the project by touching the files that docs/adding.md lists, and no other."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
SIXTH: Final = Path(__file__).parent / "sixth"
COPIED: Final = ("include", "dags", "demo", "plugins", "config", "tests", "README.md", "pyproject.toml")
VIEW = """
SP_SCHLUESSEL = Table(
    "SP_SCHLUESSEL",
    METADATA,
    key("SCHLUESSEL_NR", "key_nr", "Schlüsselnummer"),
    text("OBJEKT_NR", "property_nr", 100, "Objekt, zu dem der Schlüssel gehört"),
    text("BEZEICHNUNG", "label", 255, "Aufschrift"),
    changed(),
    comment="Schlüssel eines Objekts",
    info={"view": True, "frame": "keys"},
)
"""
SCHEDULE = """
    keys: str | None = described(
        "50 2 * * *", Text("Schlüssel", "Keys"), Text("Schlüssel der Objekte.", "Keys of properties.")
    )

"""
PATHS = """
  /keys:
    get:
      parameters:
        - $ref: '#/components/parameters/page'
      responses: { '200': { description: One page of keys } }
    post:
      responses: { '201': { description: Created } }
"""
SCHEMAS = """
    KeyWrite:
      type: object
      required: [id, propertyId, number]
      properties:
        id: { type: string }
        propertyId: { type: string }
        number: { type: string }
        label: { type: string, nullable: true }
"""
ENDPOINT = '\n    "key": _collection("/keys", Text("Schlüssel", "Key")),'
RESOURCE = """\
        Resource("keys", "KeyWrite", lambda _view, _stored, body: body, references={"propertyId": "properties"}),
"""
DAG_ROW = "| `casavi_keys` | keys of properties | nightly |\n"
EDITS: Final[dict[str, list[tuple[str, str]]]] = {
    "include/ixhaus/contract/master.py": [(r"\Z", VIEW)],
    "include/casavi/endpoints.py": [(r"(?<=\nENDPOINTS: Final\[dict\[str, Endpoint\]\] = \{)", ENDPOINT)],
    "include/casavi/casavi-v2.openapi.yaml": [(r"(?<=\npaths:\n)", PATHS), (r"(?<=\n  schemas:\n)", SCHEMAS)],
    "include/groups/__init__.py": [
        (r"(?=from include\.groups\.objects)", "from include.groups.keys import KEYS\n"),
        (r"(?<=REPORTS)(?=\)\})", ", KEYS"),
    ],
    "include/settings/_parts.py": [(r'(?=    @field_validator\("\*"\)\n    @classmethod\n    def _is_cron)', SCHEDULE)],
    "demo/portal/resources.py": [(r"(?<=        POSTS,\n)", RESOURCE)],
    "README.md": [(r"(?=\| `casavi_release_removals`)", DAG_ROW)],
}  # fmt: skip
"""File → pattern of the places, and what is written there."""
NEW: Final = sorted(
    str(path.relative_to(SIXTH)) for path in SIXTH.rglob("*.py") if "tests" not in path.relative_to(SIXTH).parts
)


def listed(heading: str) -> list[str]:
    """The paths that a list of docs/adding.md begins its lines with."""
    page = (ROOT / "docs" / "adding.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^#+ {heading}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    return re.findall(r"^(?:\d+\.|-) `([^`]+)`", section, re.MULTILINE)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the sixth group."""
    folder = tmp_path_factory.mktemp("six")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "sixth"))
        else:
            shutil.copy(source, folder / name)
    shutil.copytree(SIXTH, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    for name, edits in EDITS.items():
        text = (folder / name).read_text(encoding="utf-8")
        for place, written in edits:
            text, times = re.subn(place, lambda _, new=written: new, text)  # type: ignore[misc]
            assert times == 1, f"{name}: {place}"
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_the_page_lists_the_files_that_were_touched_and_no_other() -> None:
    product, around = listed("An entity group"), listed("Around it")
    assert len(set(product)) == len(product) == 9
    assert set(EDITS) - set(product) <= set(around)
    assert {path.replace("<name>", "keys") for path in product} == {*NEW, *EDITS} - set(around)


def test_the_group_is_complete_and_runs(copy: Path) -> None:
    tests = ["tests/groups/test_keys.py", "tests/groups/test_groups.py"]
    rooms = ("test_rooms_look_downwards_only_also_in_dotted_names", "test_dag_files_are_wiring")
    tests += [f"tests/test_layout.py::{name}" for name in rooms]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *tests]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTEST"))}
    environment |= {"PYTHONPATH": str(copy)}
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_a_field_is_in_the_files_that_the_page_lists_and_no_other() -> None:
    """Told by one that is there: the number of a unit at the metering company."""
    names = re.compile(r"MESSDIENST_NR|metering_nr|mscNumber|msc_number")
    held = {
        str(path.relative_to(ROOT))
        for folder in ("include", "dags", "plugins")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".yaml", ".html") and names.search(path.read_text(encoding="utf-8"))
    }
    pattern = {path: path.replace("<name>", "[a-z]+") for path in listed("A field")}
    assert len(pattern) == 5
    assert [path for path in held if not any(re.fullmatch(one, path) for one in pattern.values())] == []
    assert len(held) == 5
