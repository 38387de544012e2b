"""The Learn page: the article's table made again, what was changed, and the way to train it."""

from __future__ import annotations

import time

import pytest

from pages.learn import corrected, reproduction
from pages.learn.asked.labels import LABELS
from pages.learn.questions import ANSWERS
from pages.learn.reproduction import equal_digits, equals_printed
from rnn.core.article import PRINTED, PRINTED_RMSE
from rnn.core.config import PRESETS
from rnn.core.fields import FIELDS
from rnn.runs.runner import runner
from tests.pages.charts import charts
from tests.pages.conftest import link_value


@pytest.fixture(scope="module")
def reproduced():
    """The article's run, made once for the tests that look at other things."""
    return reproduction.reproduce()


@pytest.fixture
def learn(open_app, monkeypatch, reproduced):
    monkeypatch.setattr(reproduction, "reproduce", lambda: reproduced)
    return open_app("learn/page.py", learn="As published")


@pytest.fixture
def asked(open_app):
    return open_app("learn/page.py", learn="Questions")


def table_of(app, first_column):
    return next(one.value for one in app.table if one.value.columns[0] == first_column)


def test_the_printed_table_is_made_again_by_the_page_itself(open_app):
    learn = open_app("learn/page.py", learn="As published")
    assert not learn.exception
    table = table_of(learn, "Epoch")
    assert {row["Epoch"]: (row["Loss, printed"], row["Validation, printed"]) for _, row in table.iterrows()} == PRINTED
    verdicts = dict(zip(table["Epoch"], table["Equal in every digit?"], strict=True))
    assert [epoch for epoch, verdict in verdicts.items() if verdict == ":green[yes]"] == [1, 2, 3, 4, 5]
    assert verdicts[6].replace("\u00a0", " ") == "no, the first 5"
    for _, row in table[table["Epoch"] <= 5].iterrows():
        assert f"{row['Loss, here']:.8f}" == f"{PRINTED[row['Epoch']][0]:.8f}"
    late = table[table["Epoch"] > 6]
    assert late["Loss, here"].between(16.5, 17.4).all() and late["Validation, here"].between(8.2, 8.8).all()


def test_the_errors_and_the_reasons_state_what_was_measured(learn):
    own_step, as_trained, mean = (float(one.value) for one in learn.metric)
    assert own_step == pytest.approx(PRINTED_RMSE, abs=0.001)
    assert as_trained == pytest.approx(0.575, abs=0.02)
    assert mean == pytest.approx(0.705, abs=0.001)
    said = " ".join(one.value for one in learn.markdown)
    assert "44.98 → 34.98 → 24.98 → 14.98 → 4.98" in said
    assert "0.50 → 0.40 → 0.30 → 0.20 → 0.10" in said
    assert "fell from 1.012e+05 at epoch 1 to 1" in charts(learn)["article_chart"]["alt"]


def test_every_difference_between_the_presets_is_shown_with_its_reason(learn):
    old, new = PRESETS["article"], PRESETS["article-corrected"]
    differing = {FIELDS[field].label for field in FIELDS if getattr(old, field) != getattr(new, field)}
    table = table_of(learn, "Setting").set_index("Setting")
    assert set(table.index) == differing
    assert all(len(why) > 10 for why in table["Why"])
    assert table.loc["Learning rate", corrected.CHANGE] == "0.0001 → **0.005**"
    assert set(corrected.REASONS) == {field for field in FIELDS if getattr(old, field) != getattr(new, field)}
    assert all(getattr(old, field) == getattr(new, field) for field in corrected.KEPT)


def test_train_it_live_sets_the_preset_and_the_sine_and_opens_train(learn):
    learn.button(key="train_corrected").click().run()
    assert not learn.exception
    assert learn.session_state["data"] == "article-sine"
    assert learn.selectbox(key="preset").value == "article-corrected"
    assert not learn.button(key="train").disabled
    assert not learn.table


def test_the_weather_opens_on_train_and_one_network_predicts_two_columns_from_four(asked):
    asked.button(key="try_several").click().run()
    assert not asked.exception
    assert asked.multiselect(key="target:seattle-weather").value == ["temp_max", "wind"]
    assert asked.multiselect(key="input:seattle-weather").value == ["temp_min", "precipitation"]
    assert asked.session_state["window"] == 50
    asked.button(key="step").click().run()
    run = until(asked, "paused")
    assert run.epoch == 1 and run.config.window == 50
    fit = runner().store.fit(run.id)
    assert fit.model.params["readout.W"].shape == (run.config.hidden, 2)
    assert fit.model.params["layer0.W_x"].shape == (4, run.config.hidden)
    predicted = fit.model.predict(fit.series.values[None, :50])
    assert predicted.shape == (1, 1, 2)
    asked.switch_page("train/page.py").run()
    choices = asked.selectbox(key="shown_target").options
    assert list(choices) == ["temp_max", "wind"]


def test_a_static_column_opens_on_train_and_is_trained_with(asked):
    asked.button(key="try_static").click().run()
    assert not asked.exception
    assert asked.multiselect(key="static:seattle-weather").value == ["precipitation"]
    asked.button(key="step").click().run()
    assert until(asked, "paused").epoch == 1
    series = runner().store.series(until(asked, "paused").series_hash)
    assert (series.static, series.targets) == (("precipitation",), ("temp_max",))


def until(app, state, seconds=60):
    """The app's run, once it is in this state."""
    deadline = time.monotonic() + seconds
    while (run := runner().store.run(link_value(app, "run"))).state != state:
        assert time.monotonic() < deadline, run
        time.sleep(0.05)
    app.run()
    assert not app.exception
    return run


def test_each_question_of_the_readers_has_its_answer(asked):
    assert [one.label for one in asked.expander] == list(LABELS.values())
    assert list(LABELS) == list(ANSWERS) and len(LABELS) == 8
    asked.run()
    assert not asked.exception


def test_digits_worked_by_hand():
    assert equals_printed(50591.034014796256, 50591.0340148)
    assert not equals_printed(50591.03401484, 50591.0340148)
    assert equal_digits(20.156611, 20.156541) == 5
    assert equal_digits(16.7398, 16.7686) == 3
    assert equal_digits(9.99, 10.01) == 0
