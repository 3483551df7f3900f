"""`make doctor` on the sample, from nothing: no warning, no error."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from tests.sandbox import ROOT


def test_make_doctor_on_the_sample_is_green(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    ours = ("AIRFLOW", "SERVICEPORTAL")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    environment |= {"AIRFLOW_HOME": str(tmp_path / "home"), "SANDBOX_PORT": str(port)}
    command = [sys.executable, "-m", "demo.embedded", "doctor", "production", "--language", "de"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("nichts, was schadet") == 6
    assert "Fehler" not in done.stdout
    assert "Warnung" not in done.stdout
