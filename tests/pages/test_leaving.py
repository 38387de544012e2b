"""Taking a run away on Runs, opening one there, and settings to and from a file on Train."""

from __future__ import annotations

import dataclasses

import pytest

from rnn.core.config import Config
from rnn.export import config_from_toml, config_to_toml
from rnn.runs.runner import Runner, runner
from rnn.runs.store import Store
from rnn.ui import session, takeaway
from rnn.ui.config_form import DEFAULT
from rnn.ui.takeaway import OFFERS, made
from tests.pages.conftest import link_value
from tests.pages.stored_runs import READING, made_up, sunspots, trained

RUNS = "runs/page.py"


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    """Runs are trained in this process, so that no test waits for workers to come and go."""
    monkeypatch.setattr(Runner, "start", lambda runner: runner)


def buttons(app):
    return {one.proto.label: one.proto for one in app.get("download_button")}


def texts(app):
    return [one.value for kind in ("markdown", "caption", "success", "error") for one in app.get(kind)]


def give(app, label, name, content):
    uploader = next(one for one in app.file_uploader if one.label.startswith(label))
    return uploader.upload(name, content).run()


def test_every_way_out_is_offered_and_nothing_is_made_while_the_page_opens(open_app, monkeypatch):
    app = open_app()
    run = trained(runner().store, sunspots(), epochs=2, hidden=3, window=6, cell="elman", activation="sigmoid")
    monkeypatch.setattr(takeaway, "made", lambda *_: pytest.fail("made before it was asked for"))
    monkeypatch.setattr(takeaway.Takeaway, "__init__", lambda *_: pytest.fail("looked into before it was asked for"))
    app.switch_page(RUNS).run()
    assert not app.exception
    found = buttons(app)
    assert {offer.label for offer in OFFERS.values()} <= set(found)
    assert [label for label, one in found.items() if one.disabled] == ["PyTorch"]
    assert any("knows tanh and relu" in text for text in texts(app))
    assert all(offer.about in texts(app) for name, offer in OFFERS.items() if name != "torch")
    assert run.epoch == 2


def test_a_run_without_an_epoch_gives_its_settings_alone(open_app):
    app = open_app()
    made_up(runner().store, "nothing yet", [], state="paused")
    app.switch_page(RUNS).run()
    open_ones = {label for label, one in buttons(app).items() if not one.disabled}
    assert "Settings" in open_ones and not open_ones & {"Everything", "Run", "Script", "Weights", "ONNX"}


def test_a_run_of_another_store_is_opened_and_shown(open_app, tmp_path):
    with Store(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}") as elsewhere:
        run = trained(elsewhere, sunspots(), "from afar", reading=READING, epochs=2, hidden=3, window=6, lr=0.02)
        files = {offer: made(elsewhere, run.id, offer) for offer in ("everything", "weights")}
    app = open_app(RUNS)
    give(app, "Run", "w.safetensors", files["weights"])
    assert any("holds the weights of a network" in one.value for one in app.error) and runner().store.runs() == []
    give(app, "Run", "from afar.zip", files["everything"])
    assert not app.exception and any("2 epochs, done" in one.value for one in app.success)
    (found,) = runner().store.runs()
    assert (found.name, found.config, found.epoch) == ("from afar", run.config, 2)
    assert link_value(app, session.RUN) == found.id
    assert app.dataframe[0].value["name"].tolist() == ["from afar"]
    app.run()
    assert not app.success  # said once
    app.switch_page("train/page.py").run()
    assert not app.exception and app.session_state["lr"] == 0.02 and app.session_state["hidden"] == 3


def test_settings_come_from_a_file_and_can_be_taken_back(open_app):
    app = open_app(hidden="48")
    before = app.session_state["lr"]
    wanted = Config(hidden=24, cell="gru", lr=0.004, clip="none")
    give(app, "From a file", "mine.toml", config_to_toml(wanted).encode())
    assert not app.exception and any("mine\\.toml was taken" in one.value for one in app.success)
    assert (app.session_state["hidden"], app.session_state["cell"], app.session_state["lr"]) == (24, "gru", 0.004)
    next(one for one in app.button if one.key == "undo_toml").click().run()
    assert not app.exception and (app.session_state["hidden"], app.session_state["lr"]) == (48, before)
    assert not any(one.key == "undo_toml" for one in app.button)


def test_a_mistake_in_the_file_is_said_by_field_and_line_and_changes_nothing(open_app):
    app = open_app(hidden="48")
    held = {name: app.session_state[name] for name in ("hidden", "lr", "cell", "window")}
    for content, said in (
        (b"window = 8\nhidden = -3\n", ("line 2", "hidden\\=\\-3")),
        (b'lr = 0.1\n\ncolour = "red"\n', ("line 3", "colour")),
        (b"hidden = = 3\n", ("not TOML", "line 1")),
        (b"\xff\xfe", ("UTF\\-8",)),
    ):
        give(app, "From a file", "bad.toml", content)
        (error,) = [one.value for one in app.error]
        assert all(word in error for word in (*said, "Nothing was changed")), error
        assert {name: app.session_state[name] for name in held} == held
    assert not app.exception


def test_what_leaves_train_as_toml_is_what_the_form_holds(open_app):
    app = open_app(hidden="48", lr="0.004")
    assert "To TOML" in buttons(app)
    values = {name: app.session_state[name] for name in ("hidden", "lr")}
    assert values == {"hidden": 48, "lr": 0.004}
    config = dataclasses.replace(DEFAULT, **values)
    assert config_from_toml(config_to_toml(config)) == config
