"""The tests of rules, vocabulary and settings start at once: with neither Airflow nor the sandbox portal."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LIGHT = ("tests/rules", "tests/vocabulary", "tests/settings")
SOME = "test_objects or test_reasons or shipped"
"""Which of them are run; all are imported."""
HEAVY = ("airflow", "fastapi", "demo.portal", "tests.sandbox")
PROGRAM = f"""
import sys, pytest
code = pytest.main(["-q", "-p", "no:xdist", "-p", "no:cacheprovider", *sys.argv[1:]])
print("heavy:", *[name for name in {HEAVY!r} if name in sys.modules])
sys.exit(code)
"""


def test_light_tests_import_neither_airflow_nor_the_portal() -> None:
    command = [sys.executable, "-c", PROGRAM, *LIGHT, "-k", SOME]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].split() == ["heavy:"]
