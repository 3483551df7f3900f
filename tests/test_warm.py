"""Processes that fork tasks import early what an event's run uses; no other process pays for it. And none compiles what
could have been compiled when it was installed.
"""

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLUGINS = ROOT / "plugins"
LOOK = """
import json, sys
sys.argv = json.loads(sys.argv[1])
import airflow.settings
airflow.settings.initialize()
print(json.dumps("include.groups.reports.settle" in sys.modules and "pandas" in sys.modules))
"""


@pytest.mark.parametrize(
    ("command", "is_warm"),
    [(["airflow", "celery", "worker"], True), (["airflow", "celery", "flower"], False)],
)
def test_who_forks_tasks_is_warm(command: list[str], is_warm: bool) -> None:
    run = [sys.executable, "-c", LOOK, json.dumps(command)]
    done = subprocess.run(run, env=os.environ | {"AIRFLOW__CORE__PLUGINS_FOLDER": str(PLUGINS)}, capture_output=True)
    assert json.loads(done.stdout.splitlines()[-1]) is is_warm


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def test_what_make_installs_is_compiled_when_it_is_installed() -> None:
    installing = [line for line in lines("Makefile") if re.search(r"\bpip install\b.* -r ", line)]
    assert installing
    assert [line for line in installing if " --compile-bytecode " not in line] == []


@pytest.mark.parametrize("package", ["airflow", "fastapi", "pandas", "sqlalchemy"])
def test_no_process_compiles_what_is_installed(package: str) -> None:
    found = importlib.util.find_spec(package)
    assert found
    assert found.origin
    modules = list(Path(found.origin).parent.glob("*.py"))
    assert modules
    missing = [one for one in modules if not Path(importlib.util.cache_from_source(str(one))).exists()]
    assert missing == []


def test_the_image_holds_what_is_compiled() -> None:
    for name in ("Dockerfile", "ops/s3/Dockerfile"):
        installing = [line for line in lines(name) if "pip install" in line]
        assert installing
        assert [line for line in installing if "--no-compile" in line] == []
    (compiling,) = [line for line in lines("Dockerfile") if "compileall" in line]
    copied = [line.split()[-2] for line in lines("Dockerfile") if line.startswith("COPY ")]
    ours = {name for name in copied if list((ROOT / name).rglob("*.py"))}
    assert set(compiling.split()[5:]) == ours
    before = lines("Dockerfile")[: lines("Dockerfile").index(compiling)]
    assert [name for name in ours if f"COPY --chmod=0755 {name} {name}" not in before] == []
