"""Runs a command; writes what it took into a file. A small process of its own, because Linux counts what a process is
started from among its peak memory.

    python spent.py <file> <command> …
"""

import json
import resource
import subprocess
import sys
import time
from pathlib import Path

if __name__ == "__main__":
    began = time.perf_counter()
    code = subprocess.run(sys.argv[2:], check=False).returncode
    seconds = time.perf_counter() - began
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    Path(sys.argv[1]).write_text(json.dumps({"seconds": seconds, "peak_mb": peak_mb, "code": code}), encoding="utf-8")
