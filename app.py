"""What `streamlit run app.py` (or `uvicorn app:app`) starts: the pages, a warm worker, and its end at shutdown."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent
if str(_ROOT) not in sys.path:
    sys.path.insert(0, str(_ROOT))  # the pages import each other from here, whatever folder the server was started in

import rnn  # first: it settles the number of BLAS threads before NumPy loads

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from rnn.export.tracking.companion import Companion
from rnn.runs.runner import runner, stop_runner
from rnn.runs.stand_in import TemporaryStore
from rnn.runs.store_trouble import STORE_ERRORS
from rnn.ui import store_notice
from rnn.ui.collector import set_modules_aside
from rnn.ui.plotly_asset import PLOTLY_ROUTE
from rnn.ui.store_notice import as_trouble
from rnn.ui.timed_redraws import TimedRedraws


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Warm a spare worker and the page Runs before the first click; end all workers, checkpointed, at shutdown. Beside them
    runs what tells runs to MLflow, where it was asked for."""
    await run_in_threadpool(runner)
    await run_in_threadpool(import_shelf)
    reading = asyncio.create_task(run_in_threadpool(read_shelf))
    companion = await run_in_threadpool(Companion(lambda: runner().store.url).start)
    yield {}
    await asyncio.wait([reading])  # whatever became of it, the workers are to be ended
    await run_in_threadpool(stop_runner)
    await run_in_threadpool(companion.stop)


def import_shelf() -> None:
    """What the page Runs imports when it is first opened would otherwise be a fifth of a second of the first click on it."""
    for name in ("details", "filters", "listing", "undo", "compare.section", "leave.arrive"):
        importlib.import_module(f"pages.runs.{name}")
    set_modules_aside()


def read_shelf() -> None:
    """The list of runs, which takes a third of a second where there are 10,000; it is read again only once it has changed."""
    with suppress(*STORE_ERRORS):  # the page says so
        importlib.import_module("pages.runs.listing").everyones(runner().store)


async def health(request: Request) -> JSONResponse:
    """For monitors: the server answers, and its store can be read; 503 with the reason where it cannot."""
    try:
        store = (await run_in_threadpool(runner)).store
        waiting = await run_in_threadpool(store.queue_length)
    except STORE_ERRORS as error:
        return JSONResponse({"status": "store", "reason": str(as_trouble(error))}, status_code=503)
    told = {"version": rnn.__version__, "runs_waiting": waiting}
    if isinstance(store, TemporaryStore):
        return JSONResponse({"status": "temporary store", "reason": str(store.trouble), **told}, status_code=503)
    return JSONResponse({"status": "ok", **told})


def show_trouble(error: Exception) -> bool:
    """A store that fails a button or a part of a page that redraws itself: a sentence, no traceback."""
    if not isinstance(error, STORE_ERRORS):
        return False
    store_notice.draw_trouble(error)
    return True


app = st.App(
    _ROOT / "pages" / "main.py",
    lifespan=lifespan,
    routes=[Route("/health", health, methods=["GET"]), PLOTLY_ROUTE],
    middleware=[Middleware(TimedRedraws)],
    on_script_error=show_trouble,
)
