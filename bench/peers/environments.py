"""The peers' environments, made once each below bench/.peers from requirements with hashes, and kept."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parent / ".peers"


def requirements(name: str) -> Path:
    return HERE / f"requirements-{name}.txt"


def python_of(name: str) -> str:
    """Return the Python of a peer's environment, which is made anew where other versions are asked for by now."""
    home, wanted = FOLDER / name, requirements(name).read_text(encoding="utf-8")
    python, made_from = home / "bin" / "python", home / "made-from.txt"
    if not made_from.exists() or made_from.read_text(encoding="utf-8") != wanted:
        print(f"{name}: installing into {home.relative_to(HERE.parent.parent)}, once ...", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        options = ["--quiet", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([python, "-m", "pip", "install", *options, "-r", requirements(name)], check=True)
        made_from.write_text(wanted, encoding="utf-8")
    return str(python)


def version_of(name: str, package: str) -> str:
    """Return which version of a package a peer's environment is made from."""
    lines = requirements(name).read_text(encoding="utf-8").splitlines()
    return next(line.split("==")[1].split()[0] for line in lines if line.startswith(f"{package}=="))
