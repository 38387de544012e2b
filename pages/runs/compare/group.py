"""The runs that a comparison draws: up to six, each with its colour, and the baseline in grey."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import takewhile

from pages.race.current import Race
from pages.race.names import names_of
from rnn.runs.races import MOST_LANES
from rnn.runs.records import Run
from rnn.ui.figures.race import BESIDE
from rnn.ui.figures.style import shortened
from rnn.ui.wording import told_apart

MOST_DRAWN = MOST_LANES
LONGEST = 40  # letters of a name beside others


def group_of(runs: Sequence[Run], pinned: Run | None) -> Race:
    """They are drawn as the lanes of a race are; the baseline is one more lane, without a colour."""
    drawn = list(runs[:MOST_DRAWN])
    names = short_names([*drawn, *([pinned] if pinned else [])])
    lanes = list(range(len(drawn)))
    if pinned is not None:
        drawn, lanes = [*drawn, pinned], [*lanes, BESIDE]
        names[-1] = f"{names[-1]} (baseline)"
    return Race("runs:" + ",".join(run.id for run in drawn), tuple(drawn), tuple(lanes), tuple(names))


def short_names(runs: Sequence[Run]) -> list[str]:
    """No two alike: the runs' own names, or where several have the same one, what tells their settings apart."""
    names = [shortened(name, LONGEST) for name in without_beginning([run.name or run.id for run in runs])]
    if max(Counter(names).values(), default=1) > 1 and len({run.series_hash for run in runs}) == 1:
        apart = names_of([run.config for run in runs])
        counts = Counter(names)
        names = [shortened(other, LONGEST) if counts[own] > 1 else own for own, other in zip(names, apart, strict=True)]
    return list(told_apart({run.id: name for run, name in zip(runs, names, strict=True)}).values())


def without_beginning(names: Sequence[str]) -> list[str]:
    """Without the words that all of them begin with, where each has others left: a chart has room for a few letters."""
    words = [name.split(" ") for name in names]
    alike = takewhile(lambda column: len(set(column)) == 1, zip(*words, strict=False))
    shared = len(list(alike)) if len(names) > 1 else 0
    if not shared or any(len(one) <= shared for one in words):
        return list(names)
    return [" ".join(one[shared:]).lstrip("·:, ") or name for one, name in zip(words, names, strict=True)]
