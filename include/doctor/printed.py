"""Findings on the command line."""

import sys
from collections.abc import Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from include.doctor.examination import AREAS
from include.doctor.finding import SEVERITIES, Finding, Severity
from include.vocabulary.texts import Language, Text

_STYLES: Final = {
    Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "cyan", Severity.OK: "green",
}  # fmt: skip
_COLUMNS: Final = (
    Text("", ""), Text("Wo", "Where"), Text("Was", "What"), Text("Was zu tun ist", "What to do"), Text("Wer", "Who"),
)  # fmt: skip
_CLEAN: Final = Text("{checks} Prüfungen, nichts, was schadet.", "{checks} checks, nothing that does harm.")


def show_findings(system: str, findings: Sequence[Finding], language: Language) -> None:
    """Print findings, area by area, the worst first; an area where nothing is wrong has a line that says so."""
    console = Console(width=None if sys.stdout.isatty() else 170)
    table = Table(title=f"doctor {system}", title_style="bold", header_style="bold", show_lines=True)
    for heading in _COLUMNS:
        table.add_column(heading.said(language), overflow="fold")
    for area in AREAS:
        mine = sorted((one for one in findings if one.area == area.name), key=lambda one: -one.severity)
        label = area.label.said(language)
        if not mine or mine[0].severity < Severity.WARNING:
            clean = _CLEAN.said(language, checks=len(area.checks))
            table.add_row(_severity(Severity.OK, language), label, clean, "", "")
        for one in mine:
            table.add_row(_severity(one.severity, language), *_row(one, language))
    with console.capture() as shown:  # rich would end the program itself where nobody reads on
        console.print(table, highlight=False)
    sys.stdout.write(shown.get())


def _severity(severity: Severity, language: Language) -> str:
    return f"[{_STYLES[severity]}]{SEVERITIES[severity].said(language)}[/]"


def _row(one: Finding, language: Language) -> tuple[str, ...]:
    texts = (one.where, one.what.said(language), one.remedy.said(language), one.who.value.said(language))
    return tuple(escape(text) for text in texts)
