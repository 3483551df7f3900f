"""The settings file: the example with its comments, in which answers take the place of what it proposes."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

READABLE: Final = 0o644
"""There is nothing secret in it, and in a container another user reads it."""


def filled(example: str, answers: Mapping[str, str]) -> str:
    """Return the example with answers in their places; what has no answer stays a comment.

    answers: setting, such as limits.requests_per_second → value as YAML
    """
    text = example
    for path, value in answers.items():
        names = [f"{'  ' * depth}{name}:" for depth, name in enumerate(path.split("."))]
        line = "\n".join(names) + f" {value}"
        place = r"\n".join(rf"(?:# )?{re.escape(name)}" for name in names)
        text, times = re.subn(rf"^{place} .*$", lambda _, line=line: line, text, count=1, flags=re.MULTILINE)  # type: ignore[misc]
        text += "" if times else f"{line}\n"
    return text


def write(path: Path, text: str) -> None:
    """Write a settings file as a whole or not at all; raises OSError."""
    unfinished = path.with_name(f".{path.name}.new")
    try:
        unfinished.write_text(text, encoding="utf-8")
        unfinished.chmod(READABLE)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
