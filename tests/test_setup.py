"""`make setup`: typed answers, on a real terminal and in process, to a file that a run takes."""

import json
import os
import re
import select
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from demo.ixhaus import build_sample
from include import commands
from include.settings import REQUIRED_WHEN_ACTIVE, load_settings
from include.setup.questions import QUESTIONS
from include.vocabulary.texts import Language
from tests.sandbox import KEY, SECRET, SandboxProcess
from tests.vocabulary.foreign import foreign_words

pytestmark = [pytest.mark.airflow, pytest.mark.usefixtures("airflow_db")]
ON_TERMINAL = """
import os, sys
os.open(os.ttyname(0), os.O_RDWR)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""The first terminal that the leader of a session opens is where its Ctrl-C and its hidden entries come from."""


class Terminal:
    """`setup production` on a pseudo-terminal, seen by whoever sits there."""

    def __init__(self, folder: Path, connection: str) -> None:
        self._master, slave = os.openpty()
        command = [sys.executable, "-c", ON_TERMINAL, "-m", "include.commands", "setup", "production"]
        environment = {**os.environ, "SERVICEPORTAL_CONFIG": str(folder), "COLUMNS": "200", "TERM": "dumb"}
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env=environment | {"AIRFLOW_CONN_IXHAUS_PRODUCTION": connection},
        )  # fmt: skip
        os.close(slave)
        self.shown = ""

    def type(self, after: str, text: str) -> None:
        """Wait until something stands at the end of what is shown, then type."""
        self._read(lambda: self.shown.rstrip().endswith(after))
        os.write(self._master, text.encode())
        self.shown += "\n"

    def break_off(self, after: str) -> int:
        """Wait for a question and press Ctrl-C; what comes before the question is being read is not heard, so again."""
        self.type(after, "\x03")
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        if self._process.returncode is None:
            os.write(self._master, b"\x03")
        return self.ended()

    def ended(self) -> int:
        self._read(lambda: False)
        os.close(self._master)
        return self._process.wait(30)

    def _read(self, seen: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 90
        with suppress(OSError):  # that is how a terminal ends
            while not seen():
                assert time.monotonic() < deadline, self.shown
                if select.select([self._master], [], [], 1)[0]:
                    if not (piece := os.read(self._master, 4096)):
                        return
                    self.shown += piece.decode(errors="replace")


@pytest.fixture(scope="module")
def ixhaus(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ixhaus") / "ixhaus.db"
    build_sample(path, persons=60)
    return json.dumps({"conn_type": "sqlite", "host": str(path)})


@pytest.fixture
def no_keys_left() -> Iterator[None]:
    yield
    from airflow.models.connection import Connection
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    with create_session() as session:
        session.execute(delete(Connection).where(Connection.conn_id == "casavi_production"))


@pytest.mark.rule("R9", "R10")
@pytest.mark.usefixtures("no_keys_left")
def test_on_a_terminal_each_answer_is_checked_at_once_and_the_doctor_looks_at_the_end(
    tmp_path: Path, ixhaus: str, sandbox: SandboxProcess
) -> None:
    first = Terminal(tmp_path, ixhaus)
    first.type("(make keys):", "\n")
    assert first.break_off("properties:") == 130
    assert "Broken off; nothing is written." in first.shown
    assert list(tmp_path.iterdir()) == []

    again = Terminal(tmp_path, ixhaus)
    again.type("(make keys):", "http://portal.example\n")
    again.type("(make keys):", f"{sandbox.api}\n")
    again.type("properties:", "100-\n")
    again.type("properties:", "100-129, 200\n")
    again.type("person_types:", "Mietr\n")
    again.type("(n):", "n\n")
    again.type("person_types:", "Mieter, Eigentümer\n")
    again.type("lead_days:", "14\n")
    again.type("trail_days:", "\n")
    again.type("report_user:", "7\n")
    again.type("report_user:", "007\n")
    again.type("post_author:", "verwaltung\n")
    again.type("document_types:", "Abrechnung\n")
    for setting in ("without_time_filter:", "property_document_types:", "unit_document_types:", "user_teams:"):
        again.type(setting, "\n")
    again.type("requests_per_second:", "2.5\n")
    again.type("active [y/n] (n):", "y\n")
    again.type("API key:", f"{KEY}\n")
    again.type("API key again:", f"{KEY}\n")
    again.type("Secret:", f"{SECRET}\n")
    again.type("Secret again:", f"{SECRET}\n")
    assert again.ended() == 0
    shown = re.sub(r"\s+", " ", again.shown)
    for said in (
        "The address is not encrypted (http://)",
        'properties: "100-" is neither a property number nor a range; write for example "100-199, 250"',
        "Nobody in iX-Haus has these person types: Mietr.",
        'report_user: "7" is not a three-digit user number; write "007"',
        "In iX-Haus: Mieter (",
        "doctor production",
    ):
        assert said in shown
    assert SECRET not in again.shown
    assert "Stored as Airflow connection casavi_production" in shown

    settings = load_settings("production", tmp_path)
    given = {"active", "properties", "person_types", "portal_access_lead_days", "report_user", "post_author", "limits"}
    assert settings.model_fields_set == given | {"system", "document_types"}
    assert (settings.person_types, settings.report_user) == (("Mieter", "Eigentümer"), "007")
    assert (settings.portal_access_lead_days, settings.limits.requests_per_second) == (14, 2.5)
    assert "129" in settings.properties
    written = tmp_path / "production.yaml"
    assert "# Which documents go out to their recipients" in written.read_text(encoding="utf-8")
    assert stat.S_IMODE(written.stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["production.yaml"]


class Typist:
    """Answers prompts in turn, and then presses Ctrl-C."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path, *answers: str) -> None:
        self._answers = iter(answers)
        monkeypatch.setenv("SERVICEPORTAL_CONFIG", str(folder))
        monkeypatch.setattr("builtins.input", self.typed)
        monkeypatch.setattr(commands, "see_doctor", lambda *_: 0)

    def typed(self, _prompt: str = "") -> str:
        answer = next(self._answers, None)
        if answer is None:
            raise KeyboardInterrupt
        return answer


NOTHING = ["", *("" for one in QUESTIONS if not one.is_optional), "n"]
"""No address, no answers, off."""


def test_ctrl_c_at_any_question_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(len(NOTHING)):
        Typist(monkeypatch, tmp_path, *NOTHING[:number])
        assert commands.main(["setup", "production"]) == 130, number
        assert list(tmp_path.iterdir()) == [], number


def test_ctrl_c_while_keys_are_entered_leaves_the_settings_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typist = Typist(monkeypatch, tmp_path, "https://portal.example/v2", *NOTHING[1:])
    monkeypatch.setattr(commands, "getpass", typist.typed)
    assert commands.main(["setup", "production"]) == 130
    assert "make keys SYSTEM=production" in capsys.readouterr().err
    assert not load_settings("production", tmp_path).active


@pytest.mark.rule("R8")
def test_without_ixhaus_and_without_answers_a_file_is_written_that_is_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Typist(monkeypatch, tmp_path, *NOTHING)
    assert commands.main(["setup", "test"]) == 0
    assert "iX-Haus cannot be asked (ixhaus_test: " in capsys.readouterr().err
    settings = load_settings("test", tmp_path)
    assert settings.model_fields_set == {"system", "active", "post_author"}
    assert not settings.active


@pytest.mark.rule("R9")
def test_what_is_not_complete_is_not_switched_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Typist(monkeypatch, tmp_path, *NOTHING[:-1], "j")
    assert commands.main(["setup", "production", "--language", "de"]) == 0
    missing = ", ".join(name for name in REQUIRED_WHEN_ACTIVE if name != "post_author")
    said = re.sub(r"\s+", " ", capsys.readouterr().err)
    assert f"cannot be switched on while these are missing; add {missing}" in said
    assert "Objektbereich" in said
    assert not load_settings("production", tmp_path).active


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"LC_ALL": "de_DE.UTF-8", "LANG": "en_US.UTF-8"}, "Einstellungen für"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "de_AT.UTF-8"}, "Einstellungen für"),
        ({"LC_ALL": "", "LC_MESSAGES": "en_GB.UTF-8", "LANG": "de_DE.UTF-8"}, "Settings for"),
        ({"LC_ALL": "C.UTF-8"}, "Settings for"),
    ],
)
def test_it_speaks_as_the_terminal_does(
    variables: dict[str, str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    Typist(monkeypatch, tmp_path)
    assert commands.main(["setup", "production"]) == 130
    assert said in capsys.readouterr().err


@pytest.mark.rule("R10")
@pytest.mark.usefixtures("no_keys_left")
@pytest.mark.parametrize("language", ["de", "en"])
def test_the_key_pair_is_asked_for_and_confirmed_in_the_same_language(
    language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []

    def hidden(prompt: str) -> str:
        asked.append(prompt)
        return SECRET if "Secret" in prompt else KEY

    monkeypatch.setattr(commands, "getpass", hidden)
    Typist(monkeypatch, tmp_path, "https://portal.example/v2", *NOTHING[1:])
    assert commands.main(["setup", "production", "--language", language]) == 0
    shown = capsys.readouterr()
    assert "Hinterlegt als" in shown.out if language == "de" else "Stored as" in shown.out
    said = [*asked, *shown.out.splitlines(), *shown.err.splitlines()]
    assert [line for line in said if foreign_words(line, language)] == []


def test_a_file_that_is_there_is_replaced_only_if_that_is_wanted_and_stays_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "production.yaml"
    mine.write_text("active: false  # mine\n", encoding="utf-8")
    Typist(monkeypatch, tmp_path, "n")
    assert commands.main(["setup", "production"]) == 0
    assert mine.read_text(encoding="utf-8") == "active: false  # mine\n"
    Typist(monkeypatch, tmp_path, "y", *NOTHING)
    assert commands.main(["setup", "production"]) == 0
    assert "# mine" not in mine.read_text(encoding="utf-8")
    assert (tmp_path / "production.yaml.before").read_text(encoding="utf-8") == "active: false  # mine\n"


def test_where_the_folder_cannot_be_written_the_answers_are_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Typist(monkeypatch, tmp_path / "nowhere", *NOTHING)
    assert commands.main(["setup", "production"]) == 1
    said = capsys.readouterr()
    assert "cannot be written (no such file or directory)" in re.sub(r"\s+", " ", said.err)
    assert "\nactive: false\n" in said.out


def test_make_init_config_writes_what_is_not_there_and_touches_nothing_else(tmp_path: Path) -> None:
    root = Path(__file__).parents[1]
    (tmp_path / "config").mkdir()
    for name in ("production.example.yaml", "test.example.yaml"):
        (tmp_path / "config" / name).write_bytes((root / "config" / name).read_bytes())
    (tmp_path / "config" / "test.yaml").write_text("active: false  # mine\n", encoding="utf-8")
    command = ["make", "--no-print-directory", "-f", str(root / "Makefile"), "init-config"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "config/production.yaml is written: off; fill it in, docs/settings.md explains it",
        "config/test.yaml is there and stays as it is",
    ]
    assert load_settings("production", tmp_path / "config").active is False
    assert "# mine" in (tmp_path / "config" / "test.yaml").read_text(encoding="utf-8")
    assert stat.S_IMODE((tmp_path / "config" / "production.yaml").stat().st_mode) == 0o644
