"""What the documentation names is there: paths, links, commands."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
PATHS = re.compile(r"(?<![\w/.-])(?:include|dags|demo|tests|bench|plugins|config|docs)/[\w./-]*(?![\w./-]|<)")
"""A path up to a placeholder such as <name> is none."""
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def code(page: Path) -> str:
    """What stands between backticks or is indented like a command."""
    text = page.read_text(encoding="utf-8")
    return "\n".join([*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^    (\S.*)$", text, re.MULTILINE)])


def test_paths_are_found() -> None:
    assert PATHS.findall("in include/sync/flow.py. See `demo/`, docs/a.md, xinclude/no and dags/casavi_<name>.py") == [
        "include/sync/flow.py.",
        "demo/",
        "docs/a.md",
    ]


@each_page
def test_every_path_exists(page: Path) -> None:
    named = {path.rstrip(".") for path in PATHS.findall(page.read_text(encoding="utf-8"))}
    assert [path for path in sorted(named) if not is_there(ROOT / path)] == []


def is_there(path: Path) -> bool:
    """Whether a checkout has a file, or the example of one that is each installation's own."""
    return path.exists() or path.with_name(f"{path.stem}.example{path.suffix}").exists()


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (page.parent / link).exists()] == []


@each_page
def test_every_command_is_there(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    asked = re.findall(r"^make ((?:[a-z-]+\b(?!=) ?)+)", code(page), re.MULTILINE)
    assert {name for names in asked for name in names.split()} <= targets
    modules = set(re.findall(r"python -m ([\w.]+)", code(page)))
    assert [name for name in sorted(modules) if find_spec(name) is None] == []


def german() -> set[str]:
    """Every text in German that the pages, the reasons or the labels of the settings show."""
    shown = [*(ROOT / "include" / "pages").glob("*.py"), *(ROOT / "include" / "settings").glob("*.py")]
    shown.append(ROOT / "include" / "vocabulary" / "reasons.py")
    calls = [
        node for path in shown for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    texts = [one.args[0] for one in calls if isinstance(one.func, ast.Name) and one.func.id == "Text" and one.args]
    return {str(one.value).replace("\u00ad", "") for one in texts if isinstance(one, ast.Constant)}


def test_every_word_that_the_handbook_quotes_stands_on_a_page() -> None:
    text = (ROOT / "docs" / "handbuch.md").read_text(encoding="utf-8")
    quoted = {re.sub(r"\s+", " ", one) for one in re.findall(r"(?<!\*)\*([^*|]+)\*(?!\*)", text)}
    assert len(quoted) >= 80
    assert quoted - german() == {"schräger Schrift", "Eine Frage wartet"}  # what says what slanted words are; a heading
    assert [int(one) for one in re.findall(r"^\*\*(\d+)\. ", text, re.MULTILINE)] == list(range(1, 16))


def test_the_readme_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in PAGES[1:] if f"docs/{page.name}" not in text] == []
    rooms = {path.name for path in (ROOT / "include").iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert [room for room in sorted(rooms) if f"include/{room}/" not in text] == []
