"""What can be studied: the long computations that a worker takes from the queue beside runs.

A kind yields a Step after each piece of work and at last its result as bytes, which whoever asked knows how to read. It
asks `stop` as often as it can; after a yes it ends without a result. What a kind computes with is imported when it is first
asked for: a worker that only trains needs none of it, and starts faster.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from rnn.core.config import Config
from rnn.core.series import Series

if TYPE_CHECKING:
    from rnn.forecast.progress import Step

Request = Mapping[str, Any]
Compute = Callable[[Request, Callable[[str], Series], Callable[[], bool]], "Iterator[Step | bytes]"]


def _backtest(request: Request, series_of: Callable[[str], Series], stop: Callable[[], bool]) -> Iterator[Step | bytes]:
    """request: series_hash; networks {name: Config as JSON}; plan, the fields of Plan; and where they are not the defaults
    methods, levels, seeds and base (a Config as JSON). The result is read by `Backtest.from_bytes`."""
    from rnn.forecast.backtest import Backtest, Plan, backtest

    networks = {name: Config.from_json(text) for name, text in request["networks"].items()}
    options = {name: request[name] for name in ("methods", "levels", "seeds") if name in request}
    if request.get("base"):
        options["base"] = Config.from_json(request["base"])
    series = series_of(request["series_hash"])
    for item in backtest(networks, series, Plan(**request["plan"]), stop=stop, **options):
        yield item.to_bytes() if isinstance(item, Backtest) else item


def _auto(request: Request, series_of: Callable[[str], Series], stop: Callable[[], bool]) -> Iterator[Step | bytes]:
    """request: series_hash; horizon, or None for the rule's; fixed, the fields of Config that the user has set. The result
    is read by `Auto.from_bytes`."""
    from rnn.forecast.auto import Auto, auto

    series = series_of(request["series_hash"])
    for item in auto(series, request.get("horizon"), fixed=request.get("fixed") or None, stop=stop):
        yield item.to_bytes() if isinstance(item, Auto) else item


KINDS: dict[str, Compute] = {"backtest": _backtest, "auto": _auto}
