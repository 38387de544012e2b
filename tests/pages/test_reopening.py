"""Any run reopens on Train, Forecast and Inside as it was: settings, series, numbers in the charts, verdict and best epoch."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import streamlit as st

from rnn.core.config import Config
from rnn.core.fit import fit
from rnn.core.series import Series
from rnn.export import config_from_toml, config_to_toml
from rnn.runs.attempt import Attempt
from rnn.runs.records import Run
from rnn.runs.runner import Runner, stop_runner
from rnn.runs.store import Store
from rnn.ui.chosen_series import Choice, choice_of_stored, reading_of, series_of
from rnn.ui.relevance import settled
from rnn.ui.share import Shared
from tests.pages.charts import charts
from tests.pages.conftest import link_value
from tests.pages.stored_runs import WORKER, made_up, trained
from tests.pages.test_following import address, config_of
from tests.pages.test_runs_page import button
from tests.pages.test_share import CASES, SMALL, link, run_of, said, stored

PAGES = ("train/page.py", "forecast/page.py", "inside/page.py")


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    monkeypatch.setattr(Runner, "start", lambda runner: runner)


def restarted() -> None:
    """As after the end of the server: nothing is remembered but what the store has."""
    stop_runner()
    st.cache_resource.clear()
    st.cache_data.clear()


def nile(**config: Any) -> Run:
    return run_of(Choice("nile", ("volume",)), **{**SMALL, "epochs": 3, **config})


def uploaded(case: str) -> Run:
    choice, config = CASES[case]
    return run_of(stored(choice), **{**SMALL, **config})


def branched() -> Run:
    parent = nile(epochs=4)
    with Store() as store:
        run_id = store.branch(parent.id, parent.best_epoch, session="s")
        store.command(run_id, "lr", 0.001)
        store.command(run_id, "resume")
        Attempt(store, store.claim_next(WORKER), WORKER, store.series).work()
        return store.run(run_id)


def lane() -> Run:
    with Store() as store:
        series = series_of(Choice("nile", ("volume",)))
        key = store.add_series(series, reading=reading_of(Choice("nile", ("volume",))))
        configs = [Config(**SMALL, cell=cell) for cell in ("elman", "gru")]
        race = store.add_race(configs, key, session="s")
        for _ in configs:
            Attempt(store, store.claim_next(WORKER), WORKER, store.series).work()
        return store.race(race)[1]


def imported() -> Run:
    """A run whose file is not in this store."""
    series = Series.from_values(np.sin(np.arange(80.0) / 3) + 2, name="elsewhere")
    with Store() as store:
        return store.run(store.add_fit(fit(Config(**SMALL), series), session="s", name="from elsewhere"))


def of_a_panel_elsewhere() -> Run:
    parts = [Series.from_values(10 + k * np.sin(np.arange(70 + 10 * k) / 3)) for k in (1, 2)]
    with Store() as store:
        return trained(store, Series.joined(parts, ["x", "y"], "panel"), **SMALL)


def diverged() -> Run:
    run = nile(lr=100.0, clip="none", optimiser="sgd", activation="relu", epochs=5, cell="elman")
    assert run.state == "diverged"
    return run


def from_toml() -> Run:
    config = config_from_toml(config_to_toml(Config(**SMALL, loss="huber", huber_delta=0.5, patience=None)))
    return nile(**dataclasses.asdict(config))


KINDS = {
    "sample": nile,
    "sample in three networks": lambda: nile(seeds=3),
    "quantiles": lambda: nile(loss="quantile", quantiles=(0.123456789, 0.5)),
    "refit": lambda: nile(refit=True),
    "a setting that means nothing": lambda: nile(cell="gru", activation="tanh", huber_delta=3.0),
    "one of a file": lambda: uploaded("one of a file"),
    "repairs": lambda: uploaded("repairs"),
    "known ahead": lambda: uploaded("inputs known ahead"),
    "panel": lambda: uploaded("panel with a static column"),
    "branch": branched,
    "race": lane,
    "imported": imported,
    "panel of a script": of_a_panel_elsewhere,
    "diverged": diverged,
    "toml": from_toml,
}


def numbers(value: Any) -> Any:
    """The numbers of a chart, without what is made anew for every drawing."""
    return {key: (header.get("alt"), header.get("data")) for key, header in value.items()}


def seen(app) -> dict[str, Any]:
    """All that a page tells of the run, but what the clock says."""
    verdict = [one.value for one in app.markdown if "error" in one.value or "naive" in one.value]
    return {
        "settings": config_of(app), "charts": numbers(charts(app)), "verdict": verdict,
        "heading": [one.value for one in app.subheader], "run": app.session_state["run"],
        "series": series_of(choice_now(app)).values.tobytes(),
    }  # fmt: skip


def choice_now(app) -> Choice:
    data = app.session_state["data"]
    if data.startswith("series-"):
        return choice_of_stored(data.removeprefix("series-"))
    state = app.session_state

    def names(role: str) -> tuple[str, ...]:
        return tuple(state[f"{role}:{data}"]) if f"{role}:{data}" in state else ()

    repairs = state[f"repairs:{data}"] if f"repairs:{data}" in state else "[]"  # noqa: SIM401
    return Choice(
        data, names("target"), names("input"), state["reading"], names("static"), names("known"), names("id"), repairs
    )


def tour(app) -> dict[str, dict[str, Any]]:
    found = {}
    for page in PAGES:
        app.switch_page(page).run()
        assert not app.exception, page
        found[page] = seen(app)
        assert "Changed since this run began" not in said(app)
    return found


def same(one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> None:
    for page, told in one.items():
        for what, value in told.items():
            assert value == other[page][what], (page, what)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_reopens_as_it_was(open_app, kind):
    open_app()  # the store of the test
    run = KINDS[kind]()
    app = open_app(run=run.id)
    assert not app.exception and not app.warning
    before = tour(app)
    assert before["train/page.py"]["settings"] == Config(**settled(dataclasses.asdict(run.config)))
    with Store() as store:
        assert before["train/page.py"]["series"] == store.series(run.series_hash).values.tobytes()
    # Left for another run, and opened again from Runs.
    other = nile(hidden=9, seed=4)
    app = open_app(run=other.id)
    app.switch_page("runs/page.py").run()
    app.session_state["runs_selected"] = ((run.id,), app.session_state["run"])
    app.session_state["runs_round"] = 1
    app.run()
    button(app, f"open-{run.id}").click().run()
    assert not app.exception
    same(before, tour(app))
    # After the server was started anew, by its address as it stands on each page.
    addresses = {}
    for page in PAGES:
        app.switch_page(page).run()
        found = {name: link_values(app, name) for name in app.query_params}
        addresses[page] = {**address(app), **found} if page == PAGES[0] else found
    restarted()
    for page, asked in addresses.items():
        again = open_app(page, deep_link=True, **asked)
        assert not again.exception and seen(again) == before[page]
    # And by the address of Share.
    shared = open_app(**link(Shared("", choice_now(app), run.config, run)))
    same(before, tour(shared))


def link_values(app, name: str) -> str | list[str]:
    value = app.query_params[name]
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def test_a_run_without_an_epoch_reopens_too(open_app):
    with Store() as store:
        run = made_up(store, "made up", [], state="failed", message="It broke.")
    app = open_app(run=run.id)
    for page in PAGES:
        app.switch_page(page).run()
        assert not app.exception and app.session_state["run"] == run.id and link_value(app, "run") == run.id
