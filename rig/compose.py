"""docker-compose.yaml as data: what its services are, and what they become with given variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).parents[1]
_VARIABLE: Final = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<text>[^}]*))?\})")


@dataclass(frozen=True)
class Service:
    """One service with its variables filled in."""

    command: list[str]
    environment: dict[str, str]
    healthcheck: list[str]


def read_compose(name: str = "docker-compose.yaml") -> dict[str, Any]:
    """A file as it stands, anchors merged."""
    content: dict[str, Any] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))
    return content


def variables() -> dict[str, bool]:
    """Variable → whether the file insists on it (`:?`)."""
    found: dict[str, bool] = {}
    text = (ROOT / "docker-compose.yaml").read_text(encoding="utf-8")
    for line in text.splitlines():
        for match in _VARIABLE.finditer(line.partition(" #")[0]):
            if name := match["name"]:
                found[name] = found.get(name, False) or match["kind"] == "?"
    return found


def resolve(text: str, given: Mapping[str, str]) -> str:
    """Fill variables in as Compose does; raises KeyError for one that is required and not given."""

    def replace(match: re.Match[str]) -> str:
        if match["escaped"]:
            return "$"
        value = given.get(match["name"], "")
        if value or match["kind"] != "?":
            return value or (match["text"] or "")
        raise KeyError(match["name"])

    return _VARIABLE.sub(replace, text)


def services(given: Mapping[str, str]) -> dict[str, Service]:
    """All services with `given` filled in."""
    return {
        name: Service(
            command=[resolve(part, given) for part in service.get("command", [])],
            environment={key: resolve(str(value), given) for key, value in service["environment"].items()},
            healthcheck=_as_command([resolve(part, given) for part in service.get("healthcheck", {}).get("test", [])]),
        )
        for name, service in read_compose()["services"].items()
    }


def image_folders() -> list[str]:
    """The folders of the checkout that the image holds."""
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    copied = [line.split()[-2] for line in lines if line.startswith("COPY ")]
    return [name for name in copied if (ROOT / name).is_dir()]


def _as_command(test: list[str]) -> list[str]:
    if test[:1] == ["CMD-SHELL"]:
        return ["sh", "-c", *test[1:]]
    return test[1:]
