"""The lessons, from the guess to the reveal, each with a real training by the worker; and what an address may ask for."""

from __future__ import annotations

import dataclasses
import re
import time
from pathlib import Path

import pytest

import rnn
from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.runs.runner import runner
from rnn.ui.lessons.address import parameters
from rnn.ui.lessons.builtin import LESSONS
from tests.pages.charts import charts
from tests.ui.test_lesson_address import NONSENSE

SECONDS = 90


@pytest.fixture
def open_lesson(open_app):
    """open_lesson(title="…", lr="0.3", …): the lesson page as a link opens it."""

    def _open(**query):
        app = open_app("lesson/page.py", deep_link=True, **query)
        assert not app.exception
        return app

    return _open


def said(app) -> str:
    """All words of the page as a reader sees them."""
    words = " ".join(one.value for kind in (app.markdown, app.caption, app.warning, app.error) for one in kind)
    return re.sub(r"\\(.)", r"\1", words)


def guess(app, number):
    (radio,) = [one for one in app.radio if one.key.startswith("lesson_guess")]
    radio.set_value(number).run()
    app.button(key="lesson_train").click().run()
    assert not app.exception


def wait(app, condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, said(app)
        time.sleep(0.1)
        app.run()
        assert not app.exception


def keys(app, kind):
    return {one.key for one in app.get(kind)}


def revealed(app):
    return "lesson_again" in {one.key for one in app.button}


def runs():
    return {run.name.split(": ")[-1]: run for run in runner().store.runs()}


@pytest.mark.parametrize("key", list(LESSONS))
def test_a_lesson_from_the_guess_to_the_mending(open_lesson, key):
    lesson = LESSONS[key]
    app = open_lesson(lesson=key)
    assert app.button(key="lesson_train").disabled
    assert not runs() and not revealed(app) and "You guessed" not in said(app)
    assert set(charts(app)) == {"prediction_chart"} and "No network" not in said(app)
    wrong = (lesson.right + 1) % len(lesson.answers)
    guess(app, wrong)
    wait(app, lambda: revealed(app))
    answers = [answer.text for answer in lesson.answers]
    assert f"You guessed “**{answers[wrong]}**”; it was “**{answers[lesson.right]}**”." in said(app)
    assert "Measured on this run:" in said(app) and "{" not in said(app)
    assert runs()["broken"].config == lesson.config
    if not lesson.together:
        assert set(runs()) == {"broken"}
        app.button(key="lesson_mend").click().run()
    wait(app, lambda: not any(run.active for run in runs().values()))
    app.run()
    assert runs()["mended"].config == lesson.mended
    assert "lesson_mend" not in {one.key for one in app.button}
    drawn = charts(app)["lesson_curves"]
    names = {trace["name"] for trace in drawn["data"]}
    assert "Mended, validation" in names and ("Broken, validation" in names or runs()["broken"].epoch == 0)
    assert "{" not in said(app)
    store = runner().store
    best = min(epoch.val_rmse for epoch in store.epochs(runs()["mended"].id))
    assert f"lowest {best:.4g}" in drawn["alt"]


def test_the_learner_moves_only_what_the_lesson_leaves_open(open_lesson):
    app = open_lesson(lesson="window")
    assert not app.select_slider and not app.selectbox
    guess(app, 1)
    wait(app, lambda: revealed(app))
    assert "You guessed" in said(app) and "check_circle" in said(app)
    labels = {one.label for kind in ("select_slider", "selectbox", "number_input", "toggle") for one in app.get(kind)}
    assert labels == {FIELDS[field].label for field in LESSONS["window"].show}
    app.select_slider(key="lesson_set:window:window").set_value(8).run()
    app.button(key="lesson_own").click().run()
    wait(app, lambda: "yours" in runs() and not runs()["yours"].active)
    app.run()
    assert runs()["yours"].config == LESSONS["window"].config.replace(window=8)
    assert "Yours, validation" in {trace["name"] for trace in charts(app)["lesson_curves"]["data"]}
    app.button(key="lesson_again").click().run()
    assert not app.exception and not revealed(app) and app.button(key="lesson_train").disabled
    assert len(runs()) == 2  # they stay in the store


def test_what_does_not_go_together_is_said_where_the_learner_moves_it(open_lesson):
    own = dataclasses.replace(LESSONS["window"], key="", show=("truncate", "window"))
    app = open_lesson(**parameters(own))
    assert not app.warning
    guess(app, 0)
    wait(app, lambda: revealed(app))
    (number,) = app.number_input
    number.set_value(7).run()
    assert "truncate <= window must hold" in said(app)
    assert app.button(key="lesson_own").disabled


def test_a_teachers_own_lesson_is_judged_by_the_teacher_where_no_run_is_asked(open_lesson):
    app = open_lesson(
        title="Mine", question="Which?", a="one", b="two", right="b", why="{rmse} it is", epochs="2", data="nile"
    )
    assert not app.warning
    assert "A lesson by link" in said(app) and "Mine" in said(app)
    guess(app, 1)
    wait(app, lambda: revealed(app))
    assert "You guessed “**two**”; it was “**two**”." in said(app) and "lesson’s author" in said(app)
    (run,) = runs().values()
    assert (run.config, run.epoch) == (Config(epochs=2), 2)
    best = min(epoch.val_rmse for epoch in runner().store.epochs(run.id))
    assert f"{best:.1f} it is" in said(app)


def test_a_run_that_shows_none_of_the_answers_is_said_to(open_lesson):
    app = open_lesson(a="up", a_when="blew-up", b="down", b_when="looks-better", right="b", epochs="1", data="nile")
    guess(app, 0)
    wait(app, lambda: revealed(app))
    assert "This run showed none of the answers" in said(app) and "it was “**down**”" in said(app)


def test_a_stopped_run_is_revealed_with_what_it_has(open_lesson):
    app = open_lesson(a="up", b="down", right="b", epochs="10000", patience="0", batch="1", hidden="64")
    guess(app, 0)
    wait(app, lambda: next(iter(runs().values())).epoch >= 1)
    assert not revealed(app)
    app.button(key="lesson_stop").click().run()
    wait(app, lambda: revealed(app))
    assert next(iter(runs().values())).state == "stopped"


def test_no_answers_and_all_nonsense_at_once(open_lesson):
    app = open_lesson(**{name: value for name, (value, _) in NONSENSE.items()}, unheard="1")
    assert "lesson 'banana'" in said(app) and "more of the kind" in said(app)
    assert len(app.radio[0].options) == 3
    guess(app, 0)
    assert next(iter(runs().values())).config == Config()


def test_texts_mean_nothing_but_themselves(open_lesson):
    evil = "**x** <img src=x onerror=alert(1)> ![i](http://e.vil/p.png) [l](javascript:alert(1)) :red[y] $a$"
    app = open_lesson(title=evil[:80], text=evil, question=evil, a=evil, b="two", right="a", why=evil, epochs="1")
    guess(app, 0)
    wait(app, lambda: revealed(app))
    for one in [*app.markdown, *app.caption]:
        assert not re.search(r"(?<!\\)<img|(?<!\\)!\[|(?<!\\)\]\((?:http|java)", one.value), one.value


def test_a_lesson_about_a_file_that_is_not_here_asks_for_it(open_lesson):
    app = open_lesson(a="one", b="two", right="a", data="file-" + "ab" * 32)
    assert "about a file that is not here" in said(app)
    assert not app.radio and len(app.get("file_uploader")) == 1


def test_what_train_stands_at_is_not_touched_by_a_lesson(open_app):
    app = open_app(hidden="64", data="nile")
    app.query_params.clear()
    app.query_params["lesson"] = "no-clipping"
    app.switch_page("lesson/page.py").run()
    guess(app, 1)
    app.switch_page("train/page.py").run()
    assert not app.exception
    assert (app.session_state["hidden"], app.session_state["data"]) == (64, "nile")
    assert app.session_state["run"] is None


def test_learn_lists_every_lesson_and_the_way_to_make_one(open_app):
    app = open_app("learn/page.py", deep_link=True, learn="Lessons")
    assert not app.exception
    links = [one.proto for one in app.get("page_link")]
    assert [one.query_string for one in links[:7]] == [f"lesson={key}" for key in LESSONS]
    assert links[-1].page.endswith("teach")
    asked = [one.value.replace("\\", "").strip() for one in app.caption]
    assert asked == [lesson.question for lesson in LESSONS.values()]


def test_the_readme_gives_the_address_of_every_lesson():
    readme = (Path(rnn.__file__).parents[1] / "README.md").read_text("utf-8")
    assert re.findall(r"/lesson\?lesson=([a-z-]+)", readme) == list(LESSONS)
