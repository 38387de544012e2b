"""The Inside page over the epochs of a run: what is shown at each, the address, the animation, and training on from one."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from pages.inside import epoch_choice
from pages.inside.fit import predicted
from pages.inside.fit.standing import in_words
from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.train import Trainer
from rnn.core.windows import split_windows
from rnn.runs.store import Store
from rnn.ui.wording import number_in_words
from tests.pages.charts import charts
from tests.pages.conftest import link_value
from tests.pages.stored_runs import sunspots, trained
from tests.pages.test_inside_page import look, named, shops, texts
from tests.pages.test_many_series import many

CONFIG = {"hidden": 5, "window": 8, "epochs": 6, "patience": None}


def weights_by_epoch(series, **config):
    """Epoch → parameters, from a training of our own beside the one that the store has seen."""
    trainer = Trainer(Config(**config), series)
    found = {0: {name: array.copy() for name, array in trainer.state.params.items()}}
    for event in trainer.run():
        if isinstance(event, Epoch):
            found[event.epoch] = {name: array.copy() for name, array in trainer.state.params.items()}
    return found


def shown_epoch(app):
    (handle,) = charts(app)["inside_scrubber"]["handles"]
    return round(handle["at"])


def is_playing(app):
    return any(one.label == "Pause" for one in app.button)


@pytest.fixture
def run(open_app):
    with Store() as store:
        yield trained(store, sunspots(), **CONFIG)


def test_each_epoch_is_shown_with_its_own_weights_and_losses(open_app, run):
    by_hand = weights_by_epoch(sunspots(), **CONFIG)
    app = open_app("inside/page.py", run=run.id, look="Weights", epoch="0")
    with Store() as store:
        measured = {one.epoch: one for one in store.epochs(run.id)}
    for epoch in range(7):
        if epoch:
            app.button(key="epoch_forward").click().run()
        assert not app.exception
        assert shown_epoch(app) == epoch
        W_h = by_hand[epoch]["layer0.W_h"]
        assert f"{float(W_h.ravel()[np.abs(W_h).argmax()]):.4g}" in charts(app)["weights_layer0.W_h"]["alt"], epoch
        line = app.caption[0].value
        assert ("Before training" in line) == (epoch == 0)
        if epoch:
            assert f"Epoch {epoch} of 6" in line and number_in_words(measured[epoch].val_rmse) in line
    assert app.button(key="epoch_forward").disabled and not app.button(key="epoch_back").disabled


def test_the_fit_at_an_epoch_is_what_its_weights_predict(open_app, run):
    app = open_app("inside/page.py", run=run.id, epoch="2")
    with Store() as store:
        fit = store.fit_at(run.id, 2)
    split = split_windows(fit.config, len(fit.series))
    errors = {}
    for part, starts in (("training", split.train_starts), ("validation", split.validation_starts)):
        windows = np.stack([fit.series.values[start : start + 8] for start in starts])
        wrong = fit.model.predict(windows)[:, 0, 0] - fit.series.values[starts + 8, 0]
        errors[part] = float(np.sqrt(np.mean(wrong**2)))
    words = charts(app)["inside_fit"]["alt"]
    for part, error in errors.items():
        assert f"predictions on the {part} part, root mean squared error {error:.4g}" in words
    before = charts(app)["inside_fit"]["layout"]["yaxis"]["range"]
    app.button(key="epoch_first").click().run()
    assert charts(app)["inside_fit"]["layout"]["yaxis"]["range"] == before, "the scale would move as the run is played"
    assert words != charts(app)["inside_fit"]["alt"]


def test_the_address_says_which_epoch_and_nonsense_is_said(open_app, run):
    app = open_app("inside/page.py", run=run.id, epoch="3")
    assert shown_epoch(app) == 3 and not app.warning
    app.button(key="epoch_back").click().run()
    assert link_value(app, "epoch") == "2"
    app.button(key="epoch_best").click().run()
    assert "epoch" not in app.query_params and shown_epoch(app) == run.best_epoch
    for given in ("abc", "-1", "7", "1e3", "9" * 60):
        app = open_app("inside/page.py", run=run.id, epoch=given)
        assert not app.exception
        assert "whole number from 0 to 6" in texts(app, "warning") and "The best is shown" in texts(app, "warning")
        assert shown_epoch(app) == run.best_epoch
    app.button(key="epoch_first").click().run()
    assert not app.warning


def test_window_part_layer_and_section_come_from_the_address(open_app):
    with Store() as store:
        run = trained(store, sunspots(), layers=2, seeds=2, **CONFIG)
    given = {"window_number": "5", "part": "2", "layer": "1", "network": "2", "look": "States"}
    app = open_app("inside/page.py", run=run.id, **given)
    assert not app.exception and not app.warning
    assert named(app, "button_group", "Layer").value == 0
    assert named(app, "selectbox", "Network of the ensemble").value == 1
    assert named(app, "button_group", "Windows").value == "Training"
    series = sunspots()
    dates = [str(series.times[row].astype("datetime64[D]")) for row in (4, 11, 12)]
    assert named(app, "slider", f"{dates[0]} to {dates[1]}, predicting {dates[2]}").value == 5
    look(app, "Fit")
    assert {name: link_value(app, name) for name in given if name != "look"} == {
        name: value for name, value in given.items() if name != "look"
    }
    look(app, "States")
    assert named(app, "button_group", "Layer").value == 0, "what was chosen stays while it is not shown"
    app.button(key="window_later").click().run()
    assert link_value(app, "window_number") == "6"
    wrong = open_app("inside/page.py", run=run.id, layer="3", window_number="x", part="0", network="9", look="Nonsense")
    assert not wrong.exception
    said = texts(wrong, "warning")
    for part in ("layer='3'", "window_number='x'", "part='0'", "network='9'", "look='Nonsense'"):
        assert part in said


def test_a_run_that_is_not_there_is_named_and_a_choice_of_one_is_no_range(open_app, run):
    app = open_app("inside/page.py", run="nope*")
    assert not app.exception
    assert "The run nope* is not in this store" in texts(app, "warning").replace("\\", "")
    assert "train one" in texts(app, "info")
    app = open_app("inside/page.py", run=run.id, layer="2")
    assert "The layer can only be 1 here, but the address says layer='2'" in texts(app, "warning")


def test_play_steps_through_all_epochs_and_stops(open_app, run, monkeypatch):
    clock = itertools.count(step=epoch_choice.PLAY_SECONDS)
    monkeypatch.setattr(epoch_choice.time, "monotonic", lambda: next(clock))
    app = open_app("inside/page.py", run=run.id, epoch="0")
    seen = []
    app.button(key="epoch_play").click().run()
    for _ in range(20):
        seen.append(shown_epoch(app))
        if not is_playing(app):
            break
        app.run()
    assert seen[-1] == 6 and seen == sorted(seen) and set(range(1, 7)) <= set(seen)
    assert link_value(app, "epoch") == "6"
    app.button(key="epoch_play").click().run()
    assert shown_epoch(app) < 6, "at the end it begins again"
    app.button(key="epoch_back").click().run()
    assert not is_playing(app), "a step pauses it"
    app.button(key="epoch_play").click().run()
    app.button(key="epoch_pause").click().run()
    assert not is_playing(app)


def test_training_on_from_an_epoch_makes_a_run_that_repeats_the_old_one(open_app, run):
    app = open_app("inside/page.py", run=run.id, epoch="2")
    app.button(key="branch").click().run()
    assert not app.exception
    with Store() as store:
        new = store.run(link_value(app, "run"))
        assert new.id != run.id and (new.state, new.epoch) == ("paused", 2)
        assert store.fit_at(new.id, 2).history == store.fit_at(run.id, 6).history[:2]
    assert not app.button(key="resume").disabled, "it is opened on Train"


def test_of_many_series_the_one_shown_is_predicted(open_app):
    with Store() as store:
        run = trained(store, many(), **CONFIG)
    app = open_app("inside/page.py", run=run.id, epoch="1")
    assert not app.exception
    assert "predictions on the validation part" in charts(app)["inside_fit"]["alt"]


def test_a_target_and_a_step_ahead_are_chosen(open_app):
    with Store() as store:
        run = trained(store, shops(), horizon=3, loss="quantile", **CONFIG)
        fit = store.fit_at(run.id, 4)
    app = open_app("inside/page.py", run=run.id, epoch="4")
    named(app, "selectbox", "Target shown").select("visits").run()
    named(app, "select_slider", "Step ahead shown").set_value(3).run()
    split = split_windows(fit.config, len(fit.series))
    windows = np.stack([fit.series.values[start : start + 8] for start in split.validation_starts])
    wrong = fit.model.predict(windows)[:, 2, 1] - fit.series.values[split.validation_starts + 8 + 2, 1]
    assert (
        f"validation part, root mean squared error {np.sqrt(np.mean(wrong**2)):.4g}" in charts(app)["inside_fit"]["alt"]
    )


def test_as_many_windows_are_predicted_as_there_is_time_for():
    config = Config(cell="lstm", hidden=1024, layers=2, window=500)
    gates, steps = 4, 500
    by_hand = steps * 2 * gates * (1024 * (1024 + 3) + 1024 * 2048)
    assert predicted.work_of(config, 3) == by_hand
    assert predicted.affordable(config, 3) == predicted.FEWEST
    assert predicted.affordable(Config(hidden=4, window=4), 1) == predicted.MOST
    split, times = split_windows(Config(window=4), 1000), np.arange(1000.0)
    starts, every = predicted.windows_shown(split, times, None, 0, 100)
    assert every == 10 and len(starts) == 100
    starts, every = predicted.windows_shown(split, times, (500.0, 520.0), 0, 100)
    assert every == 1
    assert starts.tolist() == list(range(495, 518)), "the records 500 to 520, and one more on each side"


def test_how_an_epoch_stands():
    def epoch(number, train, val):
        return Epoch(number, train, val, train, val, 1e-3, 1.0, 0.0, 0.1)

    history = {1: epoch(1, 1.0, 2.0), 2: epoch(2, 0.5, 1.0), 3: epoch(3, 0.25, 1.3)}
    assert "**The best epoch:** no other has a lower validation loss than 1.000" in in_words(2, 2, history)
    assert "30 % above that of the best, epoch 2" in in_words(3, 2, history) and "1 epoch back" in in_words(
        3, 2, history
    )
    assert "100 % above" in in_words(1, 2, history) and "still to come" in in_words(1, 2, history)
    assert "5.2 times that on training" in in_words(3, 2, history)
    assert in_words(0, 2, history).startswith("**Before training:**")


def test_of_a_diverged_run_it_is_said_when(open_app):
    with Store() as store:
        run = trained(store, sunspots(), lr=1.0, clip="none", optimiser="sgd", epochs=10)
    assert run.state == "diverged"
    app = open_app("inside/page.py", run=run.id)
    assert not app.exception
    assert f"the run diverged in epoch {run.epoch + 1}" in texts(app, "caption")


def test_the_median_of_an_ensemble_goes_nowhere_while_nothing_is_changed(open_app):
    with Store() as store:
        run = trained(store, sunspots(), **{**CONFIG, "seeds": 3, "epochs": 1})
    said = texts(open_app("inside/page.py", run=run.id, look="By hand"), "caption")
    assert "The median of all 3 is" in said and "goes from" not in said
