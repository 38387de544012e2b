"""What the live charts load in the browser, served by this application itself: no CDN, no internet.

Mounted once with `st.App("…", routes=[PLOTLY_ROUTE])`. It serves Plotly's own build out of the plotly package, and
the chart's script. Each address contains a version or a digest of the content, so browsers keep it for good.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from plotly.offline import get_plotlyjs, get_plotlyjs_version
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

_PARTS = ("live_chart.js", "chart_buttons.js", "chart_handles.js")
_SCRIPT = b"\n".join(Path(__file__).with_name(name).read_bytes() for name in _PARTS)

ASSET_FOLDER = "unroll/charts"
PLOTLY_NAME = f"plotly-{get_plotlyjs_version()}.min.js"
SCRIPT_NAME = f"live-chart-{hashlib.blake2b(_SCRIPT, digest_size=6).hexdigest()}.js"


@cache
def _asset(name: str) -> tuple[bytes, bytes] | None:
    """The file as it is and gzipped, or None for a name that is not served; made once and kept (6 MB)."""
    if name == PLOTLY_NAME:
        content = get_plotlyjs().encode()
    elif name == SCRIPT_NAME:
        content = _SCRIPT
    else:
        return None
    return content, gzip.compress(content, compresslevel=6, mtime=0)


async def _serve(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in (PLOTLY_NAME, SCRIPT_NAME):
        return PlainTextResponse("There is no such chart file.", status_code=404)
    content, zipped = await run_in_threadpool(_asset, name)
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        content = zipped
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type="text/javascript", headers=headers)


# `before` is whatever stands in front, such as server.baseUrlPath: Streamlit does not put it before routes of ours.
PLOTLY_ROUTE = Route(f"/{{before:path}}{ASSET_FOLDER}/{{name}}", _serve, methods=["GET"])
