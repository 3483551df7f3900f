"""The two lock files: every package has one version and its hashes, the same in both, and nobody installs without."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).parents[1]
LOCKS: Final = ("requirements.txt", "requirements-dev.txt", "ops/s3/requirements.txt")
each_lock = pytest.mark.parametrize("name", LOCKS)


def locked(name: str) -> dict[str, tuple[str, set[str]]]:
    """Package with marker → version and hashes."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        if line and not line.lstrip().startswith("#"):
            package, version = re.match(r"([\w.\[\],-]+)==(\S+) ", line).groups()  # type: ignore[union-attr]
            marker = re.search(r" ; (.*?) +--hash", line)
            key = f"{package.partition('[')[0]} {marker[1] if marker else ''}"
            found[key] = version, set(re.findall(r"--hash=sha256:([0-9a-f]{64})\b", line))
    return found


def declared(name: str) -> list[str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-c"))]


@each_lock
def test_every_package_has_a_version_and_hashes(name: str) -> None:
    assert len(locked(name)) > 50
    assert [package for package, (_, hashes) in locked(name).items() if not hashes] == []


def test_both_files_agree_on_what_both_hold() -> None:
    run, check, store = (locked(name) for name in LOCKS)
    assert {name: check[name] for name in store.keys() & check.keys()} == {
        name: store[name] for name in store.keys() & check.keys()
    }
    check |= store
    assert {package: run[package] for package in run.keys() & check.keys()} == {
        package: check[package] for package in run.keys() & check.keys()
    }
    versions: dict[str, set[str]] = {}
    for package, (version, _) in run.items():
        versions.setdefault(package.partition(" ")[0], set()).add(version)
    theirs = [(package.partition(" ")[0], version) for package, (version, _) in check.items()]
    assert [one for one, version in theirs if version not in versions.get(one, {version})] == []


@each_lock
def test_what_is_declared_is_locked(name: str) -> None:
    names = {package.partition(" ")[0] for package in locked(name)}
    source = declared(name.replace(".txt", ".in"))
    wanted = [re.split(r"[\s=<>!~\[]", line, maxsplit=1)[0] for line in source]
    assert wanted == sorted(set(wanted))
    assert set(wanted) <= names


def test_nothing_is_installed_from_the_lock_without_its_hashes() -> None:
    for name in ("Makefile", "Dockerfile", "ops/s3/Dockerfile"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        installing = [line for line in lines if re.search(r"\binstall\b.* -r \S*requirements", line)]
        assert installing
        assert [line for line in installing if "--require-hashes" not in line] == []
