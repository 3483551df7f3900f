"""The sample has settings of its own; what is for a real portal goes by those of the installation."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ASKED = """
import sys
from pathlib import Path
from demo import embedded
embedded._set_environment(Path(sys.argv[1]), sys.argv[2])
from include.settings import config_folder
print(config_folder())
"""


@pytest.mark.parametrize(
    ("command", "folder"),
    [("note", "demo/config"), ("protocol", "demo/config"), ("keys", "config"), ("setup", "config")],
)
def test_the_sample_runs_by_its_own_settings_and_keys_are_for_a_real_portal(
    tmp_path: Path, command: str, folder: str
) -> None:
    plain = {name: value for name, value in os.environ.items() if name != "SERVICEPORTAL_CONFIG"}
    asked = [sys.executable, "-c", ASKED, str(tmp_path), command]
    said = subprocess.run(asked, env=plain, capture_output=True, text=True, check=True).stdout
    assert said.strip() == str(ROOT / folder)
