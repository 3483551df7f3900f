"""docker-compose.yaml, Dockerfile and .env.example agree with each other and give nothing away."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.settings import checked_address
from rig.compose import ROOT, image_folders, read_compose, resolve, services, variables

SERVICES: dict[str, dict[str, Any]] = read_compose()["services"]
AIRFLOW = {"init", "api-server", "scheduler", "dag-processor", "triggerer", "worker"}
ENVIRONMENT: dict[str, str] = read_compose()["x-environment"]
ENV_EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
SYSTEMS = ("PRODUCTION", "TEST")
GIVEN = {name: f"<{name}>" for name in variables()}


def mounts(name: str) -> dict[str, str]:
    """Where a service mounts what: folder in the container → volume or folder."""
    parts = [resolve(volume, {}).split(":") for volume in SERVICES[name].get("volumes", [])]
    return {part[1]: part[0] for part in parts}


def test_every_airflow_component_is_a_service() -> None:
    assert set(SERVICES) == AIRFLOW | {"postgres", "redis", "demo"}


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_restarted_and_watched(name: str) -> None:
    assert SERVICES[name]["restart"] == ("on-failure:3" if name == "init" else "unless-stopped")
    assert ("healthcheck" in SERVICES[name]) == (name != "init")  # init ends; the others wait for that


@pytest.mark.parametrize("name", sorted(AIRFLOW))
def test_airflow_services_share_one_environment(name: str) -> None:
    own = {key: value for key, value in SERVICES[name]["environment"].items() if key not in ENVIRONMENT}
    assert {**SERVICES[name]["environment"], **ENVIRONMENT} == SERVICES[name]["environment"]
    assert own.keys() <= {"AIRFLOW_PASSWORDS", "DUMB_INIT_SETSID"}


@pytest.mark.parametrize("name", sorted(AIRFLOW - {"init"}))
def test_nothing_starts_before_the_database_is_migrated(name: str) -> None:
    assert SERVICES[name]["depends_on"]["init"] == {"condition": "service_completed_successfully"}


@pytest.mark.parametrize("name", sorted(AIRFLOW))
def test_settings_certificates_and_logs_are_the_same_everywhere(name: str) -> None:
    assert mounts(name)["/opt/serviceportal/config"] == "./config"
    assert mounts(name)["/opt/serviceportal/certificates"] == "./certificates"
    assert mounts(name)["/var/log/airflow"] == "logs"


def test_staging_is_one_volume_and_only_where_tasks_run() -> None:
    folder = resolve(ENVIRONMENT["SERVICEPORTAL_STAGING"], {})
    assert {name for name in SERVICES if folder in mounts(name)} == {"init", "worker"}
    assert mounts("worker")[folder] == "staging"


def test_named_volumes_are_declared() -> None:
    used = {source for name in SERVICES for source in mounts(name).values() if not source.startswith(".")}
    assert used == set(read_compose()["volumes"])


def test_only_this_machine_reaches_the_published_ports_unless_told_otherwise() -> None:
    published = [resolve(port, {}) for service in SERVICES.values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_secrets_come_from_the_environment_only() -> None:
    for name, service in SERVICES.items():
        for key, value in service["environment"].items():
            if re.search("SECRET|PASSWORD|_KEY|AUTH|CONN_|_CONN$|BACKEND|BROKER", key) and "_FILE" not in key:
                assert "${" in str(value) or key.startswith("AIRFLOW__CORE__SIMPLE_AUTH"), f"{name}: {key}"
    assert not re.search(r"://[^/@\s]*:(?!\$\{)[^/@\s]+@", (ROOT / "docker-compose.yaml").read_text(encoding="utf-8"))


def test_secrets_are_required() -> None:
    optional = {"SETTINGS_FOLDER", "AIRFLOW_LISTEN", "WORKER_CONCURRENCY", "IXHAUS_TEST", "CASAVI_TEST", "DEMO_PERSONS"}
    optional |= {"CASAVI_PRODUCTION"}  # may be stored on the page Einstellungen instead
    optional |= {"DOCUMENTS_FOLDER", "CERTIFICATES_FOLDER", "HTTPS_PROXY", "NO_PROXY", "STATSD_ON", "STATSD_HOST"}
    optional |= {"STAGING", "STAGING_CONNECTION"}
    optional |= {f"{name}_{one}" for name in ("DOCUMENTS", "DOCUWARE", "SMTP") for one in SYSTEMS}
    assert {name for name, is_required in variables().items() if not is_required} == optional


def test_env_example_names_exactly_the_variables() -> None:
    required = set(re.findall(r"^(\w+)=", ENV_EXAMPLE, re.MULTILINE))
    optional = set(re.findall(r"^# (\w+)=", ENV_EXAMPLE, re.MULTILINE))
    assert required == {name for name, is_required in variables().items() if is_required}
    assert optional == {name for name, is_required in variables().items() if not is_required}


def test_env_example_holds_no_secret() -> None:
    values = dict(re.findall(r"^(\w+)=(.*)$", ENV_EXAMPLE, re.MULTILINE))
    filled = {name for name, value in values.items() if re.search("PASSWORD$|KEY$|SECRET$", name) and value}
    assert not filled
    assert not re.findall(r'"(?:password|admin|buero)": "[^"]', "\n".join(values.values()))


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_images_are_pinned(name: str) -> None:
    image = SERVICES[name]["image"]
    assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?", image)


def test_the_image_has_the_locked_airflow() -> None:
    pinned = re.search(r"^apache-airflow==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)
    assert pinned is not None
    assert f"FROM apache/airflow:slim-{pinned[1]}-python3.12\n" in (ROOT / "Dockerfile").read_text(encoding="utf-8")


def test_the_image_runs_without_root_and_without_tests() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (\w+)", dockerfile, re.MULTILINE)[-1] == "airflow"
    assert image_folders() == ["config", "plugins", "include", "demo", "dags"]
    assert "requirements-dev" not in dockerfile


def test_every_file_in_the_image_is_readable_whatever_the_umask_of_the_checkout() -> None:
    copied = re.findall(r"^COPY (.*)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert [line for line in copied if not re.match(r"--chmod=0(755|644) ", line)] == []


def everywhere() -> dict[str, dict[str, Any]]:
    """The services of both files."""
    doors: dict[str, dict[str, Any]] = read_compose("docker-compose.demo.yaml")["services"]
    return SERVICES | doors


@pytest.mark.parametrize("name", sorted(everywhere()))
def test_no_service_has_rights_it_does_not_need_or_writes_but_where_it_must(name: str) -> None:
    service = everywhere()[name]
    assert (service["cap_drop"], service.get("cap_add")) == (["ALL"], None)
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service.get("user", "airflow") == {"postgres": "postgres", "redis": "redis"}.get(name, "airflow")


@pytest.mark.parametrize("name", sorted(set(everywhere()) - {"postgres", "redis"}))
def test_airflow_may_write_its_home_and_what_is_temporary(name: str) -> None:
    assert everywhere()[name]["tmpfs"] == [f"{ENVIRONMENT['AIRFLOW_HOME']}:uid=50000,mode=0700", "/tmp"]
    assert ENVIRONMENT["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"].startswith(ENVIRONMENT["AIRFLOW_HOME"])


@pytest.mark.parametrize("name", sorted(everywhere()))
def test_what_a_service_prints_fills_no_disk(name: str) -> None:
    logging = everywhere()[name]["logging"]
    assert logging == {"driver": "json-file", "options": {"max-size": "10m", "max-file": "5"}}


def test_the_version_is_the_same_everywhere() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["serviceportal"]["version"]
    images = {one["image"] for one in everywhere().values() if one["image"].startswith("serviceportal")}
    assert images == {f"serviceportal:{version}"}
    released = re.findall(r"^## (\S+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert released[0] == "Unreleased" or released[0] == version
    assert version in released


def test_the_build_sees_only_what_the_image_needs() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    assert ignored[-2:] == ["config/production.yaml*", "config/test.yaml*"]  # an image holds nobody's settings
    assert {line[1:] for line in ignored if line.startswith("!")} == {*image_folders(), "requirements.txt"}


def test_variables_are_filled_in_as_compose_does() -> None:
    text = 'a ${NAME:?see there} ${SIZE:-4} $${NAME} "$$HOME"'
    assert resolve(text, {"NAME": "x"}) == 'a x 4 ${NAME} "$HOME"'
    with pytest.raises(KeyError, match="NAME"):
        resolve(text, {})


def test_the_sandbox_answers_where_an_unencrypted_address_may_lead_in_every_service_that_calls_it() -> None:
    doors = read_compose("docker-compose.demo.yaml")["services"]
    assert {door["network_mode"] for door in doors.values()} == {
        f"service:{name}" for name in ("worker", "triggerer", "api-server")
    }
    assert {tuple(door["command"]) for door in doors.values()} == {("python", "-m", "demo.door", "demo:8095")}
    addresses = re.findall(r'"host": "(http://[^"]+)"', ENV_EXAMPLE)
    assert [str(checked_address(address).origin()) for address in addresses] == ["http://127.0.0.1:8095"] * 2


def test_airflow_services_have_commands() -> None:
    for name in AIRFLOW:
        assert services(GIVEN)[name].command


def test_compose_accepts_the_file(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True).returncode:
        pytest.skip("no docker compose here")
    variables_file = tmp_path / "env"
    variables_file.write_text("".join(f"{name}=x\n" for name in GIVEN if name != "AIRFLOW_LISTEN"), encoding="utf-8")
    command = [docker, "compose", "--env-file", str(variables_file), "--profile", "demo", "config"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert set(yaml.safe_load(done.stdout)["services"]) == set(SERVICES)
