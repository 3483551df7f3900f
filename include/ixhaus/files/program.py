"""Running a program on one file: as a group of its own, silently, and gone whatever happens."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


async def run_program(call: Sequence[str], folder: Path, seconds: float) -> int:
    """Run a program in a private folder, which is also its home, and return its exit status; nothing of it is left
    afterwards. Raises TimeoutError, and OSError if it cannot be started.
    """
    environment = {"HOME": str(folder), "TMPDIR": str(folder), "LANG": "C.UTF-8", "PATH": os.environ.get("PATH", "")}
    silent = subprocess.DEVNULL  # it would print paths
    # Between the start and the try nothing is awaited, so nobody can cancel there and leave the process behind.
    process = subprocess.Popen(
        call, cwd=folder, env=environment, stdin=silent, stdout=silent, stderr=silent, start_new_session=True
    )
    try:
        return await asyncio.to_thread(process.wait, seconds)
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
