"""`make rules`: each rule of docs/rules.md with the tests that prove it; exit code 1 where one has none."""

import io
import re
import sys
from collections import defaultdict
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

RULES = Path(__file__).parent.parent / "docs" / "rules.md"


class Collector:
    """A pytest plugin that notes which tests carry which rule."""

    def __init__(self) -> None:
        self.tests: dict[str, list[str]] = defaultdict(list)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            name = item.nodeid.partition("[")[0]
            for rule in (str(rule) for mark in item.iter_markers("rule") for rule in mark.args):
                if name not in self.tests[rule]:
                    self.tests[rule].append(name)


def documented_rules() -> dict[str, str]:
    """Return rule → sentence, in the order of docs/rules.md."""
    return dict(re.findall(r"^- \*\*([ROE]\d+[a-c]?)\*\* (.+)$", RULES.read_text(encoding="utf-8"), re.MULTILINE))


def main() -> int:
    collector = Collector()
    output = io.StringIO()
    with redirect_stdout(output):
        ended = pytest.main(["--collect-only", "-qq"], plugins=[collector])
    if ended != pytest.ExitCode.OK:
        sys.stderr.write(output.getvalue()[-2_000:])
        return 1
    rules = documented_rules()
    table = Table(show_lines=False)
    for heading in ("rule", "what it says", "tests"):
        table.add_column(heading, overflow="fold")
    for rule, sentence in rules.items():
        table.add_row(rule, sentence, "\n".join(collector.tests[rule]) or "[red]none[/red]")
    Console(width=200).print(table)
    missing = [rule for rule in rules if not collector.tests[rule]]
    unknown = sorted(set(collector.tests) - set(rules))
    if missing or unknown:
        Console().print(f"without a test: {', '.join(missing) or 'none'}")
        Console().print(f"not in docs/rules.md: {', '.join(unknown) or 'none'}")
    return 1 if missing or unknown else 0


if __name__ == "__main__":
    sys.exit(main())
