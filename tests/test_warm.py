"""Processes that fork tasks import early what an event's run uses; no other process pays for it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PLUGINS = Path(__file__).parents[1] / "plugins"
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
