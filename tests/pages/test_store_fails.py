"""A store that fails while a page is open: sentences, and what the user has set stays."""

from __future__ import annotations

import sqlite3

from sqlalchemy import make_url

from rnn.runs.runner import runner
from tests.pages.conftest import link_value


def plain(elements):
    return [one.value.replace("\\", "") for one in elements]


def press(app, key):
    next(one for one in app.button if one.key == key).click().run()


def test_a_click_on_a_locked_store_says_so_and_works_once_it_is_free(open_app):
    app = open_app(hidden="7", epochs="2")
    store = runner().store
    store.wait_at_most(0.1)
    holder = sqlite3.connect(make_url(store.url).database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    press(app, "train")
    assert not app.exception
    (sentence,) = plain(app.error)
    assert sentence.startswith("The store cannot be written: another program holds it locked (/")
    assert link_value(app, "hidden") == "7" and "run" not in app.query_params and store.runs() == []
    holder.close()
    press(app, "train")
    assert not app.exception and not app.error
    assert store.run(link_value(app, "run")).config.hidden == 7


def test_what_a_worker_says_of_the_store_stands_on_the_page_until_it_is_over(open_app):
    app = open_app()
    (worker,) = runner()._processes
    worker.trouble = "The store cannot be written: the disk is full (/a_b/unroll.sqlite). Training goes on in memory."
    app.run()
    assert plain(app.warning) == [worker.trouble]
    worker.trouble = None
    app.run()
    assert not app.warning


def test_a_store_that_cannot_be_read_in_mid_training_is_a_sentence(open_app, monkeypatch):
    app = open_app(hidden="7", epochs="100000")
    press(app, "train")

    def fail(run_id):
        raise sqlite3.OperationalError("no such luck")

    with monkeypatch.context() as patched:
        patched.setattr("pages.train.progress.session.epochs_wanted", lambda run: fail(run.id))
        app.run()
    assert not app.exception
    assert plain(app.error)[0].startswith("The store cannot be used: no such luck (/")
    app.run()
    assert not app.error
    press(app, "stop")
