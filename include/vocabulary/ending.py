"""How a command on the command line ends, whichever room it belongs to."""

import os
import select
import sys
from collections.abc import Callable


def to_its_end(command: Callable[[], int]) -> int:
    """Run a command and return its exit code; it ends silently where Ctrl-C breaks it off, where nobody answers its
    question, or where nobody reads on.

    `head`, for example, reads its lines and goes.
    """
    try:
        code = command()
        sys.stdout.flush()
    except (KeyboardInterrupt, EOFError):
        return 130
    except BrokenPipeError:
        reader = select.poll()
        reader.register(sys.stdout, select.POLLERR)
        if not reader.poll(0):  # it was another pipe
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python writes when it ends
        return 0
    return code
