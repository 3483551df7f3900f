"""The shape of the project: who may import whom, how long modules are, what every public function says of itself."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(path.relative_to(ROOT) for path in (ROOT / "include").rglob("*.py"))
DAG_FILES = sorted(path.relative_to(ROOT) for path in (ROOT / "dags").glob("*.py"))
HTTP = (
    "aiohttp",
    "requests",
    "httpx",
    "urllib.request",
    "http",
    "yarl",
)  # urllib.parse only reads and writes addresses
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((ROOT / path).read_text(encoding="utf-8"), str(path))


def imports(path: Path) -> set[str]:
    """Every dotted name a module imports, wherever in it; `from a import b` counts as a and a.b."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write the whole name instead of a relative import"
            found |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def importing(paths: list[Path], *forbidden: str) -> list[str]:
    """Which of the modules import one of these packages."""
    return [
        f"{path} imports {name}"
        for path in paths
        for name in sorted(imports(path))
        if any(name == one or name.startswith(f"{one}.") for one in forbidden)
    ]


def below(folder: str) -> list[Path]:
    found = [path for path in MODULES if path.is_relative_to(folder)]
    assert found, folder
    return found


MAY_IMPORT = {
    "vocabulary": set[str](),
    "columns": set[str](),
    "settings": {"vocabulary"},
    "rules": {"vocabulary", "columns", "settings"},
    "network": {"vocabulary", "settings"},
    "ixhaus": {"vocabulary", "settings", "network"},
    "casavi": {"vocabulary", "settings", "network"},
    "sync": {"vocabulary", "columns", "settings", "ixhaus", "casavi"},
    "groups": {"vocabulary", "settings", "rules", "ixhaus", "casavi", "sync"},
    "lookup": {"vocabulary", "settings", "network", "rules", "ixhaus", "casavi", "sync", "groups"},
    "alerts": {"vocabulary", "settings", "ixhaus", "sync", "groups", "lookup"},
    "doctor": {"vocabulary", "settings", "ixhaus", "casavi", "sync", "groups", "lookup", "alerts"},
    "erasure": {"vocabulary", "settings", "ixhaus", "casavi", "sync", "groups"},
    "setup": {"vocabulary", "settings", "ixhaus", "casavi", "doctor"},
    "pages": {"vocabulary", "settings", "ixhaus", "casavi", "sync", "groups", "lookup", "doctor"},
    "commands": {
        "vocabulary",
        "settings",
        "ixhaus",
        "casavi",
        "sync",
        "groups",
        "lookup",
        "doctor",
        "erasure",
        "setup",
    },
}
"""Room → those it may look into: downwards only; ixhaus and casavi do not know each other."""
DOTTED = re.compile(r"(?:include|dags|plugins|demo)(?:\.\w+)+")


def room_of(name: str) -> str:
    """The room that a dotted name or a path leads to: the part below include."""
    return re.split(r"[./]", f"{name}.")[1]


def named(path: Path) -> set[str]:
    """Dotted names of ours that a module imports, or writes as text for somebody else to import."""
    texts = {
        node.value for node in ast.walk(tree(path)) if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {name for name in imports(path) if DOTTED.match(name)} | {text for text in texts if DOTTED.fullmatch(text)}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_rooms_look_downwards_only_also_in_dotted_names(path: Path) -> None:
    if path.name == "__init__.py" and path.parent.name == "include":
        return
    room = room_of(str(path).removesuffix(".py"))
    known = {"include." + one for one in MAY_IMPORT[room] | {room}}
    assert [name for name in sorted(named(path)) if ".".join(name.split(".")[:2]) not in known | {"include"}] == []


def test_nothing_lies_about_between_the_rooms() -> None:
    loose = {path.name for path in MODULES if path.parent == Path("include")}
    assert loose == {"__init__.py", "commands.py"}
    assert {room_of(str(path)) for path in MODULES if path.parent != Path("include")} | {"commands"} == set(MAY_IMPORT)


def test_rules_know_neither_airflow_nor_a_database_nor_the_network() -> None:
    assert importing(below("include/rules"), "airflow", "sqlalchemy", *HTTP) == []
    assert importing(below("include/vocabulary"), "airflow", "sqlalchemy", "pandas", *HTTP) == []


def test_only_the_flow_its_form_its_metrics_and_what_leads_to_pages_know_airflow_in_the_sync_core() -> None:
    assert {line.partition(" ")[0] for line in importing(below("include/sync"), "airflow")} == {
        "include/sync/flow.py",
        "include/sync/links.py",  # where its pages are
        "include/sync/metrics.py",
        "include/sync/params.py",
        "include/sync/storage.py",  # an object store is Airflow's
    }


def test_nothing_delivered_imports_the_playground_tests_or_bench() -> None:
    assert importing([*MODULES, *DAG_FILES], "demo", "tests", "bench", "rig", "pytest") == []


@pytest.mark.parametrize("path", DAG_FILES, ids=str)
def test_dag_files_are_wiring(path: Path) -> None:
    own = {name for name in imports(path) if name.partition(".")[0] == "include"}
    assert {
        name for name in own if room_of(name) not in ("settings", "sync", "groups", "alerts", "doctor", "erasure")
    } == set()
    assert {name.partition(".")[0] for name in imports(path)} <= {"include", "airflow", "datetime", "typing"}
    assert len((ROOT / path).read_text(encoding="utf-8").splitlines()) <= 80


def test_modules_are_small() -> None:
    sizes = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {path: size for path, size in sizes.items() if size > 400} == {}
    assert median(size for path, size in sizes.items() if path.name != "__init__.py" or size) <= 140


def public_functions(module: ast.Module) -> Iterator[Function]:
    """Functions and methods of public classes that others may call."""
    for node in module.body:
        inner = node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else [node]
        yield from (one for one in inner if isinstance(one, Function) and not one.name.startswith("_"))


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_public_functions_say_what_they_do_and_return(path: Path) -> None:
    for function in public_functions(tree(path)):
        where = f"{path}:{function.lineno} {function.name}"
        assert function.returns is not None, where
        assert ast.get_docstring(function), where


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every call."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


def test_only_the_protocol_command_prints() -> None:
    printing = {str(path) for path in MODULES for _, name in calls(path) if name == "print"}
    assert printing <= {"include/commands.py"}


def test_only_the_clock_asks_what_time_it_is() -> None:
    asks = ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time")
    asking = [f"{path}:{line} {name}" for path in [*MODULES, *DAG_FILES] for line, name in calls(path) if name in asks]
    # Ages of files are compared with the file system's clock.
    allowed = ("include/vocabulary/clock.py", "include/sync/staging.py", "include/sync/storage.py")
    assert [where for where in asking if not where.startswith(allowed)] == []
    assert any(where.startswith("include/vocabulary/clock.py") for where in asking)


def test_the_sync_core_says_what_its_values_are() -> None:
    """`Any` is left for what Airflow and stubs say nothing of: fewer than 10 per thousand lines."""
    texts = [(ROOT / path).read_text(encoding="utf-8") for path in below("include/sync")]
    found = sum(len(re.findall(r"\bAny\b", text)) for text in texts)
    assert found * 1000 < 10 * sum(len(text.splitlines()) for text in texts)
