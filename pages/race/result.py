"""The end of a race in words: who won, by how much, and whether that is more than chance."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from pages.race.current import Race
from pages.race.names import differing_fields
from pages.race.seen import Seen
from pages.race.standings import standings
from rnn.core.panel import split_series
from rnn.forecast.race import Judged, judge_race
from rnn.ui import session
from rnn.ui.error_unit import unit_of_stored
from rnn.ui.kept import kept
from rnn.ui.wording import escaped, number_in_words

# What a lane has to be for its predictions to be those of its best weights.
OVER = ("done", "early-stop", "stopped", "diverged")


def draw(race: Race, lanes: Sequence[Seen]) -> None:
    """Takes the same room whatever it says."""
    with st.container(key="race_result"):
        if race.active:
            st.markdown(_so_far(race, lanes))
        elif any(run.state in ("paused", "interrupted") for run in race.runs):
            st.markdown("Some lanes are halted; **Resume all** goes on exactly where they are.")
        else:
            stamp = tuple((run.id, run.version) for run in race.runs)
            st.markdown(kept("race_result", stamp, lambda: _words(race, lanes)))


def _so_far(race: Race, lanes: Sequence[Seen]) -> str:
    places = standings(lanes)
    first = next((number for number, one in enumerate(places) if one.place == 1), None)
    going = sum(run.active for run in race.runs)
    verdict = f"{going} of {len(race.runs)} lanes go on; the verdict comes when the last has ended."
    if first is None:
        return verdict
    error = number_in_words(places[first].best)
    unit = unit_of_stored(race.runs[0].series_hash).after
    return f"**{escaped(race.names[first])}** leads, lowest validation RMSE {error}{unit} so far. {verdict}"


def _words(race: Race, lanes: Sequence[Seen]) -> str:
    places = [
        place
        for place, (run, lane) in enumerate(zip(race.runs, lanes, strict=True))
        if run.state in OVER and lane.preview is not None
    ]
    fallen = [race.names[place] for place, run in enumerate(race.runs) if run.state in ("failed", "diverged")]
    if not places:
        return "No lane has come to an end that could be judged."
    series = session.series_of_run(race.runs[0])
    splits = [split_series(race.runs[place].config, series) for place in places]
    judged = judge_race(series, splits, [lanes[place].preview.validation for place in places])
    if judged is None:
        return "The lanes have no validation forecast in common, so none of them has won."
    names = [race.names[place] for place in places]
    seeds = differing_fields([run.config for run in race.runs]) == ["seed"]
    return " ".join(result_in_words(judged, names, fallen, unit_of_stored(race.runs[0].series_hash).after, seeds))


def result_in_words(judged: Judged, names: Sequence[str], fallen: Sequence[str], unit: str, seeds: bool) -> list[str]:
    """Sentences, Markdown. names: of the lanes judged. fallen: of those that diverged or failed. seeds: nothing but the seed
    differs, so that every difference is luck."""
    best, *others = judged.order
    error = judged.rmse[best]
    if not math.isfinite(error):
        return ["Every lane diverged, so none of them has won."]
    said = [f"**{escaped(names[best])}** has the lowest validation RMSE, {number_in_words(error)}{unit}."]
    if seeds and others:
        said.append(_of_seeds(judged))
    else:
        level = [names[lane] for lane in others if judged.level[lane]]
        behind = [lane for lane in others if not judged.level[lane] and math.isfinite(judged.rmse[lane])]
        if behind:
            said.append("More than chance behind: " + ", ".join(_behind(judged, names, lane) for lane in behind) + ".")
        if level:
            listed = ", ".join(_behind(judged, names, lane) for lane in others if judged.level[lane])
            said.append(f"Within noise of it: {listed}; on other records the order may be another.")
    if fallen:
        said.append(f"Did not get through: {', '.join(escaped(name) for name in fallen)}.")
    word = "better than" if judged.beats_naive else "not better, by more than chance, than"
    said.append(f"The best is {word} the naive forecast ({number_in_words(judged.naive)}).")
    steps = f", {judged.steps} steps each" if judged.steps > 1 else ""
    which = "the same" if judged.shared else "only the"
    common = "" if judged.shared else " that all lanes have in common"
    said.append(
        f"Compared on {which} {judged.windows:,} validation forecasts{common}{steps}, with each lane’s best weights, which "
        "were chosen on these very points."
    )
    return said


def _behind(judged: Judged, names: Sequence[str], lane: int) -> str:
    best = judged.rmse[judged.order[0]]
    share = f" ({judged.rmse[lane] / best - 1:+.1%})" if best > 0 else ""
    return f"{escaped(names[lane])}{share}"


def _of_seeds(judged: Judged) -> str:
    finite = [error for error in judged.rmse if math.isfinite(error)]
    low, high = min(finite), max(finite)
    spread = f"{high / low - 1:.1%}" if low > 0 else "no share of it"
    return (
        f"Only the seed differs, so this is luck: the worst has {spread} more error than the best. Between other settings a "
        "difference no larger than that says nothing."
    )
