"""The database's clock, for what processes on several machines compare: whose worker has been silent, and for how long.

By their own clocks a server that is some seconds ahead would take the workers of all others for dead. What only tells people
when something happened is written by the writer's clock.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class seconds_now(FunctionElement[float]):
    """Seconds since 1970, UTC, at this moment, within a statement."""

    type = Double()
    inherit_cache = True


@compiles(seconds_now)
def _of_sqlite(_element: seconds_now, _compiler: Any, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(seconds_now, "postgresql")
def _of_postgres(_element: seconds_now, _compiler: Any, **_: Any) -> str:
    # Not now(): that is the moment at which the transaction began, which may have waited for a lock since.
    return "CAST(extract(epoch FROM clock_timestamp()) AS DOUBLE PRECISION)"
