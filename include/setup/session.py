"""From the first question to the doctor; whatever is broken off, nothing is left half."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.console import Console

from include.casavi.keys import KeyOrigin, key_pair
from include.settings import config_folder, validate_settings
from include.setup.questions import Dialogue
from include.setup.writing import filled, write
from include.vocabulary.texts import Language

BROKEN_OFF: Final = 130
"""As the shell says of a program that Ctrl-C has ended."""


def set_up(
    system: str,
    language: Language,
    enter_keys: Callable[[str, str, Language], int],
    see_doctor: Callable[[str, Language], int],
) -> int:
    """Ask for a system's first settings, write them, have the key pair entered and the doctor look.

    returns: 0 done; 1 the file cannot be written, and is printed; 130 broken off
    """
    file = config_folder() / f"{system}.yaml"
    dialogue = Dialogue(system, f"{file.parent.name}/{file.name}", language, Console(stderr=True))
    text = ""
    try:
        if file.exists() and not dialogue.confirmed("exists", file=dialogue.file, copy=_beside(file).name):
            dialogue.say("stays", file=dialogue.file)
            return 0
        dialogue.say("intro", file=dialogue.file)
        address = _address(dialogue)
        dialogue.ask_all()
        text = filled(_example(system), dialogue.answers)
        _write(file, text)
    except (KeyboardInterrupt, EOFError):
        dialogue.say("broken_off")
        return BROKEN_OFF
    except OSError as error:
        dialogue.say("not_written", file=dialogue.file, why=(error.strerror or type(error).__name__).lower())
        sys.stdout.write(text)
        return 1
    dialogue.say("written", file=dialogue.file)
    return _go_on(dialogue, address, enter_keys, see_doctor)


def _go_on(
    dialogue: Dialogue,
    address: str,
    enter_keys: Callable[[str, str, Language], int],
    see_doctor: Callable[[str, Language], int],
) -> int:
    try:
        while address and enter_keys(dialogue.system, address, dialogue.language):  # it says itself why it was refused
            pass
    except (KeyboardInterrupt, EOFError):
        dialogue.say("later", system=dialogue.system)
        return BROKEN_OFF
    see_doctor(dialogue.system, dialogue.language)
    return 0


def _address(dialogue: Dialogue) -> str:
    """Return the portal's address for a key pair that is to be entered, "" for none."""
    connection = validate_settings({"system": dialogue.system}, dialogue.file).portal_connection
    pair = key_pair(connection)
    if pair.origin in (KeyOrigin.STORED, KeyOrigin.ELSEWHERE):
        dialogue.say("pair", connection=connection, address=pair.address)
        return ""
    return dialogue.address()


def _example(system: str) -> str:
    """Return the example that every checkout and image has."""
    shipped = Path(__file__).parent.parent.parent / "config"
    return (shipped / f"{system}.example.yaml").read_text(encoding="utf-8")


def _write(file: Path, text: str) -> None:
    if file.exists():
        shutil.copy2(file, _beside(file))
    write(file, text)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.before")
