"""Before a race: what is varied, the lanes, and what each would take."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.race import lane_form, lanes
from pages.race.lanes import Lane
from pages.race.names import names_of
from pages.race.presets import OWN, PRESETS
from pages.train.preflight_note import MOST_MEMORY, check_config, pace_for
from rnn.core.config import Config
from rnn.core.preflight import Preflight
from rnn.core.series import Series
from rnn.runs.races import MOST_LANES
from rnn.ui import chosen_series, series_choice
from rnn.ui.chosen_series import Choice
from rnn.ui.figures.race import swatch
from rnn.ui.wording import bytes_in_words, escaped, seconds_in_words

_LABELS = {**{key: preset.label for key, preset in PRESETS.items()}, OWN: "Lanes of my own"}
_STARTS = {lanes.TRAIN: "Train’s settings", lanes.PLAIN: "The plain network"}


@dataclass(frozen=True, eq=False)
class Entry:
    """A lane as it would start. config, check: None where it cannot; problem then says why."""

    lane: Lane
    name: str
    config: Config | None
    check: Preflight | None
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Setup:
    """What the page stands at. problem: why no race can start, or "". warning: what else is to be said of the base, or ""."""

    choice: Choice
    series: Series
    base: Config
    entries: tuple[Entry, ...]
    problem: str
    warning: str = ""

    @property
    def configs(self) -> list[Config]:
        return [entry.config for entry in self.entries if entry.config is not None]


def find() -> Setup:
    """The lanes as they stand, each judged against the chosen series."""
    choice = series_choice.current_choice()
    series, problem = chosen_series.series_or_problem(choice)
    base, warning = lanes.base()
    standing = lanes.lanes(base)
    entries = _entries(standing, base, series)
    if not problem:
        problem = _problem(entries)
    return Setup(choice, series, base, entries, problem or "", warning)


def _entries(standing: list[Lane], base: Config, series: Series) -> tuple[Entry, ...]:
    made: list[tuple[Lane, Config | None, str]] = []
    for lane in standing:
        try:
            made.append((lane, lane.config(base), ""))
        except ValueError as error:
            made.append((lane, None, str(error)))
    named = iter(names_of([config for _, config, _ in made if config is not None]))
    entries = []
    for lane, config, problem in made:
        name, check = next(named) if config else lanes.text_of(lane.changes).replace(";", ", "), None
        if config is not None:
            try:
                check = check_config(config, series)
            except ValueError as error:
                problem = str(error)
        entries.append(Entry(lane, name, config, check, problem))
    return tuple(entries)


def _problem(entries: tuple[Entry, ...]) -> str:
    if any(entry.problem for entry in entries):
        return "A lane cannot be trained: what is wrong stands beside it."
    memory = sum(entry.check.memory_bytes for entry in entries if entry.check)
    if memory > MOST_MEMORY:
        return (
            f"All lanes at once would hold about {bytes_in_words(memory)} of memory, more than {bytes_in_words(MOST_MEMORY)}; "
            "take fewer lanes, or make hidden, batch or window smaller."
        )
    return ""


def draw(setup: Setup) -> None:
    """The picker, the lanes, and in the end how long it would take."""
    for sentence in st.session_state.get(lanes.REFUSED) or ():
        st.warning(f"{escaped(sentence, 300)} The rest is taken as it is.", icon=":material/link_off:")
    if setup.warning:
        st.warning(escaped(setup.warning.replace("`", ""), 400), icon=":material/info:")
    _draw_pickers(setup)
    with st.container(gap="xsmall", key="race_lanes_table"):
        places = [_draw_lane(setup, number, entry) for number, entry in enumerate(setup.entries)]
    _draw_add(setup)
    total = _draw_times(setup, places)
    if total is not None:
        early = ", less where lanes stop early" if any(config.patience for config in setup.configs) else ""
        st.caption(
            f"Together about **{seconds_in_words(total)}** on one core{early}; all lanes have equal shares of the time."
        )
    lanes.remember_in_link([entry.lane for entry in setup.entries])


def _draw_pickers(setup: Setup) -> None:
    varied = st.session_state[lanes.VARIED]
    with st.container(horizontal=True, vertical_alignment="bottom", key="race_pickers"):
        st.session_state["race_vary_pick"] = varied
        st.selectbox(
            "What differs", list(_LABELS), format_func=_LABELS.get, key="race_vary_pick", width=320,
            on_change=lambda: lanes.vary(st.session_state["race_vary_pick"], setup.base),
        )  # fmt: skip
        st.session_state["race_from_pick"] = st.session_state[lanes.START]
        st.segmented_control(
            "Everything else as in", list(_STARTS), format_func=_STARTS.get, key="race_from_pick", required=True,
            on_change=lambda: lanes.start_from(st.session_state["race_from_pick"]),
            help="Train’s settings are those of its form, at first the ones recommended for the series. The plain network is "
            "the default: no linear path, no patches, one network, so that what differs decides alone.",
        )  # fmt: skip
    if varied in PRESETS:
        st.caption(PRESETS[varied].note)
    st.caption(f"Base of all lanes: {base_in_words(setup.base)}.")


def base_in_words(config: Config) -> str:
    """The settings that matter most, in one line."""
    parts = [
        f"{config.cell}, {config.hidden} hidden units", f"window {config.window}", f"horizon {config.horizon}",
        f"{config.optimiser} at {config.lr:g}", f"batch {config.batch}", f"{config.epochs} epochs",
    ]  # fmt: skip
    parts += [f"patience {config.patience}"] if config.patience else []
    parts += [f"patch {config.patch}"] if config.patch > 1 else []
    parts += [f"linear skip ({config.skip})"] if config.skip != "none" else []
    parts += [f"{config.seeds} networks a lane"] if config.seeds > 1 else []
    return ", ".join(parts)


def _draw_lane(setup: Setup, number: int, entry: Entry) -> st.delta_generator.DeltaGenerator:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"race_lane_{number}"):
        st.html(f"<span>{swatch(number)}</span>", width=34)
        with st.container(gap=None, width="stretch"):
            st.markdown(f"**{escaped(entry.name)}**")
            place = st.empty()
            if entry.problem:
                st.markdown(f":red[:material/error: {escaped(entry.problem.replace('`', ''), 300)}]")
        lane_form.draw(setup.base, number, entry)
        st.button(
            "Duplicate", icon=":material/content_copy:", key=f"race_copy_{number}", on_click=lanes.add,
            args=(setup.base, number), disabled=len(setup.entries) >= MOST_LANES, type="tertiary",
            help=f"One more lane like {escaped(entry.name)}.",
        )  # fmt: skip
        st.button(
            "Remove", icon=":material/close:", key=f"race_remove_{number}", on_click=lanes.remove,
            args=(setup.base, number), disabled=len(setup.entries) <= 1, type="tertiary",
            help=f"Take {escaped(entry.name)} out of the race.",
        )  # fmt: skip
    return place


def _draw_add(setup: Setup) -> None:
    full = len(setup.entries) >= MOST_LANES
    st.button(
        "Add a lane", icon=":material/add:", key="race_add", on_click=lanes.add, args=(setup.base,), disabled=full,
        help=f"A race has at most {MOST_LANES} lanes." if full else "A lane with the base settings, for you to change.",
    )  # fmt: skip


def _draw_times(setup: Setup, places: list[st.delta_generator.DeltaGenerator]) -> float | None:
    """Weights and time of each lane. The time is measured, so it is filled in last, when all else has been sent."""
    total = 0.0
    for entry, place in zip(setup.entries, places, strict=True):
        if entry.config is None or entry.check is None:
            continue
        seconds = pace_for(entry.config, entry.check.split, setup.series).seconds(entry.config.epochs)
        total += seconds
        about = "about" if entry.config.patience is None else "at most about"
        place.caption(
            f"{entry.check.parameters:,} weights · {entry.check.split.train:,} windows · {about} "
            f"{seconds_in_words(seconds)} for {entry.config.epochs:,} epochs"
        )
    return total or None
