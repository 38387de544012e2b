"""The rows of the lanes: where each stands at this moment."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from pages.race.current import Race
from pages.race.names import differing_fields
from pages.race.seen import Seen
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.figures.race import swatch
from rnn.ui.wording import number_in_words, seconds_in_words

STATES = {
    "queued": "waiting", "running": "training", "paused": "paused", "interrupted": "interrupted", "done": "done",
    "early-stop": "stopped early", "stopped": "stopped", "diverged": "diverged", "failed": "failed",
}  # fmt: skip
_STYLE = """<style>
.race-rows { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.race-rows th, .race-rows td { padding: 0.25rem 0.6rem 0.25rem 0; text-align: right; white-space: nowrap; }
.race-rows th { font-weight: 400; opacity: 0.75; }
.race-rows thead th, .race-rows tbody tr { border-bottom: 1px solid rgba(128, 134, 143, 0.3); }
.race-rows .name { text-align: left; white-space: normal; font-weight: 600; opacity: 1; }
.race-rows .state { text-align: left; }
@media (max-width: 640px) { .race-rows .wide { display: none; } .race-rows { font-size: 0.85rem; } }
</style>"""


@dataclass(frozen=True)
class Standing:
    """best: the lowest validation RMSE so far, at epoch `at`; infinite before the first epoch's end. place: 1 for the best, the
    same for equals; None while there is nothing to judge by. seconds: of training."""

    best: float
    at: int
    place: int | None
    seconds: float


def standings(lanes: Sequence[Seen]) -> list[Standing]:
    """Where the lanes stand, by their best validation RMSE so far."""
    found = []
    for lane in lanes:
        errors = lane.column("val_rmse")
        errors = np.where(np.isfinite(errors), errors, math.inf)
        best = int(np.argmin(errors)) if len(errors) else 0
        value = float(errors[best]) if len(errors) else math.inf
        found.append((value, int(lane.numbers[best]) if len(errors) else 0, float(lane.column("seconds").sum())))
    return [
        Standing(value, at, None if math.isinf(value) else 1 + sum(other < value for other, _, _ in found), seconds)
        for value, at, seconds in found
    ]


def draw(race: Race, lanes: Sequence[Seen]) -> None:
    rows = [
        _row(run, name, number, standing)
        for run, name, number, standing in zip(race.runs, race.names, race.numbers, standings(lanes), strict=True)
    ]
    heads = (
        ("name", "Lane"), ("state", "State"), ("", "Epoch"), ("", "Best RMSE"), ("wide", "at epoch"), ("", "Place"),
        ("wide", "Seconds"),
    )  # fmt: skip
    head = "".join(f'<th scope="col" class="{kind}">{text}</th>' for kind, text in heads)
    st.html(
        f'{_STYLE}<table class="race-rows" aria-label="The lanes of the race"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
    if "horizon" in differing_fields([run.config for run in race.runs]):
        st.caption(
            "Each lane’s RMSE is over all steps of its own horizon, which are not the same; the verdict at the end compares "
            "the steps that all lanes predict."
        )


def _row(run: Run, name: str, lane: int, standing: Standing) -> str:
    place = "–" if standing.place is None else str(standing.place)
    known = standing.place is not None
    cells = [
        ("state", _state(run)),
        ("", f"{run.epoch:,} / {session.epochs_wanted(run):,}"),
        ("", number_in_words(standing.best) if known else "–"),
        ("wide", f"{standing.at:,}" if known else "–"),
        ("", f"<strong>{place}</strong>" if standing.place == 1 else place),
        ("wide", seconds_in_words(standing.seconds) if known else "–"),
    ]
    tail = "".join(f'<td class="{kind}">{text}</td>' for kind, text in cells)
    return f'<tr><th scope="row" class="name">{swatch(lane)} {html.escape(name)}</th>{tail}</tr>'


def _state(run: Run) -> str:
    word = STATES[run.state]
    if run.state == "running" and run.epoch == 0 and run.batches:
        return f"{word}, {run.batch / run.batches:.0%}"
    return word
