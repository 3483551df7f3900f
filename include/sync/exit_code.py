"""How a command ends whose work may fail with a sentence."""

import sys
from collections.abc import Callable


def exit_code(command: Callable[[], int | None], of: str = "") -> int:
    """Return the exit code of a command; 1 with the sentence of an error that has one, and what it is about."""
    try:
        return command() or 0
    except Exception as error:
        from include.sync.steps import logged  # seconds of imports, which a command that goes well does not need

        if not (sentence := logged(error)):
            raise
        sys.stderr.write(f"{of and f'{of}: '}{sentence}\n")
        return 1
