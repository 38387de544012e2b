"""The page on which lessons are made: from what Train stands at or from a lesson, to a link that a learner can open."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from rnn.core.config import Config
from rnn.ui.lessons.address import lesson_of, query_of
from rnn.ui.lessons.builtin import LESSONS
from tests.pages.conftest import link_value


@pytest.fixture
def teach(open_app):
    def _open(**query):
        app = open_app("teach/page.py", deep_link=True, **query)
        assert not app.exception
        return app

    return _open


def made(app):
    """The lesson of the link that the page shows."""
    assert not app.exception
    (code,) = app.code
    lesson, refused = lesson_of(parse_qs(code.value.split("/lesson?")[1]))
    assert refused == []
    return lesson


def said(app):
    return [one.value for one in app.markdown if one.value.startswith(":red[")]


@pytest.mark.parametrize("key", list(LESSONS))
def test_a_lesson_taken_as_a_start_comes_out_as_it_went_in(teach, key):
    app = teach()
    app.selectbox(key="teach_start").set_value(key).run()
    lesson, start = made(app), LESSONS[key]
    for part in ("title", "text", "question", "answers", "right", "why", "mending", "choice", "config", "mended"):
        assert getattr(lesson, part) == getattr(start, part), part
    assert (lesson.together, set(lesson.show), lesson.key) == (start.together, set(start.show), "")
    assert link_value(app, "draft") == query_of(lesson)


def test_it_starts_from_what_train_stands_at(open_app):
    app = open_app(hidden="64", data="nile")
    app.switch_page("teach/page.py").run()
    lesson = made(app)
    assert lesson.choice.data == "nile" and lesson.config == Config(hidden=64)
    app.switch_page("train/page.py").run()
    assert not app.exception
    assert app.session_state["hidden"] == 64 and app.session_state["data"] == "nile"


def test_every_part_of_the_lesson_stands_in_the_link(teach):
    app = teach(draft="lesson=no-clipping")
    app.text_input(key="teach_title").set_value("Own <b>title</b>")
    app.text_input(key="teach_a").set_value("First & best")
    app.text_input(key="teach_d").set_value("Fourth")
    app.selectbox(key="teach_d_when").set_value("rose")
    app.multiselect(key="teach_show").set_value(["hidden", "lr"])
    app.run()
    app.radio(key="teach_right").set_value("d").run()
    app.multiselect(key="teach_set").set_value(["lr", "optimiser"]).run()
    app.select_slider(key="teach_set:lr").set_value(0.3).run()
    app.multiselect(key="teach_mend").set_value(["lr", "epochs"]).run()
    app.select_slider(key="teach_mend:epochs").set_value(50).run()
    assert app.select_slider(key="teach_mend:lr").value == 0.3  # begins where the broken one stands
    app.select_slider(key="teach_mend:lr").set_value(0.15).run()
    app.selectbox(key="teach_data").set_value("seattle-weather").run()
    app.multiselect(key="teach_targets").set_value(["wind", "temp_max"]).run()
    app.toggle(key="teach_together").set_value(True).run()
    lesson = made(app)
    assert lesson.title == "Own <b>title</b>"
    assert lesson.answers[0].text == "First & best" and lesson.answers[3].when == "rose"
    assert (lesson.right, lesson.show, lesson.together) == (3, ("hidden", "lr"), True)
    assert lesson.config == Config(lr=0.3, optimiser="sgd")
    assert lesson.mended == Config(lr=0.15, optimiser="sgd", epochs=50)
    assert (lesson.choice.data, lesson.choice.targets) == ("seattle-weather", ("wind", "temp_max"))


def test_a_broken_combination_gets_its_sentence_and_no_link(teach):
    app = teach(draft="lesson=window")
    app.multiselect(key="teach_mend").set_value(["truncate"]).run()
    app.number_input(key="teach_mend:truncate").set_value(99).run()
    assert "truncate \\<\\= window must hold" in said(app)[0]
    app.number_input(key="teach_mend:truncate").set_value(1).run()
    assert not said(app) and made(app).mended.truncate == 1
    app.text_input(key="teach_a").set_value("").run()
    app.text_input(key="teach_b").set_value(" ").run()
    assert said(app) == [":red[:material/error: A lesson needs at least 2 answers to choose from\\.]"]
    assert not app.code
    app.text_input(key="teach_a").set_value("yes").run()
    app.text_input(key="teach_title").set_value("").run()
    assert "The title is empty" in said(app)[0] and not app.code


def test_its_own_address_brings_the_lesson_back(teach):
    first = teach(draft="lesson=leak")
    first.text_area(key="teach_why").set_value("Because.").run()
    draft = link_value(first, "draft")
    second = teach(draft=draft)
    assert made(second) == made(first) and made(second).why == "Because."
    third = teach(draft="title=x&lr=-1&banana=2")
    warned = " ".join(one.value for one in third.warning)
    assert "lr\\=\\-1 is not allowed" in warned and "banana" in warned
    assert made(third).title == "x"
    third.text_input(key="teach_title").set_value("y").run()
    assert not third.warning


def test_the_preview_has_the_question_and_its_answers(teach):
    app = teach(draft="lesson=trend")
    (radio,) = [one for one in app.radio if one.key == "teach_guess"]
    assert radio.value is None and [len(radio.options), radio.options[1]] == [3, "Stay below the new heights"]
