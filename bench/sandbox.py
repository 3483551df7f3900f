"""The sandbox portal on a free port, for what is measured against more than a plain server."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.unchanged import ROOT


@contextmanager
def portal(home: Path) -> Iterator[str]:
    """Serve the sandbox portal of sandbox.db in `home` while the block runs; yields its address."""
    ready = home / "sandbox.ready"
    command = [sys.executable, "-m", "demo.portal", "--port", "0", "--db", str(home / "sandbox.db")]
    process = subprocess.Popen([*command, "--ready-file", str(ready)], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        while not ready.exists():
            if process.poll() is not None:
                raise RuntimeError("the sandbox portal did not start")
            time.sleep(0.02)
        yield ready.read_text(encoding="utf-8").strip()
    finally:
        process.terminate()
        process.wait(10)
