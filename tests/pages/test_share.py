"""Share: an address opened on another machine brings the same series, settings and numbers; a file is asked for and checked."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from urllib.parse import parse_qs

import numpy as np
import pytest
import streamlit as st

from rnn.core.config import Config
from rnn.core.events import Epoch
from rnn.core.fields import FIELDS
from rnn.core.series import Series
from rnn.data.repair import Repair, repairs_json
from rnn.runs.attempt import Attempt
from rnn.runs.packing import file_hash
from rnn.runs.runner import Runner, runner, stop_runner
from rnn.runs.store import Store
from rnn.ui import chosen_series
from rnn.ui.chosen_series import FILE, Choice, choice_of_stored, reading_of, series_of
from rnn.ui.relevance import settled
from rnn.ui.share import Shared, query_of, what_it_carries
from rnn.ui.takeaway import made
from tests.pages.conftest import link_value
from tests.pages.stored_runs import WORKER, made_up, trained
from tests.pages.test_following import address, config_of
from tests.pages.test_train_page import button

CSV = "\n".join(["day;shop;sales;price;holiday", *(
    f"{np.datetime64('2023-01-01') + k};{shop};{50 + 10 * np.sin(k / 4) + len(shop):.3f};{7 + k % 3};{k % 5 == 0:d}"
    for shop in ("north", "south-west") for k in range(90)
)]).replace(".", ",").encode()  # fmt: skip
NORTH = ("north",)

Link = dict[str, str | list[str]]


@pytest.fixture
def other_machine(tmp_path, monkeypatch) -> Callable[[], None]:
    """other_machine(): from now on everything runs on a store of its own, which has nothing in it."""

    def move() -> None:
        stop_runner()
        monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path / "another machine"))
        st.cache_resource.clear()
        st.cache_data.clear()

    return move


@pytest.fixture
def no_workers(monkeypatch) -> None:
    monkeypatch.setattr(Runner, "start", lambda runner: runner)


def link(shared: Shared) -> Link:
    """The address as the other machine is given it: written, and read as a browser reads it."""
    return dict(parse_qs(query_of(shared), keep_blank_values=True, strict_parsing=True))


def opened(open_app, asked: Link, page: str | None = None):
    app = open_app(page, deep_link=page is not None, **{k: v[0] if len(v) == 1 else v for k, v in asked.items()})
    assert not app.exception
    return app


def said(app) -> str:
    parts = (app.error, app.warning, app.info, app.success, app.caption, app.markdown)
    return " ".join(one.value for group in parts for one in group).replace("\\", "").replace("\u2060", "")


def choice_of(app) -> Choice:
    """The choice that the page's own pickers stand at."""
    data = app.session_state["data"]

    def names(role: str) -> tuple[str, ...]:
        key = f"{role}:{data}"
        return tuple(app.session_state[key]) if key in app.session_state else ()

    repairs = f"repairs:{data}"
    return Choice(
        data, names("target"), names("input"), app.session_state["reading"], names("static"), names("known"), names("id"),
        app.session_state[repairs] if repairs in app.session_state else "[]",  # noqa: SIM401
    )  # fmt: skip


def give(app, name: str, content: bytes):
    app.file_uploader[0].upload(name, content, "text/csv").run()
    assert not app.exception
    return app


def run_of(choice: Choice, **config):
    """A run of this choice, trained here."""
    with Store() as store:
        series = series_of(choice)
        if choice.file_hash:
            store.add_series(series, file_hash=choice.file_hash, reading=reading_of(choice))
        return trained(store, series, reading=reading_of(choice), **config)


def timeless(epochs: list[Epoch]) -> list[Epoch]:
    return [dataclasses.replace(epoch, seconds=0.0) for epoch in epochs]


READING = json.dumps({"delimiter": ";", "decimal": ",", "id": ["shop"], "shape": "long", "time": "day"})
REPAIRS = json.dumps([{"kind": "clip", "column": "sales", "options": {"low": 45.0}}], separators=(",", ":"))
SMALL = {"hidden": 3, "window": 6, "epochs": 2}

# What is learned from → the settings beside it.
CASES: dict[str, tuple[Choice, dict]] = {
    "default sample": (Choice("sunspots", ("SUNACTIVITY",)), {}),
    "log and patch": (
        Choice("air-passengers", ("#Passengers",)), {"log": True, "patch": 2, "difference": "seasonal", "season": 4},
    ),
    "split": (Choice("nile", ("volume",)), {"validation": 20, "test": 0.1, "gap": 2, "scaling": "minmax"}),
    "several networks in double": (Choice("nile", ("volume",)), {"seeds": 3, "dtype": "float64", "seed": 12}),
    "quantiles": (Choice("nile", ("volume",)), {"loss": "quantile", "quantiles": (0.1, 0.5), "patience": None}),
    "momentum and a schedule": (
        Choice("nile", ("volume",)),
        {"optimiser": "momentum", "momentum": 0.8, "nesterov": True, "schedule": "cosine", "warmup": 0.1, "lr": 0.0123},
    ),
    "refit": (Choice("nile", ("volume",)), {"refit": True, "cell": "gru"}),
    "two layers": (Choice("nile", ("volume",)), {"layers": 2, "dropout": 0.25, "cell": "lstm", "forget_bias": 2.0}),
    "one of a file": (Choice("FILE", ("sales",), reading=READING, ids=NORTH), {}),
    "inputs known ahead": (
        Choice("FILE", ("sales",), ("price", "holiday"), READING, known=("holiday",), ids=NORTH), {"horizon": 3},
    ),
    "panel with a static column": (Choice("FILE", ("sales",), ("price",), READING, static=("price",), ids=("all",)), {}),
    "repairs": (Choice("FILE", ("sales",), reading=READING, ids=NORTH, repairs=REPAIRS), {}),
    "two targets": (Choice("FILE", ("sales", "price"), reading=READING, ids=NORTH), {}),
}  # fmt: skip


def stored(choice: Choice) -> Choice:
    if choice.data != "FILE":
        return choice
    return dataclasses.replace(choice, data=FILE + runner().store.add_file("sales, 2023.csv", CSV))


@pytest.mark.parametrize("case", CASES)
def test_a_shared_run_comes_to_the_same_bits_on_another_machine(open_app, other_machine, no_workers, case):
    choice, config = CASES[case]
    choice = stored(choice)
    run = run_of(choice, **{**SMALL, **config})
    series_key = run.series_hash
    asked = link(Shared("", choice, run.config, run))
    rows, weights = timeless(runner().store.epochs(run.id)), runner().store.best(run.id)
    other_machine()
    app = opened(open_app, asked)
    if choice.file_hash:
        assert "This link is about sales, 2023.csv" in said(app).replace("*", "")
        give(app, "downloaded (1).csv", CSV)
    assert f"The run {run.id} is not in this store; its series and settings came with the link." in said(app)
    assert config_of(app) == Config(**settled(vars(run.config))) and choice_of(app) == choice
    assert not app.warning and not app.error, said(app)
    button(app, "train").click().run()
    assert not app.exception
    with Store() as store:
        (made,) = store.runs()
        assert made.series_hash == series_key and made.config == run.config
        made = store.claim_next(WORKER)
        Attempt(store, made, WORKER, store.series).work()
        assert timeless(store.epochs(made.id)) == rows
        found = store.best(made.id)
        assert found.keys() == weights.keys()
        assert all(np.array_equal(found[name], weights[name]) for name in weights)
    app.run()
    assert "Same numbers as the run that was shared: all 2 epochs are equal to the last bit." in said(app)


def shared_run(epochs: int = 2, data: str = "nile", **config):
    choice = Choice(data, ("volume",)) if data == "nile" else stored(CASES["one of a file"][0])
    run = run_of(choice, **{**SMALL, "epochs": epochs, **config})
    return choice, run


def train_here(app) -> None:
    """What was put in the queue is trained in this process, and the page drawn anew."""
    with Store() as store:
        run = store.claim_next(WORKER)
        Attempt(store, run, WORKER, store.series).work()
    app.run()
    assert not app.exception


@pytest.mark.parametrize("page", ["forecast/page.py", "inside/page.py"])
def test_a_run_that_is_not_here_is_made_anew_on_the_page_of_the_link(open_app, other_machine, no_workers, page):
    choice, run = shared_run(5)
    asked = link(Shared(page.split("/")[0], choice, run.config, run))
    other_machine()
    app = opened(open_app, asked | {"section": ["Residuals"]}, page)
    assert f"The run {run.id} is not in this store; its series and settings came with the link." in said(app)
    button(app, "train_anew").click().run()
    assert not app.exception
    train_here(app)
    assert "is not in this store" not in said(app)
    made = runner().store.run(app.session_state["run"])
    assert made.id != run.id and made.config == run.config and made.epoch == 5
    best = next(one.val_rmse for one in runner().store.epochs(made.id) if one.epoch == made.best_epoch)
    assert repr(best) == asked["result"][0].split("_")[3], "to the last bit"


def test_other_numbers_are_said_with_both_and_the_versions(open_app, other_machine, no_workers):
    choice, run = shared_run()
    asked = link(Shared("", choice, run.config, run))
    parts = asked["result"][0].split("_")
    parts[4] = "0" * 16
    other_machine()
    app = opened(open_app, asked | {"result": ["_".join(parts)], "made": ["0.0.9_1.26.0_3.9.1_mkl-1"]})
    button(app, "train").click().run()
    train_here(app)
    assert "Other numbers than the run that was shared: best was epoch" in said(app)
    assert "NumPy 1.26.0 there and" in said(app) and "BLAS mkl-1 there" in said(app)
    app.query_params["made"] = ""
    parts[1] = "9"
    longer = opened(open_app, asked | {"run": [app.session_state["run"]], "result": ["_".join(parts)], "made": [""]})
    assert "Other numbers" in said(longer) and "Same numbers" not in said(longer)


def test_a_run_with_other_settings_is_not_compared(open_app, other_machine, no_workers):
    choice, run = shared_run()
    asked = link(Shared("", choice, run.config, run))
    other_machine()
    app = opened(open_app, asked)
    app.select_slider(key="hidden").set_value(4).run()
    button(app, "train").click().run()
    train_here(app)
    assert "numbers than" not in said(app) and "Same numbers" not in said(app)


def test_what_was_changed_in_mid_run_is_not_promised(open_app):
    choice, run = shared_run()
    with Store() as store:
        store.command(run.id, "epochs", 4)
        store.command(run.id, "resume")
        Attempt(store, store.claim_next(WORKER), WORKER, store.series).work()
        run = store.run(run.id)
        assert run.epoch == 4 and "result" in link(Shared("", choice, run.config, run)), (
            "a constant rate: the same as from the start"
        )
        store.command(run.id, "lr", 0.001)
        store.command(run.id, "epochs", 6)
        store.command(run.id, "resume")
        Attempt(store, store.claim_next(WORKER), WORKER, store.series).work()
        run = store.run(run.id)
    assert run.epoch == 6 and store.changes(run.id) and "result" not in link(Shared("", choice, run.config, run))
    assert "its learning rate was changed in mid-run" in what_it_carries(Shared("", choice, run.config, run))
    with Store() as store:
        branch = store.run(store.branch(run.id, run.best_epoch, session="s"))
    assert "went on from epoch" in what_it_carries(Shared("", choice, branch.config, branch))


def test_the_link_of_another_file_than_asked_for(open_app, other_machine, no_workers):
    choice, run = shared_run(data="file")
    asked = link(Shared("", choice, run.config, run))
    assert not set("".join(value for values in asked.values() for value in values)) & {"\n"}
    assert "47,000" not in str(asked) and asked["file"] == ["sales, 2023.csv"]
    other_machine()
    app = opened(open_app, asked)
    assert "(6 kB, 180 rows)" in said(app) and "predicted: sales" in said(app) and "series: north" in said(app)
    wrong = CSV.replace(b"price", b"prize") + b"\n2024-01-01;north;51,5;7;0"
    give(app, "other.csv", wrong)
    told = said(app)
    assert "This is another file than the link’s" in told and "181 rows, not 180" in told
    assert "is called other.csv, not sales, 2023.csv" in told
    give(app, "broken.csv", b"no numbers at all")
    assert "link_use_anyway" not in {one.key for one in app.button}
    give(app, "sales, 2023.csv", CSV)
    assert config_of(app) == Config(**settled(vars(run.config))) and choice_of(app) == choice


def test_another_file_is_used_anyway_with_the_links_reading(open_app, other_machine, no_workers):
    choice, run = shared_run(data="file")
    asked = link(Shared("", choice, run.config, run))
    other_machine()
    app = opened(open_app, asked)
    wrong = CSV.replace(b"51", b"52")
    give(app, "other.csv", wrong)
    button(app, "link_use_anyway").click().run()
    assert not app.exception
    assert choice_of(app) == dataclasses.replace(choice, data=FILE + file_hash(wrong))
    assert config_of(app) == Config(**settled(vars(run.config)))
    assert "is not in this store" not in said(app), "it is another series, and so another run"


def test_what_the_other_file_lacks_is_said(open_app, other_machine, no_workers):
    choice = stored(CASES["inputs known ahead"][0])
    asked = link(Shared("", choice, Config(hidden=5)))
    other_machine()
    app = opened(open_app, asked)
    give(app, "other.csv", CSV.replace(b"price", b"prize"))
    assert "It has no price, which the link names" in said(app)
    button(app, "link_use_anyway").click().run()
    assert "other.csv has no price, which the link names" in said(app) and config_of(app).hidden == 5


@pytest.mark.parametrize("page", ["data/page.py", "forecast/page.py", "inside/page.py", "race/page.py"])
def test_every_page_asks_for_the_file_and_goes_on(open_app, other_machine, no_workers, page):
    choice, run = shared_run(data="file")
    asked = link(Shared(page.split("/")[0], choice, run.config, run))
    other_machine()
    app = opened(open_app, asked, page)
    assert "#### This link needs a file" in said(app)
    give(app, "a.csv", CSV)
    assert "This link needs a file" not in said(app)
    assert config_of(app) == Config(**settled(vars(run.config))) and choice_of(app) == choice


def test_the_link_waits_while_other_pages_are_looked_at(open_app, other_machine, no_workers):
    choice, run = shared_run(data="file")
    asked = link(Shared("", choice, run.config, run))
    other_machine()
    app = opened(open_app, asked)
    for name in list(app.query_params):
        del app.query_params[name]  # as a browser does when another page is opened
    app.switch_page("runs/page.py").run()
    assert not app.exception and "This link needs" not in said(app)
    for name in list(app.query_params):
        del app.query_params[name]
    app.switch_page("train/page.py").run()
    assert "#### This link needs a file" in said(app)
    give(app, "a.csv", CSV)
    assert config_of(app) == Config(**settled(vars(run.config))) and choice_of(app) == choice


def test_without_the_file_the_settings_of_the_link_are_still_there(open_app, other_machine, no_workers):
    choice, run = shared_run(data="file")
    asked = link(Shared("", choice, run.config, run))
    other_machine()
    app = opened(open_app, asked)
    button(app, "link_go_on").click().run()
    assert not app.exception and "The link is about sales, 2023.csv, which was not given" in said(app)
    assert app.session_state["data"] == "sunspots" and config_of(app) == Config(**settled(vars(run.config)))


def test_a_series_of_a_script_is_asked_for_as_the_runs_own_file(open_app, other_machine, no_workers):
    with Store() as store:
        run = trained(store, Series.from_values(np.sin(np.arange(60.0)), name="from a script"), **SMALL)
    choice = choice_of_stored(run.series_hash)
    asked = link(Shared("", choice, run.config, run))
    own = made(runner().store, run.id, "run")
    other_machine()
    app = opened(open_app, asked)
    assert "the series **from a script**" in said(app) and "Take away" in said(app)
    give(app, "run.unroll", own)
    assert choice_of(app).data == choice.data and not app.error
    assert chosen_series.series_of(choice).name == "from a script"


def test_a_damaged_link_is_a_sentence_and_nothing_breaks(open_app):
    damaged = [
        {"data": "file-zz"},
        {"data": "series-" + "0" * 64, "file": "<b>*x*", "file_size": "-3", "file_rows": "x" * 90},
        {"data": FILE + "0" * 64, "repairs": "{", "reading": "[", "target": ["a"] * 30},
        {"result": "x", "made": "y" * 3000},
        {"run": "no" * 200, "hidden": "9"},
    ]
    for asked in damaged:
        app = open_app(**asked)
        assert not app.exception


def test_a_race_is_set_up_again_on_another_machine(open_app, other_machine, no_workers):
    choice, configs = (
        Choice("nile", ("volume",)),
        [Config(**SMALL, gap=2, cell=cell, lr=0.01) for cell in ("gru", "lstm")],
    )
    open_app()
    with Store() as store:
        key = store.add_series(series_of(choice), reading=reading_of(choice))
        race = store.add_race(configs, key, session="s")
    app = opened(open_app, {"race": [race], "data": ["nile"], "settings": ['{"hidden":50,"gap":2}']}, "race/page.py")
    asked = {name: app.query_params[name] for name in app.query_params}
    asked = {name: value if isinstance(value, list) else [value] for name, value in asked.items()}
    again = opened(open_app, asked, "race/page.py")
    assert again.session_state["race"] == race and again.session_state["race_vary"] != "own"
    other_machine()
    app = opened(open_app, asked, "race/page.py")
    assert f"There is no race {race} here" in said(app) and "Its lanes came with the link" in said(app)
    button(app, "race_start").click().run()
    assert not app.exception
    with Store() as store:
        assert [run.config for run in store.race(app.session_state["race"])] == configs


@pytest.mark.parametrize("page", [None, "data/page.py", "forecast/page.py", "inside/page.py", "race/page.py"])
@pytest.mark.parametrize("settings", [{}, {"hidden": 5, "seed": 3, "validation": 0.3}])
def test_the_address_of_each_page_says_all_of_it_where_its_run_is_not(open_app, other_machine, page, settings):
    open_app()
    with Store() as store:
        run = made_up(store, "of sunspots", [30.0, 29.0], **settings)
    app = open_app(run=run.id)
    if page is not None:
        for name in list(app.query_params):
            if name in FIELDS:
                del app.query_params[name]  # as a browser does when the form is left
        app.switch_page(page).run()
    asked = address(app) if page is None else {name: link_value(app, name) for name in app.query_params}
    assert asked["run"] == run.id
    other_machine()
    again = open_app(page, deep_link=page is not None, **asked)
    assert not again.exception and config_of(again) == run.config
    assert again.session_state["data"] == "sunspots"


def test_an_address_that_is_too_long_to_arrive_is_not_offered_and_a_reload_keeps_the_repairs(open_app, no_workers):
    one = json.loads(REPAIRS)[0]
    repairs = [{**one, "options": {"low": 45.0 + k / 1000, "rows": [[k, k]]}} for k in range(1, 150)]
    text = repairs_json(tuple(Repair.from_dict(repair) for repair in repairs))
    choice = dataclasses.replace(stored(CASES["one of a file"][0]), repairs=text)
    run = run_of(choice, **SMALL)
    app = opened(open_app, {"run": [run.id]})
    assert "only 8,000 are sure to arrive" in said(app) and not [one for one in app.code if "run=" in one.value]
    assert choice_of(app) == choice
    asked = {name: [link_value(app, name)] for name in app.query_params}
    again = opened(open_app, asked)
    assert choice_of(again) == choice and "Changed since this run began" not in said(again)


def test_what_share_says(open_app, no_workers):
    choice, run = shared_run(data="file")
    app = opened(open_app, {"run": [run.id]})
    (code,) = [one.value for one in app.code if "run=" in one.value]
    assert parse_qs(code.partition("?")[2]) == link(Shared("", choice, run.config, run))
    assert "Whoever opens it needs the file **sales, 2023.csv**, and is asked for it" in said(app)
    assert "compared number by number" in said(app)
    app.select_slider(key="hidden").set_value(8).run()
    (code,) = [one.value for one in app.code if "base=" in one.value]
    assert "run=" not in code and "hidden=8" in code, "the settings as they stand are not the run's"
