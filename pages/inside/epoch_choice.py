"""Which epoch is looked at, and whether the run is being played.

Unless the user picks one it is the best epoch; while the run trains, the newest one. The address says `epoch=…` where one
was picked.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import streamlit as st

from pages.inside import link
from rnn.runs.records import Run

PARAMETER = "epoch"
PLAY_SECONDS = 0.28
FOLLOW_SECONDS = 1.0
# A run of more kept epochs than this is played in longer steps: within a minute one has seen it.
MOST_FRAMES = 160
_KEY = "inside_epoch"


@dataclass
class Place:
    """epoch: the one picked, None for the usual one. moved: when the animation last took a step, in seconds of a clock."""

    run_id: str
    epoch: int | None = None
    playing: bool = False
    moved: float = 0.0


def place_of(run: Run) -> Place:
    found = st.session_state.get(_KEY)
    if not isinstance(found, Place) or found.run_id != run.id:
        found = Place(run.id)
        st.session_state[_KEY] = found
    return found


def usual(run: Run, kept: list[int]) -> int:
    """The epoch that is shown where none is picked."""
    best = run.best_epoch or 0
    return kept[-1] if run.active or best not in kept else best


def adopt(run: Run, kept: list[int]) -> None:
    """Take what the address says newly; an epoch that is not kept gives way to the nearest that is."""
    place = place_of(run)
    usually = "The newest is shown." if run.active else "The best is shown."
    number = link.read(PARAMETER, 0, max(kept[-1], run.epoch), what="The epoch", otherwise=usually)
    if number is not None:
        place.epoch, place.playing = nearest(kept, number), False
        if place.epoch != number:
            link.say(PARAMETER, f"The weights of epoch {number:,} are not kept; epoch {place.epoch:,} is shown.")


def shown(run: Run, kept: list[int]) -> int:
    """The epoch to draw now: the one picked, or where the run is being played the next one when its time has come."""
    place = place_of(run)
    if place.playing and time.monotonic() - place.moved >= 0.8 * PLAY_SECONDS:
        _step_on(run, place, kept)
    return _standing(run, place, kept)


def _standing(run: Run, place: Place, kept: list[int]) -> int:
    return usual(run, kept) if place.epoch is None else nearest(kept, place.epoch)


def poll_seconds(run: Run) -> float | None:
    """How often the page should look again; None: not at all."""
    return PLAY_SECONDS if place_of(run).playing else FOLLOW_SECONDS if run.active else None


def go_to(run: Run, epoch: int | None) -> None:
    """Pick an epoch, None for the usual one; the animation stops. For callbacks."""
    place = place_of(run)
    place.epoch, place.playing = epoch, False


def play(run: Run, kept: list[int]) -> None:
    """From the epoch shown on; at the end of the run it begins again from the first. For callbacks."""
    place = place_of(run)
    if not place.playing:
        at = _standing(run, place, kept)
        place.epoch, place.playing, place.moved = kept[0] if at == kept[-1] else at, True, time.monotonic()


def pause(run: Run) -> None:
    """For callbacks, of the button and of everything else that is not the animation itself."""
    place_of(run).playing = False


def beside(kept: list[int], at: int, way: int) -> int:
    """The kept epoch that is `way` places further on."""
    return kept[min(max(kept.index(at) + way, 0), len(kept) - 1)]


def nearest(kept: list[int], epoch: int) -> int:
    return min(kept, key=lambda one: abs(one - epoch))


def _step_on(run: Run, place: Place, kept: list[int]) -> None:
    stride = max(1, round(len(kept) / MOST_FRAMES))
    place.epoch, place.moved = beside(kept, _standing(run, place, kept), stride), time.monotonic()
    if place.epoch == kept[-1]:
        place.playing = False


def remember_in_link(run: Run, kept: list[int], *, moving: bool) -> None:
    """Write the epoch into the address once it has come to rest: every change is a step of the browser's history.

    moving: whether the handle is still in the user's hand.
    """
    place = place_of(run)
    if not (place.playing or moving):
        link.write(PARAMETER, None if place.epoch is None else nearest(kept, place.epoch))
