"""The loss curve of the selected run, small."""

from __future__ import annotations

from pages.runs.results import Results
from rnn.runs.records import Run
from rnn.ui.figures import alt_loss, loss_figure
from rnn.ui.live_chart import live_chart

HEIGHT = 300


def draw(run: Run, results: Results) -> None:
    curves = (results.epochs, results.train, results.val)
    figure = loss_figure(*curves, log=True, unit=results.unit.axis, best_epoch=run.best_epoch)
    words = alt_loss(*curves, unit=results.unit.axis, best_epoch=run.best_epoch)
    live_chart(figure, key="runs_curve", identity=run.id, alt=words, height=HEIGHT)
