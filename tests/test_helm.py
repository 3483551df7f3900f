"""ops/helm/values.yaml says for Kubernetes what docker-compose.yaml says, and holds no secret."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema.validators import validator_for

from rig.compose import ROOT, read_compose, resolve

TEXT: Final = (ROOT / "ops" / "helm" / "values.yaml").read_text(encoding="utf-8")
VALUES: Final[dict[str, Any]] = yaml.safe_load(TEXT)
COMPOSE: Final = read_compose()
OPERATION: Final = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")


def settings() -> dict[str, str]:
    """What the chart sets of Airflow, by the names of variables."""
    found = {one["name"]: str(one["value"]) for one in VALUES["env"]}
    sections = VALUES["config"].items()
    return found | {
        f"AIRFLOW__{section}__{key}".upper(): str(value) for section, keys in sections for key, value in keys.items()
    }


def test_airflow_is_set_as_in_compose() -> None:
    compose = {key: resolve(str(value), {}) for key, value in COMPOSE["x-environment"].items() if "?" not in str(value)}
    given = settings()
    same = given.keys() & compose.keys() - {"SERVICEPORTAL_STAGING"}
    assert {key: given[key] for key in same} == {key: compose[key] for key in same}
    by_chart = {"EXECUTOR", "EXECUTION_API_SERVER_URL", "LOAD_EXAMPLES", "BASE_LOG_FOLDER", "ENABLE_HEALTH_CHECK"}
    by_chart |= {"DAG_PROCESSOR_CHILD_PROCESS_LOG_DIRECTORY", "STATSD_ON", "STATSD_HOST"}
    own = {key for key in compose if key.startswith("AIRFLOW__")} - given.keys()
    assert {key.split("__", 2)[2] for key in own} <= by_chart


def test_it_is_the_locked_airflow_and_the_composed_image() -> None:
    locked = re.search(r"^apache-airflow==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert locked is not None
    assert VALUES["airflowVersion"] == locked[1]
    _, tag = COMPOSE["x-airflow"]["image"].split(":")
    assert VALUES["images"]["airflow"]["tag"] == f"{tag}-s3"
    assert f"FROM serviceportal:{tag}\n" in (ROOT / "ops" / "s3" / "Dockerfile").read_text(encoding="utf-8")


def test_pools_are_made_and_passwords_written_as_in_compose() -> None:
    assert "airflow db migrate" in VALUES["migrateDatabaseJob"]["args"][-1]
    assert "python -m include.commands pools" in VALUES["migrateDatabaseJob"]["args"][-1]
    command = COMPOSE["services"]["api-server"]["command"][-1]
    assert VALUES["apiServer"]["args"][-1] == command.replace("$$", "$")


def test_every_secret_is_one_that_the_documentation_makes() -> None:
    named = set(re.findall(r"\bserviceportal-[a-z]+", TEXT))
    assert len(named) > 5
    assert {name for name in named if name not in OPERATION} == set()
    assert not re.search(r"(?i)(?:password|secret|key): *[\"']?[0-9a-f]{16}", TEXT)


@pytest.fixture
def chart() -> Path:
    """The chart, unpacked."""
    if not (named := os.environ.get("AIRFLOW_CHART")):
        pytest.skip("no AIRFLOW_CHART, which names the unpacked chart")
    return Path(named)


def test_the_values_are_such_as_the_charts_schema_allows(chart: Path) -> None:
    """Helm would check this too, but may not be here."""
    schema = json.loads((chart / "values.schema.json").read_text(encoding="utf-8"))
    assert [f"{one.json_path}: {one.message}" for one in validator_for(schema)(schema).iter_errors(VALUES)] == []


def test_the_chart_takes_the_values(chart: Path) -> None:
    if not (helm := shutil.which("helm")):
        pytest.skip("no helm")
    command = [helm, "template", "serviceportal", str(chart), "--values", str(ROOT / "ops" / "helm" / "values.yaml")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = [one for one in yaml.safe_load_all(done.stdout) if one]
    names = {one["metadata"]["name"] for one in made if one["kind"] in ("Deployment", "StatefulSet", "Job")}
    services = ("api-server", "scheduler", "dag-processor", "triggerer", "worker", "redis", "run-airflow-migrations")
    assert names == {f"serviceportal-{name}" for name in services}
