"""Bars as SVG, by hand: readable on light and on dark pages, and without anything that draws."""

from collections.abc import Mapping
from html import escape

from bench.peers.figures import OURS

WIDTH, LEFT, RIGHT, ROW, TOP = 720, 190, 80, 30, 44
STYLE = """text { font: 14px system-ui, sans-serif; fill: #24292f } .title { font-weight: 600 }
.bar { fill: #8c959f } .ours { fill: #0969da } .back { fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .bar { fill: #6e7681 } .ours { fill: #4493f8 } .back { fill: #0d1117 } }"""


def bars(title: str, values: Mapping[str, float], form: str) -> str:
    """Return a chart with a bar for each name.

    form: how a value is written beside its bar, for str.format
    """
    height, most = TOP + ROW * len(values) + 10, max([*values.values(), 0]) or 1
    rows = [
        _row(TOP + ROW * place, name, (WIDTH - LEFT - RIGHT) * value / most, form.format(value))
        for place, (name, value) in enumerate(values.items())
    ]
    label = escape(f"{title}: " + ", ".join(f"{name} {form.format(value)}" for name, value in values.items()))
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{label}">',
        f"<style>{STYLE}</style>",
        f'<rect class="back" width="{WIDTH}" height="{height}" rx="6"/>',
        f'<text class="title" x="12" y="26">{escape(title)}</text>',
        *rows,
        "</svg>\n",
    ])  # fmt: skip


def _row(top: float, name: str, length: float, said: str) -> str:
    kind = "bar ours" if name == OURS else "bar"
    return (
        f'<text x="{LEFT - 10}" y="{top + 17}" text-anchor="end">{escape(name)}</text>'
        f'<rect class="{kind}" x="{LEFT}" y="{top + 3}" width="{max(length, 1):.1f}" height="20" rx="3"/>'
        f'<text x="{LEFT + max(length, 1) + 8:.1f}" y="{top + 17}">{escape(said)}</text>'
    )
