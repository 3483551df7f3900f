"""Every command that README, docs and change log name is run: here, for real, with the sample, or by the test that is
named; what cannot be run here says why. A command that stands in none of the three lists fails.
"""

import ast
import os
import re
import shlex
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from demo.ixhaus import build_sample
from rig.compose import read_compose
from tests.test_docs import PAGES, ROOT

MAKEFILE: Final = (ROOT / "Makefile").read_text(encoding="utf-8")
INSIDE: Final = re.compile(r"^(?:run|docker compose run(?: --[a-z-]+)* (?P<service>[a-z][a-z-]+)) (?P<command>.+)$")
"""docs/operation.md calls `docker compose run --rm worker` run."""
COMMAND: Final = re.compile(r"^(?:make|python -m|airflow|docker|run|git|cp|chmod) (?!stands)\S")


HERE: Final = {
    "make help": "make sync",
    "make contract": "CREATE TABLE SP_ABGLEICH",
    "make contract FROM": "ALTER TABLE",
    "make sync": "casavi_reports: ",
    "make reconcile": "reconcile",
    "airflow dags trigger casavi_reconcile": "casavi_reconcile",
    "make forget PERSON ALTHOUGH_SENT YES": '"portal": ',
    "make tidy": '"runs": 0',
}
"""Command → what it prints. In this order: sync makes what the others look at."""
GIVEN: Final = {"FROM": "3", "PERSON": "129.R16.1", "ALTHOUGH_SENT": "1", "YES": "1"}

ELSEWHERE: Final = {
    "make setup": ("tests/test_setup.py::Terminal", '"setup", "production"'),
    "make init-config": (
        "tests/test_setup.py::test_make_init_config_writes_what_is_not_there_and_touches_nothing_else", "init-config"),
    "make doctor": ("tests/doctor/test_sample.py", '"demo.embedded", "doctor", "production"'),
    "make test-distributed": (".ci/run", "make test-distributed"),
    "make smoke-celery": (".ci/run", "make smoke-celery"),
    "make keys": ("tests/casavi/test_keys.py::test_the_command_refuses_an_address_with_a_sentence", "enter_keys("),
    "make note REPORT TEXT": ("tests/demo/test_note.py", 'embedded.main(["note", "M-R35", "Wir kommen morgen."'),
    "make protocol": ("tests/dags/test_runs.py", 'embedded.main(["protocol"'),
    "make probe": ("tests/casavi/test_probe.py", 'main(["probe"'),
    "make rules": (".ci/run", "make rules"),
    "make test check": (".ci/run", "make check\nmake test"),
    "make settings": ("tests/settings/test_settings.py", "documented == settings_page()"),
    "python -m include.ixhaus check production": ("tests/ixhaus/test_command.py", 'main(["check", "production"]) == 0'),
    "python -m include.ixhaus ddl": ("tests/ixhaus/test_command.py::test_ddl_is_printed", 'main(["ddl"])'),
    "python -m include.ixhaus ddl --since <version>": ("tests/ixhaus/test_versions.py", 'main(["ddl", "--since"'),
    "python -m include.commands protocol": ("tests/test_commands.py", 'main(["protocol"'),
    "python -m include.commands keys production": ("tests/casavi/test_keys.py", "enter_keys("),
    "python -m include.commands pools": ("tests/test_commands.py", 'main(["pools"])'),
    "python -m include.commands forget production …": ("tests/test_documented_commands.py", '"make forget PERSON'),
    'python -m include.commands forget production 100.1.1 --by "Dana Schutz"': (
        "tests/test_documented_commands.py", '"make forget PERSON'),
    "python -m include.commands tidy": ("tests/test_documented_commands.py", '"make tidy"'),
    "python -m include.commands setup production": ("tests/test_setup.py::Terminal", '"setup", "production"'),
    "python -m include.commands doctor production": ("tests/doctor/test_examination.py", 'main(["doctor",'),
    "python -m include.commands probe test 100": ("tests/casavi/test_probe.py", 'main(["probe"'),
    'python -m demo.embedded note M-R35 "Wir kommen."': ("tests/demo/test_note.py", 'main(["note", "M-R35"'),
    "airflow dags test casavi_objects --conf '{\"dry_run\": true}'": (
        "tests/smoke/celery.py", '"airflow", "dags", "test", "casavi_objects", "--conf"'),
    "airflow dags test casavi_reconcile --conf '{\"dry_run\": true}'": (
        "tests/dags/test_reconcile.py", 'told.run("casavi_reconcile"'),
    "airflow backfill create --dag-id casavi_persons --from-date 2026-11-18 --to-date 2026-11-18T23:59": (
        "tests/smoke/celery.py", '"airflow", "backfill", "create", "--dag-id", "casavi_persons"'),
    "make up": ("bench/events.py", '[*command, "up"]'),
}  # fmt: skip
"""Command → the test (or what else is run) that runs it, or calls what it calls, and the words with which it does."""

CANNOT: Final = {
    "make bench": "takes ten minutes",
    "make bench million": "takes a quarter of an hour",
    "make bench fill": "likewise",
    "make bench peers": "likewise, and asks the package index",
    "make mutants": "takes hours",
    "make lock": "asks the package index",
    "git pull": "changes the checkout",
    "git checkout config": "changes the checkout",
    "git checkout <version>": "changes the checkout",
    "cp -r config ../config.mine": "copies an installation's settings",
    "cp ../config.mine/*.yaml config/": "copies an installation's settings",
    "cp .env.example .env": "makes an installation's secrets",
    "chmod 600 .env": "makes an installation's secrets",
    "airflow db clean": "deletes an installation's history",
    **{
        f"docker build -t {image}": "needs Docker's engine"
        for image in (
            "serviceportal:0.1.0 .",
            "serviceportal:0.1.0-s3 ops/s3",
            "registry.example/serviceportal:0.1.0-s3 ops/s3",
        )
    },
    "docker volume rm serviceportal_redis": "needs Docker; tests/test_compose.py knows the volume",
}
COMPOSE: Final = {"up", "up -d", "up -d --scale worker=2", "ps", "stop", "down", "build"}
"""What needs Docker's engine; whether Compose takes the file tests/test_compose.py asks, where it is installed."""


def commands(text: str) -> Iterator[str]:
    """The commands in a page, each by itself, without comments and without what runs them in a container."""
    inline = re.findall(r"`([^`]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    for line in [*inline, *re.findall(r"^    (\S.*)$", text, re.MULTILINE)]:
        for part in re.split(r" && ", re.sub(r"\s+", " ", line.partition("  #")[0]).strip()):
            if COMMAND.match(part):
                yield part


def normal(command: str) -> str:
    """A command by which it is listed: of make the target and the names of its variables."""
    if inside := INSIDE.match(command):
        assert inside["service"] in (None, *read_compose()["services"]), command
        command = inside["command"].partition(" > ")[0]
    if not command.startswith("make "):
        return command.replace(" -c '", " --conf '")
    words = [word.partition("=")[0] for word in shlex.split(command)]
    return " ".join(words)


def named() -> set[str]:
    pages = [*PAGES, ROOT / "CHANGELOG.md"]
    return {normal(one) for page in pages for one in commands(page.read_text(encoding="utf-8"))}


def test_commands_are_found() -> None:
    inside = "`run python -m a.b` `docker compose run --rm worker airflow x`"
    text = f"`make sync`, `make` and\n    make test check  # both\n{inside}"
    assert [normal(one) for one in commands(text)] == ["make sync", "python -m a.b", "airflow x", "make test check"]
    assert [normal(one) for one in commands('`make note REPORT=1 TEXT="a b"`')] == ["make note REPORT TEXT"]


def listed(command: str) -> bool:
    """Whether a command, or for make its target, is in one of the lists; a variable has to be its target's."""
    if command.startswith("docker compose "):
        return command.removeprefix("docker compose ") in COMPOSE or command == "docker compose run --rm worker"
    lists = {*HERE, *ELSEWHERE, *CANNOT}
    words = command.split()
    targets = {plain(one) for one in lists}
    return command in lists or (words[0] == "make" and plain(command) in targets and _takes(words[1], words[2:]))


def plain(command: str) -> str:
    """A command without the variables of make."""
    return " ".join(word for word in command.split() if not word.isupper())


def _takes(target: str, variables: list[str]) -> bool:
    recipe = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    return recipe is not None and all(re.search(rf"\$[({{]?.*\b{one}\b", recipe[1]) for one in variables)


def test_every_command_is_run_somewhere_or_says_why_not() -> None:
    assert sorted(one for one in named() if not listed(one)) == []


def test_no_list_holds_what_is_no_longer_named() -> None:
    known = {*named(), *(plain(one) for one in named())}
    assert sorted(one for one in {*HERE, *ELSEWHERE, *CANNOT} if not {one, plain(one)} & known) == []


@pytest.mark.parametrize("command", sorted(ELSEWHERE))
def test_what_another_test_runs_stands_in_it(command: str) -> None:
    where, words = ELSEWHERE[command]
    path, _, name = where.partition("::")
    text = (ROOT / path).read_text(encoding="utf-8")
    if name:
        found = [node for node in ast.parse(text).body if getattr(node, "name", "") == name]
        assert found, f"{path} has no {name}"
        text = ast.get_source_segment(text, found[0]) or ""
    assert words in text


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home for Airflow with a small sample, shared by all commands."""
    folder = tmp_path_factory.mktemp("documented")
    build_sample(folder / "ixhaus.db", persons=60)
    with socket.create_server(("127.0.0.1", 0)) as free:
        (folder / "sandbox.port").write_text(str(free.getsockname()[1]), encoding="utf-8")
    return folder


@pytest.mark.airflow
@pytest.mark.parametrize("command", HERE)
def test_a_documented_command_does_what_it_says(command: str, home: Path) -> None:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW_", "SERVICEPORTAL_"))}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    there = plain | {"AIRFLOW_HOME": str(home), "PYTHONPATH": str(ROOT), "PATH": path}
    done = subprocess.run(_arguments(command), cwd=ROOT, env=there, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert HERE[command] in done.stdout


def _arguments(command: str) -> list[str]:
    program, *words = shlex.split(command)
    if program == "airflow":  # with the connections of the sample
        return [sys.executable, "-m", "demo.embedded", "airflow", *words]
    venv = Path(sys.executable).parents[1]
    given = [f"{word}={GIVEN[word]}" if word.isupper() else word for word in words]
    as_it_is = [f"--assume-old={venv}/{name}" for name in ("run", "dev")]
    return ["make", "--no-print-directory", *as_it_is, f"VENV={venv}", *given]
