"""The section of the Data page that looks at a series: what it says, what a click on Apply does."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from rnn.runs.runner import stop_runner
from tests.pages.charts import charts

PAGE = Path(__file__).with_name("look_app.py")


@pytest.fixture
def open_look(tmp_path, monkeypatch):
    """open_look(data="nile", …): the section on that sample, run once."""
    monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    stop_runner()
    st.cache_resource.clear()

    def _open(**query):
        app = AppTest.from_file(str(PAGE), default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    yield _open
    stop_runner()
    st.cache_resource.clear()


def texts(app) -> str:
    return "\n".join(one.value for one in (*app.markdown, *app.caption))


def button(app, key):
    return next(one for one in app.button if one.key == key)


def test_a_suggestion_is_applied_by_a_click_and_says_so(open_look):
    app = open_look(data="air-passengers", base="default")
    assert app.session_state["season"] != 12
    button(app, "look_apply season").click().run()
    assert app.session_state["season"] == 12
    assert (button(app, "look_apply season").label, button(app, "look_apply season").disabled) == ("Applied", True)
    assert app.session_state["residual"] == "none"
    button(app, "look_apply_all").click().run()
    state = app.session_state
    assert (state["residual"], state["log"], state["window"]) == ("seasonal", True, 24)
    assert (button(app, "look_apply_all").label, button(app, "look_apply_all").disabled) == ("All applied", True)


def test_the_settings_of_an_untouched_form_are_applied_already(open_look):
    app = open_look(data="air-passengers")
    assert (button(app, "look_apply_all").label, app.session_state["season"]) == ("All applied", 12)


def test_what_needs_a_season_brings_it(open_look):
    app = open_look(data="air-passengers", base="default")
    button(app, "look_apply residual").click().run()
    assert (app.session_state["residual"], app.session_state["season"]) == ("seasonal", 12)


def test_four_charts_with_words(open_look):
    found = charts(open_look(data="air-passengers"))
    assert {"look_seasonal", "look_spectrum", "look_acf", "look_pacf"} <= set(found)
    assert "Seasons: 12 records" in found["look_spectrum"]["alt"]
    assert "at the season of 12" in found["look_acf"]["alt"]


def test_no_season_is_a_sentence(open_look):
    app = open_look(data="nile")
    assert "look_seasonal" not in charts(app)
    assert "No season stands out" in texts(app)


def test_several_targets_have_a_picker(open_look):
    app = open_look(data="seattle-weather", target=["temp_max", "wind"])
    picker = next(one for one in app.selectbox if one.label == "Look at")
    first = charts(app)["look_acf"]["alt"]
    picker.select("wind").run()
    assert charts(app)["look_acf"]["alt"] != first
    assert list(app.dataframe[0].value["Column"]) == ["temp_max", "wind"]


@pytest.mark.parametrize("values", [np.full(60, 3.0), np.arange(5.0) ** 2, np.arange(12.0) % 2])
def test_short_and_constant_files_get_sentences(open_look, tmp_path, monkeypatch, values):
    from rnn.data import SAMPLES
    from rnn.data.samples import Sample

    content = ("value\n" + "\n".join(f"{value:g}" for value in values)).encode()
    monkeypatch.setattr(Sample, "data", property(lambda self: content))
    monkeypatch.setitem(SAMPLES["nile"].__dict__, "target", "value")
    app = open_look(data="nile")
    assert not app.exception
    assert "look_spectrum" not in charts(app)
    assert ("constant" in texts(app)) or ("records, and this takes at least" in texts(app))
