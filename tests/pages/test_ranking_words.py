"""What the ranking comes to, in one sentence: who leads, by how much, and whether chance may have done it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pages.forecast.ranking.words import said

COLUMNS = ["method", "label", "ours", "measure", "error", "noise"]


def table(*rows: tuple[str, bool, float, bool]) -> pd.DataFrame:
    """(method, ours, error, noise), the best first."""
    return pd.DataFrame(
        [(name, name.upper(), ours, "mae", error, noise) for name, ours, error, noise in rows], columns=COLUMNS
    )


def words(*rows: tuple[str, bool, float, bool]) -> tuple[str, str]:
    found = said(table(*rows))
    return found.kind, f"{found.headline}{found.rest}"


def test_a_network_that_leads_by_more_than_chance():
    kind, text = words(("net", True, 8.0, False), ("theta", False, 10.0, False), ("ridge", False, 12.0, False))
    assert kind == "best"
    assert text == (
        "NET is the best of 3: MAE 8.000, 20.0% less than THETA (10.00), and not by chance. RIDGE: 12.00, 50.0% above the "
        "network’s."
    )


def test_a_lead_within_noise_is_no_lead():
    kind, text = words(("net", True, 8.0, False), ("ridge", False, 8.1, True))
    assert kind == "level"
    assert text == (
        "NET is the best of 2: MAE 8.000, 1.2% less than RIDGE (8.100). That difference is within noise: next time either may "
        "be ahead."
    )


def test_a_network_that_is_not_better_is_said_to_be_none():
    rows = (
        ("theta", False, 8.0, False),
        ("ridge", False, 9.0, True),
        ("net", True, 10.0, False),
        ("naive", False, 20.0, False),
    )
    kind, text = words(*rows)
    assert kind == "behind"
    assert text.startswith("NET is not better than THETA: MAE 10.00 beside 8.000, 25.0% more error, and not by chance.")
    assert "Nor is it better than RIDGE." in text and "RIDGE: 9.000, 10.0% below the network’s." in text
    assert "NAIVE" not in text
    kind, text = words(rows[0], ("net", True, 8.2, True))
    assert kind == "level" and "2.5% more error, a difference within noise." in text


def test_the_same_error_is_not_better():
    kind, text = words(("naive", False, 8.0, False), ("net", True, 8.0, True))
    assert (kind, text) == ("level", "NET is not better than NAIVE: MAE 8.000, the same as NAIVE.")

    # Which of two equals stands first is the order of the rows alone.
    assert words(("net", True, 0.0, False), ("naive", False, 0.0, True)) == (
        "level", "NET is not better than NAIVE: MAE 0.0000, the same as NAIVE.",
    )  # fmt: skip


def test_where_every_forecast_is_exact_nothing_is_infinitely_worse():
    kind, text = words(("naive", False, 0.0, False), ("ridge", False, 0.0, True), ("net", True, 0.0, True))
    assert (kind, text) == ("level", "NET is not better than NAIVE: MAE 0.0000, the same as NAIVE and RIDGE.")


def test_an_exact_method_and_a_network_that_failed():
    kind, text = words(("naive", False, 0.0, False), ("net", True, 1.0, False))
    assert kind == "behind" and "MAE 1.000 beside none at all, and not by chance." in text
    kind, text = words(("naive", False, 1.0, False), ("net", True, np.nan, False))
    assert kind == "behind" and text.startswith("No network has a forecast in every fold, so none can be ranked")


def test_a_huge_difference_is_no_endless_percentage():
    text = words(("naive", False, 4.5, False), ("ridge", False, 9e8, True), ("net", True, 4.5e8, True))[1]
    assert "over a million times the error, a difference within noise" in text and "%" not in text.split("RIDGE")[0]
    assert "50 times the error" in words(("naive", False, 1.0, False), ("net", True, 50.0, False))[1]
