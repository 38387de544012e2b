"""A report as one HTML file: words, tables and charts, with all that it needs inside, so that it opens anywhere.

Nothing in it is loaded from elsewhere. All texts are taken for text: a column called <script> shows as such (Jinja escapes what
it fills in, and the charts' numbers stand in JSON without an angle bracket). It follows the reader's light or dark scheme, and
prints in black on white. The drawing library, most of the file's 5 MB, is there once; where scripts are off, the words and
tables still say everything.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go
    from jinja2 import Template

_HERE = Path(__file__).parent
SHORT = 20  # letters


@dataclass(frozen=True)
class Words:
    """A paragraph. tone: "" or "good", "middling", "bad": a box in that colour."""

    text: str
    tone: str = ""
    kind: str = field(default="words", init=False)


@dataclass(frozen=True)
class Rows:
    """A table. headings: one a column; rows: cells as they shall read; numbers are set flush right. caption: what it shows."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    kind: str = field(default="rows", init=False)

    @property
    def flush(self) -> list[bool]:
        """Whether each column holds numbers alone."""
        return [all(_is_number(row[k]) for row in self.rows) for k in range(len(self.headings))]

    @property
    def short(self) -> list[bool]:
        """Whether each column's cells fit on one line anywhere."""
        return [all(len(row[k]) <= SHORT for row in self.rows) for k in range(len(self.headings))]


@dataclass(frozen=True, eq=False)
class Chart:
    """A figure, and the same in words. height: pixels."""

    figure: go.Figure
    words: str
    height: int = 400
    kind: str = field(default="chart", init=False)

    @property
    def key(self) -> int:
        """Tells it from other charts of the report."""
        return id(self)


@dataclass(frozen=True)
class Verbatim:
    """Text in which every letter counts: a command, a listing."""

    text: str
    kind: str = field(default="verbatim", init=False)


Part = Words | Rows | Chart | Verbatim


@dataclass(frozen=True, eq=False)
class Section:
    title: str
    parts: Sequence[Part]


def report_html(title: str, subtitle: str, sections: Sequence[Section]) -> str:
    """The file's text. Sections without parts are left out."""
    from plotly.offline import get_plotlyjs

    shown = [section for section in sections if section.parts]
    charts = [part for section in shown for part in section.parts if isinstance(part, Chart)]
    return _template().render(
        title=title, subtitle=subtitle, sections=shown, numbers={chart.key: k for k, chart in enumerate(charts)},
        figures=[_json(chart.figure) for chart in charts], plotly=get_plotlyjs() if charts else "",
        style=(_HERE / "report.css").read_text(encoding="utf-8"), script=(_HERE / "report.js").read_text(encoding="utf-8"),
    )  # fmt: skip


def _json(figure: go.Figure) -> str:
    """The figure for a script: no sign in it could end the script. Colours of page and text are the reader's."""
    plain = json.loads(figure.to_json())
    plain["layout"].pop("template", None)
    text = json.dumps(plain, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined  # here: it is needed for reports alone

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((_HERE / "report.html").read_text(encoding="utf-8"))


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "").removesuffix("%").strip() or "x")
    except ValueError:
        return cell in ("–", "")
    return True
