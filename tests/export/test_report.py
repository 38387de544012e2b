"""The report's file: whole, safe with any text, and asking nobody for anything."""

from __future__ import annotations

import json
import re

import numpy as np
import plotly.graph_objects as go
import pytest
from plotly.offline import get_plotlyjs

from rnn.export.report import Chart, Rows, Section, Verbatim, Words, report_html
from tests.export.opened_report import Opened

HOSTILE = [
    "<script>alert(1)</script>", "</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\" onload=\"alert(1)",
    "{{ 7 * 7 }}", "{% raw %}", "]]>", "<!--", "</style><style>*{display:none}", "&lt;b&gt;", "a\u2028b", "javascript:alert(1)",
]  # fmt: skip


def figure(name: str = "sales", values: object = (1.0, 2.0)) -> go.Figure:
    return go.Figure(
        {"type": "scatter", "y": np.array(values), "name": name}, {"template": "none", "title": {"text": name}}
    )


def report(text: str = "words") -> str:
    parts = [Words(text, "good"), Rows((text, "n"), [(text, "1")], text), Verbatim(text), Chart(figure(text), text)]
    return report_html(text, text, [Section(text, parts), Section("empty", [])])


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_text(text):
    plain, hostile = Opened(report()), Opened(report(text))
    assert hostile.elements == plain.elements, "the text made elements of its own"
    assert hostile.loads == [] and hostile.handlers == []
    # Title, first heading, subtitle, link, heading, paragraph, caption, column, cell, listing, and the chart in words.
    assert hostile.text.count(" ".join(text.split())) == 11
    assert hostile.charts == [text]
    assert len(hostile.scripts) == len(plain.scripts) == 2
    assert hostile.styles == plain.styles


@pytest.mark.parametrize("text", HOSTILE)
def test_the_charts_numbers_come_through_any_text(text):
    script = Opened(report(text)).scripts[1]
    assert "<" not in script.split("\nconst colour")[0].replace("\n//", "")
    found, _ = json.JSONDecoder().raw_decode(script, script.index("[") + 1)
    assert found["data"][0]["name"] == text and found["layout"]["title"]["text"] == text
    assert "template" not in found["layout"]


def test_there_is_one_copy_of_the_drawing_library():
    parts = [Chart(figure(values=(k, k)), f"chart {k}") for k in range(5)]
    html = report_html("t", "s", [Section("a", parts[:2]), Section("b", parts[2:])])
    assert html.count(get_plotlyjs()[:2000]) == 1
    assert len(html) < len(get_plotlyjs()) + 100_000
    assert re.findall(r'id="chart-(\d)"', html) == list("01234")


def test_without_charts_there_is_no_script():
    opened = Opened(report_html("t", "s", [Section("a", [Words("only words")])]))
    assert opened.scripts == [] and "only words" in opened.text


def test_nothing_is_loaded_from_elsewhere():
    opened = Opened(report())
    assert opened.loads == []
    assert "link" not in opened.elements and "img" not in opened.elements and "iframe" not in opened.elements
    assert not any("url(" in style or "@import" in style for style in opened.styles)
    assert "default-src 'none'" in report(), "and a browser is told to refuse what would be"
    assert "fetch(" not in opened.scripts[1] and "import(" not in opened.scripts[1]


def test_numbers_stand_flush_right_and_words_do_not():
    rows = Rows(("name", "n", "share", "mixed"), [("a", "1,234", "12%", "1"), ("b", "–", "-3.5", "x")])
    assert rows.flush == [False, True, True, False]
    assert Rows(("a",), []).flush == [True]
