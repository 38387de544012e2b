"""Many series in one: how the windows of each divide.

Every series is split by itself, in its own time; windows stand in the order of the series, and none reads across a seam.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.events import Preview
from rnn.core.series import Series
from rnn.core.windows import Split, Starts, split_windows

Array64 = NDArray[np.float64]

# Series left out that a sentence names.
MOST_NAMED = 5


class Predicted(Protocol):
    """Predictions for every window of a split, as a Preview has them."""

    @property
    def epoch(self) -> int: ...
    @property
    def train(self) -> Array64: ...
    @property
    def validation(self) -> Array64: ...
    @property
    def test(self) -> Array64 | None: ...


@dataclass(frozen=True)
class PanelSplit:
    """How the windows of many series in one divide. ids, lengths: of every series. splits: the split of each by itself, its
    records counted from its own first one; None for a series too short to give each part one window, which is left out of
    training.

    The starts count records over all series, and so do the windows' numbers over all windows of a part.
    """

    ids: tuple[str, ...]
    lengths: tuple[int, ...]
    splits: tuple[Split | None, ...]

    @property
    def any(self) -> Split:
        """One of the splits, for what they have in common."""
        return next(split for split in self.splits if split is not None)

    @property
    def rows(self) -> int:
        return sum(self.lengths)

    @property
    def window(self) -> int:
        return self.any.window

    @property
    def horizon(self) -> int:
        return self.any.horizon

    @property
    def gap(self) -> int:
        """Windows left out before each later part, in every series."""
        return self.any.gap

    @property
    def train(self) -> int:
        return len(self.train_starts)

    @property
    def validation(self) -> int:
        return len(self.validation_starts)

    @property
    def test(self) -> int:
        return len(self.test_starts)

    @cached_property
    def train_starts(self) -> Starts:
        """The first record of each training window."""
        return self._starts(lambda split: split.train_starts)

    @cached_property
    def validation_starts(self) -> Starts:
        return self._starts(lambda split: split.validation_starts)

    @cached_property
    def test_starts(self) -> Starts:
        return self._starts(lambda split: split.test_starts)

    @property
    def seen_rows(self) -> tuple[int, ...]:
        """Of each series the rows, from its first on, that training may see; all of those of a series left out."""
        return self._rows(lambda split: split.seen_rows)

    @property
    def scaler_rows(self) -> tuple[int, ...]:
        """Of each series the rows, from its first on, that its scaler is fitted on."""
        return self._rows(lambda split: split.scaler_rows)

    @property
    def left_out(self) -> tuple[str, ...]:
        """The ids of the series that are too short to train on."""
        return tuple(id_ for id_, split in zip(self.ids, self.splits, strict=True) if split is None)

    @property
    def trained(self) -> tuple[str, ...]:
        """The ids of the series that are trained on."""
        return tuple(id_ for id_, split in zip(self.ids, self.splits, strict=True) if split is not None)

    @property
    def sentence(self) -> str:
        """Which series are left out and why; empty where none is."""
        if not self.left_out:
            return ""
        named = [f"{id_!r} ({self.lengths[self.ids.index(id_)]})" for id_ in self.left_out[:MOST_NAMED]]
        more = len(self.left_out) - len(named)
        listed = ", ".join(named) + (f" and {more} more" if more else "")
        one = len(self.left_out) == 1
        return (
            f"{len(self.left_out)} of {len(self.ids)} series {'has' if one else 'have'} too few records to give each part one "
            f"window and {'is' if one else 'are'} left out of training: {listed}."
        )

    def of(self, id_: str) -> Split:
        """The split of one series by itself. Raises ValueError for one that there is not, or that is left out."""
        number = self._number(id_)
        split = self.splits[number]
        if split is None:
            raise ValueError(
                f"Series {id_!r} has {self.lengths[number]} records, too few to be trained on; there is no split of it."
            )
        return split

    def preview_of(self, preview: Predicted, id_: str) -> Preview:
        """The predictions for the windows of one series, to be drawn with `of(id_)` and `series.part(id_)`."""
        number, own = self._number(id_), self.of(id_)

        def cut(part: str) -> slice:
            first = sum(getattr(split, part) for split in self.splits[:number] if split is not None)
            return slice(first, first + getattr(own, part))

        test = None if preview.test is None else preview.test[cut("test")]
        return Preview(preview.epoch, preview.train[cut("train")], preview.validation[cut("validation")], test)

    def again(self, config: Config) -> PanelSplit:
        """The split of the same series with other settings."""
        return split_panel(config, self.lengths, self.ids)

    def _number(self, id_: str) -> int:
        if id_ not in self.ids:
            raise ValueError(f"id={id_!r} is not one of the {len(self.ids)} series.")
        return self.ids.index(id_)

    def _starts(self, starts_of: Callable[[Split], Starts]) -> Starts:
        return np.concatenate([first + starts_of(split) for _, first, split in each(self)])

    def _rows(self, rows_of: Callable[[Split], int]) -> tuple[int, ...]:
        return tuple(
            length if split is None else rows_of(split) for length, split in zip(self.lengths, self.splits, strict=True)
        )


AnySplit = Split | PanelSplit


def split_panel(config: Config, lengths: Sequence[int], ids: Sequence[str]) -> PanelSplit:
    """The split of many series, each by itself: a share of its own windows, or so many of each.

    Raises ValueError where none of them is long enough, with what the longest one lacks.
    """
    by_length: dict[int, Split | None] = {}
    for length in set(lengths):
        try:
            by_length[length] = split_windows(config, length)
        except ValueError:
            by_length[length] = None
    if not any(by_length.values()):
        longest = max(lengths)
        try:
            split_windows(config, longest)
        except ValueError as error:
            raise ValueError(
                f"None of the {len(ids)} series is long enough. {ids[list(lengths).index(longest)]!r} is the longest: {error}"
            ) from None
    return PanelSplit(tuple(ids), tuple(lengths), tuple(by_length[length] for length in lengths))


def split_series(config: Config, series: Series) -> AnySplit:
    """The split of a series, or of many in one. Raises ValueError saying what to change where nothing would be left."""
    if series.lengths:
        return split_panel(config, series.lengths, series.ids)
    return split_windows(config, len(series))


def each(split: AnySplit) -> Iterator[tuple[int, int, Split]]:
    """Of each series that is trained on its number, its first record and its split; a single series is number 0."""
    if isinstance(split, Split):
        yield 0, 0, split
        return
    firsts = itertools.accumulate(split.lengths, initial=0)
    for number, (first, own) in enumerate(zip(firsts, split.splits, strict=False)):
        if own is not None:
            yield number, first, own
