"""The race that the page shows, found again by its id in the address; and starting one."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from pages.race import lanes
from pages.race.names import differing_fields, names_of
from pages.race.presets import OWN
from pages.race.setup import Setup
from rnn.core.config import Config
from rnn.core.windows import split_windows
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.page_address import put
from rnn.ui.wording import escaped

RACE = "race"
_GONE = "race_gone"


@dataclass(frozen=True, eq=False)
class Race:
    """A race as it stood when it was read. runs: its lanes that are still there; numbers: which lane each is, which gives it
    its colour; names: by what tells them apart."""

    id: str
    runs: tuple[Run, ...]
    numbers: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def active(self) -> bool:
        return any(run.active for run in self.runs)

    @property
    def states(self) -> tuple[tuple[str, str], ...]:
        """What the page has to be drawn anew for when it changes."""
        return tuple((run.id, run.state) for run in self.runs)


def find() -> Race | None:
    """The race of the session, or else of the link; None where there is none (any more)."""
    if RACE not in st.session_state:
        st.session_state[RACE] = st.query_params.get(RACE)
    race_id = st.session_state[RACE]
    race = read(race_id) if race_id else None
    if race_id and race is None:
        st.session_state[_GONE] = race_id
        show(None)
    elif race is not None and st.query_params.get(RACE) != race_id:
        st.query_params[RACE] = race_id
    return race


def read(race_id: str) -> Race | None:
    store = session.store()
    runs, lanes = store.race(race_id), store.lane_numbers(race_id)
    runs = [run for run in runs if run.id in lanes]
    if not runs:
        return None
    names = names_of([run.config for run in runs])
    return Race(race_id, tuple(runs), tuple(lanes[run.id] for run in runs), tuple(names))


def draw_gone() -> None:
    """A sentence about a race in the link that is not there."""
    if race_id := st.session_state.pop(_GONE, None):
        came = st.session_state[lanes.VARIED] == OWN
        st.warning(
            f"There is no race {escaped(str(race_id), 40)} here; its runs may have been deleted, or are on another machine. "
            f"{'Its lanes came with the link: “Start the race” makes them anew.' if came else 'Here a new one can be set up.'}",
            icon=":material/link_off:",
        )


def show(race_id: str | None) -> None:
    """Make the page show this race (None: the setup of a new one)."""
    st.session_state[RACE] = race_id
    put(RACE, race_id)


def start(setup: Setup, press: str) -> None:
    """Callback: write the lanes and their series to the store, hand them to the runner and show the race. press: as in
    `session.start_run`."""
    configs = comparable(setup)
    names = [f"{name} · {setup.series.name}" for name in names_of(configs)]
    race_id = session.store().add_race(
        configs, session.keep_series(setup.choice), session=session.session_id(), names=names, press=press
    )
    session.runner().nudge()
    show(race_id)


def comparable(setup: Setup) -> list[Config]:
    """The lanes' settings, validated on the same records where that can be had: a share of the windows is another number of
    records for a longer window, so lanes of a single series that read further back or ahead get the base's count of windows."""
    configs = setup.configs
    differing = differing_fields(configs)
    if setup.series.lengths or not {"window", "horizon", "season", "residual", "difference"} & set(differing):
        return configs
    counts = [split_windows(config, len(setup.series)) for config in configs]
    fewest = min(counts, key=lambda split: split.validation)
    return [config.replace(validation=fewest.validation, test=fewest.test) for config in configs]


def command_all(race: Race, kind: str) -> None:
    """Callback of the buttons for all lanes."""
    for run in race.runs:
        command(run, kind)
    session.runner().nudge()


def command(run: Run, kind: str) -> None:
    try:
        session.store().command(run.id, kind)
    except LookupError:  # deleted meanwhile: what is drawn next no longer has it
        return
