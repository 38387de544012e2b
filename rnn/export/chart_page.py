"""A chart as a small HTML page, which finds the drawing library in a file beside it: many pages, one library, no internet."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import plotly.graph_objects as go

LIBRARY = "plotly.min.js"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 72rem; padding: 0 1rem }}
body {{ background: #fff; color: #222 }}
#chart {{ height: 30rem }}
</style>
<script src="{library}"></script>
</head>
<body>
<h1>{title}</h1>
<div id="chart" role="img" aria-label="{words}"></div>
<p>{words}</p>
<script>
const figure = {figure};
Plotly.newPlot("chart", figure.data, figure.layout, {{responsive: true, displaylogo: false}});
</script>
</body>
</html>
"""


def library() -> bytes:
    """What has to lie beside the pages, as `LIBRARY`."""
    from plotly.offline import get_plotlyjs  # here: a script that draws nothing does without it

    return get_plotlyjs().encode()


def chart_page(title: str, figure: go.Figure, words: str) -> bytes:
    """The page. words: the chart's content for who does not see it; below it they stand for everybody."""
    text = json.dumps(json.loads(figure.to_json()), separators=(",", ":"))
    # No sign in a name could end the script.
    text = text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    page = _PAGE.format(title=html.escape(title), words=html.escape(words), figure=text, library=LIBRARY)
    return page.encode()
