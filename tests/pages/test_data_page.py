"""The Data page: samples, uploads, what was understood, and files that cannot be read."""

from __future__ import annotations

import pytest

from rnn.data import SAMPLES
from rnn.runs.runner import runner
from rnn.ui.chosen_series import Choice, choice_of_reading
from tests.pages.conftest import link_value

GERMAN = "Datum;Umsatz;Filiale\r\n" + "".join(
    f"{1 + k % 28:02d}.{1 + k // 28:02d}.2023;{k},5;A\r\n" for k in range(200)
)


def upload(app, name, content):
    app.file_uploader[0].upload(name, content).run()


def texts(app):
    return [one.value for one in (*app.markdown, *app.caption, *app.error)]


@pytest.mark.parametrize("key", list(SAMPLES))
def test_every_sample_opens(open_app, key):
    app = open_app("data/page.py")
    next(one for one in app.button if one.key == f"choose-{key}").click().run()
    assert not app.exception
    assert any(SAMPLES[key].licence in one for one in texts(app))
    assert any("rows in the file" in one for one in texts(app))


def test_an_upload_is_understood_and_is_there_on_train(open_app):
    app = open_app("data/page.py")
    upload(app, "Umsätze 2023.csv", GERMAN.encode("cp1252"))
    metrics = {one.label: one.value for one in app.metric}
    assert metrics["Rows"] == "200"
    assert metrics["Separator"] == "semicolon"
    assert metrics["Decimal"] == "comma"
    assert metrics["Time column"] == "Datum"
    assert link_value(app, "data").startswith("file-")
    app.switch_page("train/page.py").run()
    assert not app.exception
    assert app.subheader[-1].value.startswith("Umsätze") or any("Umsätze" in one.value for one in app.subheader)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("empty.csv", b"", "empty"),
        ("words.csv", b"a,b\nx,y\nz,w\n", "number"),
        ("archive.csv", b"PK\x03\x04" + bytes(200), "zip"),
    ],
)
def test_a_bad_file_gets_a_sentence_and_the_series_stays(open_app, name, content, word):
    app = open_app("data/page.py")
    upload(app, name, content)
    assert not app.exception
    assert len(app.error) == 1
    assert word in app.error[0].value
    assert app.session_state["data"] == "sunspots"


SHOPS = "sales,price,size\n" + "".join(f"{k % 7},{k % 3},12\n" for k in range(120))


def columns(app, label):
    return next((one for one in app.multiselect if one.label == label), None)


def test_fed_in_columns_can_be_marked_static_and_the_link_says_so(open_app):
    app = open_app("data/page.py")
    upload(app, "shops.csv", SHOPS.encode())
    columns(app, "Predict").set_value(["sales"]).run()
    assert columns(app, "Of these, static") is None
    columns(app, "Feed in as well").set_value(["price", "size"]).run()
    assert list(columns(app, "Of these, static").options) == ["price", "size"]
    columns(app, "Of these, static").set_value(["size"]).run()
    assert not app.exception
    assert link_value(app, "static") == "size"
    other = open_app(data=link_value(app, "data"), target="sales", input=["price", "size"], static="size", hidden="4")
    assert columns(other, "Of these, static").value == ["size"]
    other.button(key="step").click().run()
    store = runner().store
    run = store.run(link_value(other, "run"))
    assert store.series(run.series_hash).static == ("size",)
    assert choice_of_reading(store.series_reading(run.series_hash)).static == ("size",)
    columns(other, "Feed in as well").set_value(["price"]).run()
    assert columns(other, "Of these, static").value == []
    assert not other.exception


def test_a_run_from_before_there_were_static_columns_opens():
    reading = {"data": "nile", "targets": ["volume"], "inputs": [], "choices": {}}
    assert choice_of_reading(reading) == Choice("nile", ("volume",))
