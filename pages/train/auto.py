"""Auto: a handful of settings and simple forecasts tried on the end of the series, the best network trained, all by one click.

The trial is a study: it goes on in a worker, whatever becomes of the page. While it is awaited, its id and the press of the
button stand in the page's address, so that a reload or a second tab awaits it too; the run that it leads to starts once.
"""

from __future__ import annotations

import secrets
from typing import Any

import pandas as pd
import streamlit as st

from pages.train.preflight_note import Setup
from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.forecast.auto import Auto
from rnn.runs.packing import pack_series, series_hash
from rnn.runs.records import Run, Study
from rnn.ui import chosen_series, config_form, following, series_choice, session, study
from rnn.ui.chosen_series import Choice, reading_of
from rnn.ui.following import own_fields, recommendation_of
from rnn.ui.wording import escaped, number_in_words

AWAITED = "auto"  # in the session and in the address: the study's id and the press, with a dot between
_GIVEN = "auto_given"  # in the session: the settings that Auto has put into the form, and for which choice of series
LABEL = "Auto"
# How far the forecast reaches and how the series is divided is the user's to say, whatever is tried.
WISHES = ("horizon", "validation", "test", "gap")


def draw_button(setup: Setup, run: Run | None) -> None:
    awaited = _awaited()
    found = study.study_state(awaited[0]) if awaited else None
    going_on = found is not None and found.active
    problem = chosen_series.series_or_problem(setup.choice)[1]
    st.button(
        "Auto", icon=":material/auto_awesome:", key="auto_button", on_click=_press, args=(setup.choice,),
        disabled=(run is not None and run.active) or going_on or problem is not None,
        help="Try a handful of settings and simple forecasts on the end of this series, take the best, and train with it.",
    )  # fmt: skip


def take_up() -> None:
    """Before anything is drawn: when the trial that is awaited is done, its settings go into the form and their run starts."""
    awaited, choice = _awaited(), series_choice.current_choice()
    _leave_behind(choice)
    if awaited is None:
        return
    study_id, press = awaited
    found = study.study_state(study_id)
    if found is None or found.kind != "auto":
        _forget()
    elif session.current_run() is not None or not _is_about(found, choice):
        # The user has gone on to something else: what they wait for now must not wait for this.
        session.store().stop_study(study_id)
        _forget()
    elif found.state == "done":
        config = _choice_of(found).config
        session.apply_settings(config)
        session.start_run(config, choice, after=(study_id, press))
        st.session_state[_GIVEN] = (choice, config)
        _forget()
    else:
        st.query_params[AWAITED] = f"{study_id}.{press}"


def draw(run: Run | None) -> None:
    """How far the trial is; later, what it came to. One container, so that the charts beneath keep their place."""
    with st.container():
        awaited = _awaited()
        if awaited is not None:
            study.draw_progress(awaited[0], LABEL)
        elif (found := of_run(run)) is not None:
            sentence = f"**{LABEL}**: {escaped(found.sentence, 600)}"
            if found.naive_wins:
                st.warning(sentence, icon=":material/warning:")
            else:
                st.caption(f":material/auto_awesome: {sentence} What was tried stands beneath the charts.")


def draw_table(run: Run | None) -> None:
    """What was tried for this run, candidate by candidate."""
    with st.container():
        found = of_run(run)
        if found is None or run is None:
            return
        with st.expander("What Auto tried", expanded=True, icon=":material/auto_awesome:"):
            _draw_table(found, many=bool(session.series_of_run(run).lengths))


def _draw_table(found: Auto, many: bool) -> None:
    table = found.table
    folds = [name for name in table.columns if name.startswith("fold")]
    unit = "seasonal steps" if many else "units of the series"
    against = "seasonal naive" if "seasonal" in set(table["key"]) else "naive"
    shown = table[["chosen", "label", "words", *folds, "ratio", "seconds"]].assign(
        chosen=["✓" if chosen else "" for chosen in table["chosen"]]
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        shown, hide_index=True, width="stretch", key="auto_table", alt=_alt(table, against),
        column_config={
            "chosen": st.column_config.TextColumn("Best", width=50),
            "label": st.column_config.TextColumn("Candidate", width=250),
            "words": st.column_config.TextColumn("What it is", width=430),
            **{name: number(f"Fold {name[4:]}", format="%.4g", help=f"Mean absolute error in fold {name[4:]}, in {unit}.")
               for name in folds},
            "ratio": number(f"÷ {against}", format="%.3f", help=f"Error of all folds, divided by that of {against}."),
            "seconds": number("Seconds", format="%.1f"),
        },
    )  # fmt: skip
    st.caption(
        "Each fold hides records at the end of the series; candidates learn from what comes before and are judged on what was "
        "hidden. The one with the least error over all folds is best; where the rule is worse by too little to be more than "
        "chance, the rule."
    )


def _alt(table: pd.DataFrame, against: str) -> str:
    """The table for those who do not see it."""
    ratios = (
        f"{row.label} {number_in_words(row.ratio)}{' (best)' if row.chosen else ''}" for row in table.itertuples()
    )
    return f"Error of what Auto tried, divided by that of {against}: {', '.join(ratios)}"


def _press(choice: Choice) -> None:
    series_key = session.keep_series(choice)
    fixed = _wishes(choice, series_key)
    study_id = study.ask("auto", {"series_hash": series_key, "horizon": fixed.pop("horizon", None), "fixed": fixed})
    session.show_run(None)
    st.session_state[AWAITED] = st.query_params[AWAITED] = f"{study_id}.{secrets.token_hex(4)}"


def _wishes(choice: Choice, series_key: str) -> dict[str, Any]:
    """What the user has set of the horizon and of the division of the series."""
    values, recommended, run = config_form.values_of_form(), recommendation_of(choice), session.current_run()
    own = set(own_fields(recommended) if recommended else FIELDS)
    led = session.store().study_of_run(run.id) if run else None
    if run is not None and led is not None and led.request["series_hash"] == series_key:
        # Auto itself has put these there; the user wishes for them only if they did when they pressed.
        given = {field for field in WISHES if values[field] == getattr(run.config, field)}
        own -= given - {*led.request["fixed"], *(["horizon"] if led.request["horizon"] else [])}
    return {field: values[field] for field in WISHES if field in own}


def _awaited() -> tuple[str, str] | None:
    """The study and the press that the page waits for, from the session or else from the link."""
    if AWAITED not in st.session_state:
        st.session_state[AWAITED] = st.query_params.get(AWAITED)
    study_id, dot, press = str(st.session_state[AWAITED] or "").partition(".")
    return (study_id, press[:40]) if dot else None


def _forget() -> None:
    st.session_state[AWAITED] = None
    st.query_params.pop(AWAITED, None)


def _leave_behind(choice: Choice) -> None:
    """What Auto has put into the form for one series is nobody's wish for the next."""
    given: tuple[Choice, Config] | None = st.session_state.get(_GIVEN)
    if given is not None and given[0] != choice:
        st.session_state[_GIVEN] = None
        following.give_way(given[1])


def _is_about(found: Study, choice: Choice) -> bool:
    """Whether the study is of the series that the page has chosen."""
    key = found.request["series_hash"]
    if session.store().series_reading(key) == reading_of(choice):
        return True
    series = chosen_series.series_or_problem(choice)[0]
    return series_hash(*pack_series(series), reading_of(choice)["repairs"]) == key


def of_run(run: Run | None) -> Auto | None:
    """What Auto came to, where it led to this run and is still kept."""
    led = session.store().study_of_run(run.id) if run else None
    found = study.study_state(led.id) if led else None
    return _choice_of(found) if found is not None and found.state == "done" else None


def _choice_of(found: Study) -> Auto:
    return study.result_of(found, Auto.from_bytes)
