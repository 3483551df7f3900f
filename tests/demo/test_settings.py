"""The sample has settings of its own; what is for a real portal goes by those of the installation."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ASKED = """
import sys
from pathlib import Path
from demo import embedded
embedded._set_environment(Path(sys.argv[1]), sys.argv[2])
from include.settings import load_settings
print(load_settings("production").active)
"""


@pytest.mark.parametrize(("command", "is_on"), [("note", "True"), ("protocol", "True"), ("keys", "False")])
def test_the_sample_runs_by_its_own_settings_and_keys_are_for_a_real_portal(
    tmp_path: Path, command: str, is_on: str
) -> None:
    plain = {name: value for name, value in os.environ.items() if name != "SERVICEPORTAL_CONFIG"}
    asked = [sys.executable, "-c", ASKED, str(tmp_path), command]
    said = subprocess.run(asked, env=plain, capture_output=True, text=True, check=True).stdout
    assert said.split()[-1] == is_on
