"""Numbers, shares and moments as the report writes them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rnn.ui.wording import number_in_words


def number(value: Any) -> str:
    """Whole ones whole, others with four significant digits; a dash for nothing."""
    if isinstance(value, int | np.integer):
        return f"{int(value):,}"
    return number_in_words(None if value is None else float(value))


def percent(share: float) -> str:
    return f"{share:.0%}" if np.isfinite(share) else "–"


def moment(time: Any) -> str:
    """A date without its midnight, a time without idle seconds, or a record's number."""
    if isinstance(time, np.datetime64 | pd.Timestamp):
        text = str(pd.Timestamp(time).to_datetime64().astype("datetime64[s]"))
        return text[:10] if text.endswith("T00:00:00") else text.removesuffix(":00").replace("T", " ")
    return f"{time:,.10g}"
