"""A series without its test part: what a choice among settings may look at, since no choice is made by the test part."""

from __future__ import annotations

from dataclasses import replace

from rnn.core.config import Config
from rnn.core.panel import PanelSplit, split_series
from rnn.core.series import Series
from rnn.core.windows import Split


def before_test(series: Series, config: Config) -> Series:
    """The records before the first one that the test part of `config` predicts, of many series in one for each; all of them
    where there is no test part. Raises ValueError where the parts leave nothing to train on."""
    if not config.test:
        return series
    split = split_series(config, series)
    if not isinstance(split, PanelSplit):
        return _cut(series, split)
    # One that is too short for the parts is not trained on, so none of it is a test.
    cut = [one if own is None else _cut(one, own) for one, own in zip(series.apart(), split.splits, strict=True)]
    return Series.joined(cut, series.ids, series.name)


def _cut(series: Series, split: Split) -> Series:
    end = split.test_records.start
    return replace(series, times=series.times[:end], values=series.values[:end], future=None)
