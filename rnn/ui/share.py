"""Share: the complete address of what a page shows, and in plain words what whoever opens it needs."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from urllib.parse import quote, urlencode

import streamlit as st

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.runs.records import Run
from rnn.runs.runner import runner as process_runner
from rnn.ui import series_choice
from rnn.ui.chosen_series import Choice, file_facts
from rnn.ui.controls import shown
from rnn.ui.page_address import path_of_page, server
from rnn.ui.relevance import DEFAULT, settled
from rnn.ui.shared_result import MADE, RESULT, made_with, result_of, why_not_again
from rnn.ui.stored_series import STORED
from rnn.ui.wording import escaped

LONGEST = 8000
"""Letters of an address that are sure to arrive: some mail programs cut below what browsers and servers take."""
# What an address says of a page and not of this; "auto" is a trial that is awaited, on this server alone.
_OTHERS = {*series_choice.PARAMETERS, *FIELDS, "settings", "base", "run", RESULT, MADE, "auto", "runs", "find"}


@dataclass(frozen=True)
class Shared:
    """path: of the page that the address opens, "" for Train. run: None where there is none, or the page is not at its
    settings."""

    path: str
    choice: Choice
    config: Config
    run: Run | None = None


def draw(shared: Shared, key: str = "share") -> None:
    """The button, and behind it the address."""
    with st.popover("Share", icon=":material/share:", key=key, help="An address that opens this on another machine."):
        address = address_of(shared)
        if len(address) > LONGEST:
            st.warning(
                f"The address would have {len(address):,} letters, and only {LONGEST:,} are sure to arrive. Send the run’s own "
                "file instead: Runs gives it under “Take away”.",
                icon=":material/warning:",
            )
            return
        st.code(address, language=None, wrap_lines=True, height=110)
        st.markdown(what_is_needed(shared.choice))
        st.caption(what_it_carries(shared))


def address_of(shared: Shared) -> str:
    return f"{server()}/{shared.path}?{query_of(shared)}"


def query_of(shared: Shared) -> str:
    return urlencode(parameters(shared), doseq=True, quote_via=quote)


def parameters(shared: Shared) -> dict[str, list[str]]:
    """All that the address says: series, settings, run with what it came to, and what the page itself stands at."""
    found = {name: values for name, values in series_choice.parameters(shared.choice).items() if values}
    found |= {name: [text] for name, text in settings_parameters(shared.config).items()}
    if shared.run is not None:
        found["run"] = [shared.run.id]
        if result := _result(shared.run):
            found[RESULT], found[MADE] = [result[0]], [result[1]]
    if shared.path == path_of_page():
        found |= {name: st.query_params.get_all(name) for name in st.query_params if name not in _OTHERS}
    return found


def settings_parameters(config: Config) -> dict[str, str]:
    """Each setting that is not the default by its name, and that all others are the default."""
    values = settled(dataclasses.asdict(config))
    named = {field: value for field, value in values.items() if value != getattr(DEFAULT, field)}
    return {"base": "default", **{field: str(shown(field, value)).lower() for field, value in named.items()}}


def what_is_needed(choice: Choice) -> str:
    facts = file_facts(choice.data, choice.reading)
    if facts is None:
        return "Whoever opens it needs **nothing more**: the sample comes with Unroll."
    if choice.data.startswith(STORED):
        return (
            "Whoever opens it needs **the run’s own file** (Runs, “Take away”, “Run”): the series came from no file that "
            "could be asked for."
        )
    return (
        f"Whoever opens it needs the file **{escaped(facts.name)}**, and is asked for it. The address has none of its numbers, "
        "but its name, size and hash, and what its columns are called."
    )


def what_it_carries(shared: Shared) -> str:
    run = shared.run
    carries = "It carries series, settings and seed"
    if run is None:
        return f"{carries}."
    if reason := _why_not_again(run.id, run.version):
        return (
            f"{carries}. Trained anew they come to other numbers than this run: {reason[0].lower()}{reason[1:]}. Its own file "
            "(Runs, “Take away”) has it as it is."
        )
    if _result(run):
        return f"{carries}, and what the run came to: trained anew elsewhere, it is compared number by number."
    return f"{carries}."


def _result(run: Run) -> tuple[str, str] | None:
    """What the run came to and what it was made with; None while it is at work, and where training anew leads elsewhere."""
    if run.active or not run.epoch or _why_not_again(run.id, run.version):
        return None
    return _packed(run.id, run.version)


@st.cache_data(max_entries=64, show_spinner=False)
def _why_not_again(run_id: str, version: int) -> str:
    """Asked several times for each address, and for a new one with each redraw of a run that is played."""
    store = process_runner().store
    run = store.run(run_id)
    return why_not_again(store, run) if run is not None else ""


@st.cache_data(max_entries=64, show_spinner=False)
def _packed(run_id: str, version: int) -> tuple[str, str] | None:
    store = process_runner().store
    run, epochs = store.run(run_id), store.epochs(run_id)
    if run is None or not epochs:
        return None
    return result_of(run, epochs, store.series(run.series_hash)).text, made_with(store.versions_of(run_id))
