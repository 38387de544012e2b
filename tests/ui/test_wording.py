"""Numbers and steps of time as the pages say them."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from rnn.ui.wording import escaped, frequency_in_words, told_apart


@pytest.mark.parametrize(
    ("alias", "words"),
    [
        ("MS", "every month"),
        ("BME", "every month"),
        ("W-SAT", "every week (SAT)"),
        ("2W-MON", "every 2 weeks (MON)"),
        ("30min", "every 30 minutes"),
        ("h", "every hour"),
        ("D", "every day"),
        ("B", "every business day"),
        ("QS-FEB", "every quarter"),
        ("BQE", "every quarter"),
        ("YE-JUN", "every year"),
        ("6MS", "every 6 months"),
        ("HYS", "every half-year"),
        ("250ms", "every 250 milliseconds"),
    ],
)
def test_a_frequency_in_words(alias: str, words: str) -> None:
    assert frequency_in_words(alias) == words


def test_an_alias_that_has_no_words_stands_as_it_is() -> None:
    assert frequency_in_words("C") == "C"
    assert frequency_in_words(pd.offsets.SemiMonthEnd().freqstr) == "SME-15"


def test_equal_labels_are_told_apart_by_their_keys():
    labels = {"run-aaaaaa": "sunspots, just now", "run-bbbbbb": "sunspots, just now", "run-cccccc": "nile, just now"}
    assert told_apart(labels) == {
        "run-aaaaaa": "sunspots, just now · aaaaaa",
        "run-bbbbbb": "sunspots, just now · bbbbbb",
        "run-cccccc": "nile, just now",
    }


@pytest.mark.parametrize("text", ["https://e.vil/x", "WWW.e.vil", "a@e.vil"])
def test_what_looks_like_an_address_becomes_no_link(text):
    shown = escaped(text).replace("\\", "")
    assert shown != text and shown.replace("\u2060", "") == text
    assert not re.search(r"(?i)https?://|www\.|[\w.]@", shown)
