"""The errors of the lesson's trainings by epoch, all on one chart."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from pages.lesson.attempt import BROKEN, MENDED, OWN
from rnn.runs.records import Run
from rnn.ui import run_history
from rnn.ui.figures.side_by_side import Course, alt_side_by_side, side_by_side_figure
from rnn.ui.kept import kept
from rnn.ui.live_chart import live_chart
from rnn.ui.run_history import Seen
from rnn.ui.thinning import thin

HEIGHT = 420
MOST_POINTS = 400
PLACES = {BROKEN: 0, MENDED: 1, OWN: 2}


def draw(runs: Mapping[str, Run]) -> None:
    seen = {name: run_history.seen(run) for name, run in runs.items()}
    first = next(iter(runs.values()))
    stamp = tuple((run.id, run.state, len(seen[name].epochs)) for name, run in runs.items())

    def picture() -> tuple[object, str]:
        courses = [_course(name, one) for name, one in seen.items()]
        naive = run_history.baselines(first)["naive"]
        shared = {"unit": seen[next(iter(seen))].unit.axis, "naive": naive}
        return side_by_side_figure(courses, **shared), alt_side_by_side(courses, **shared)

    figure, words = kept("lesson_curves", stamp, picture)
    live_chart(figure, key="lesson_curves", identity=first.id, alt=words, height=HEIGHT)


def _course(name: str, seen: Seen) -> Course:
    epochs = np.array([epoch.epoch for epoch in seen.history], dtype=np.int64)
    both = np.array([(epoch.train_rmse, epoch.val_rmse) for epoch in seen.history], dtype=np.float64).reshape(-1, 2)
    epochs, both = thin(epochs, both, MOST_POINTS)
    return Course(name, epochs, both[:, 0], both[:, 1], PLACES[name])
