"""Lessons in addresses: what goes in comes out, and all nonsense gets its sentence and the default."""

from __future__ import annotations

import dataclasses
from urllib.parse import parse_qs

import pytest

from rnn.core.config import Config
from rnn.runs.runner import stop_runner
from rnn.ui.chosen_series import Choice
from rnn.ui.lessons import LONGEST, Answer, Lesson
from rnn.ui.lessons.address import ANSWERS, MOST_LETTERS, TEXTS, lesson_of, parameters, query_of
from rnn.ui.lessons.builtin import LESSONS

NONSENSE = {
    "lesson": ("banana", "There is no lesson 'banana'"),
    "lr": ("-5", "lr=-5 is not allowed; allowed: a number from 1e-08 to 100."),
    "hidden": ("many", "hidden='many' is not allowed"),
    "cell": ("<b>x</b>", "cell='<b>x</b>' is not allowed"),
    "epochs": ("9" * 400, "epochs="),
    "truncate": ("99", "`truncate <= window` must hold"),
    "mend_lr": ("1e9", "Mended settings: lr=1000000000 is not allowed"),
    "mend_window": ("0", "Mended settings: window=0 is not allowed"),
    "data": ("moon", "data='moon' is no series"),
    "target": ("moon", "target='moon' is not a column"),
    "repairs": ("[[[[", "What the address says of the series is left out"),
    "show": ("lr,banana", "show='banana' is no setting"),
    "right": ("d", "The right answer 'd' is none of the answers"),
    "a_when": ("doom", "a_when='doom' is not allowed"),
    "c_when": ("rose", "c_when belongs to the answer c"),
    "together": ("maybe", "together='maybe' is not allowed"),
    "title": ("x" * 81, "The title has 81 letters; at most 80 are allowed."),
    "text": ("x" * 5000, "The text has 5,000 letters"),
    "why": (" ", "The why is empty."),
    "b": ("y" * 121, "The answer b has 121 letters"),
    "banana": ("1", "'banana' is nothing that a lesson has"),
}


PLAIN = {"a": ["one"], "b": ["two"], "right": ["b"]}


@pytest.mark.parametrize("key", list(LESSONS))
def test_what_goes_into_an_address_comes_out(key):
    assert lesson_of(parse_qs(query_of(LESSONS[key]))) == (LESSONS[key], [])
    own = dataclasses.replace(LESSONS[key], key="")
    assert lesson_of(parse_qs(query_of(own))) == (own, [])
    assert len(query_of(own)) < 3000


def test_signs_lists_and_odd_values_survive():
    lesson = Lesson(
        "Ünï & <b>=?", "50 % of 1+1\n“two”", "q?", (Answer("ja"), Answer("nein", "rose"), Answer("日本")), 2, "w#y",
        Choice("seattle-weather", ("wind", "temp_max"), ("precipitation",), static=("precipitation",)),
        Config(loss="quantile", quantiles=(0.05, 0.5, 0.95), truncate=3, validation=0.3, bias=False, patience=None, lr=1.5e-5),
        Config(), mending="m", show=("lr", "quantiles"),
    )  # fmt: skip
    assert lesson_of(parse_qs(query_of(lesson))) == (lesson, [])


def test_the_longest_texts_in_latin_letters_fit_into_a_link():
    long = {name: "x y " * (LONGEST[name] // 4) for name in TEXTS}
    answers = tuple(Answer("x y " * (LONGEST["answer"] // 4)) for _ in range(4))
    choice = Choice("sunspots", ("SUNACTIVITY",))
    lesson = Lesson(**long, answers=answers, right=0, choice=choice, config=Config(), mending="x y " * 150)
    assert len(query_of(lesson)) < MOST_LETTERS


@pytest.mark.parametrize("name", list(NONSENSE))
def test_nonsense_gets_a_sentence_and_the_default(name):
    value, sentence = NONSENSE[name]
    plain, none = lesson_of(PLAIN)
    assert none == []
    found, refused = lesson_of(PLAIN | {name: [value]})
    assert any(sentence in one for one in refused), refused
    if name == "b":
        assert found.answers == ANSWERS
    elif name == "right":
        assert found == dataclasses.replace(plain, right=0)
    else:
        assert dataclasses.replace(found, choice=plain.choice, show=()) == plain
        assert found.choice.data == "sunspots"


def test_an_empty_address_is_the_first_lesson_and_a_named_one_stays_as_it_is():
    first = next(iter(LESSONS.values()))
    assert lesson_of({}) == (first, [])
    assert lesson_of({"banana": ["1"]})[0] == first
    found, refused = lesson_of({"lesson": ["leak"], "lr": ["1"]})
    assert found == LESSONS["leak"] and refused == ["“lr” is left out: leak is a lesson as it stands."]


def test_an_answer_that_is_missing_in_the_middle_keeps_the_letters():
    found, refused = lesson_of({"a": ["one"], "c": ["three"], "d": ["four"], "right": ["c"]})
    assert refused == [] and found.answers[found.right].text == "three"


@pytest.fixture
def own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    stop_runner()
    yield
    stop_runner()


def test_a_file_that_is_not_here_stays_the_choice(own_store):
    found, refused = lesson_of(PLAIN | {"data": ["file-" + "ab" * 32], "target": ["x"]})
    assert refused == [] and found.choice == Choice("file-" + "ab" * 32, ("x",))
    assert lesson_of(PLAIN | {"data": ["file-../../etc/passwd"]})[1]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"title": ""}, "The title is empty"),
        ({"answers": (Answer("one"),)}, "2 to 4 answers"),
        ({"right": 3}, "one of the 3 answers, got number 4"),
        ({"show": ("moon",)}, "'moon' is not a setting"),
        ({"mended": None, "together": True}, "need mended settings"),
        ({"why": "x" * 601}, "The why has 601 letters"),
    ],
)
def test_a_lesson_that_is_none_raises_a_sentence(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        dataclasses.replace(LESSONS["window"], **change)
    with pytest.raises(ValueError, match="when='moon' is not allowed"):
        Answer("x", "moon")


def test_parameters_of_a_lesson_are_what_the_page_link_takes():
    found = parameters(dataclasses.replace(LESSONS["leak"], key=""))
    assert found["mend_scaler_rows"] == "train" and found["together"] == "true" and found["target"] == ["co2"]
