"""A lesson as the query of an address, and back: typed and range-checked, with a sentence for each thing that cannot be taken.

`lesson=no-clipping` is one that comes with the product. A teacher's own says all of itself: `title`, `text`, `question`, the
answers `a` … `d` (each with `a_when` … where a run is asked), `right`, `why`, `mending`, `show` (settings the learner may
move, with commas), `together=true`, the series as on Train (`data`, `target`, …), each setting that is not the default by
its name, and each that the mended settings have otherwise as `mend_` and its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.ui.controls import parse_link_value, shown
from rnn.ui.lessons.builtin import LESSONS
from rnn.ui.lessons.lesson import Answer, Lesson, check_text
from rnn.ui.lessons.outcomes import OUTCOMES
from rnn.ui.lessons.series_address import SERIES, choice_of, series_parameters
from rnn.ui.relevance import DEFAULT

Query = Mapping[str, Sequence[str]]

KEY = "lesson"
DRAFT = "draft"  # on the page where a lesson is made: all of the lesson's own query
LETTERS = "abcd"
MEND, WHEN = "mend_", "_when"
MOST_LETTERS = 12_000
"""Of an address: servers and browsers take four times as many, some mail programs cut below it."""
TEXTS = {
    "title": "A lesson",
    "text": "Look at the series and at the settings, then say what you expect.",
    "question": "What will the training come to?",
    "why": "The validation RMSE is {rmse}, that of repeating the last value {naive}.",
}
ANSWERS = (
    Answer("It beats repeating the last value", "beats-naive"),
    Answer("It is no better than repeating the last value", "worse-than-naive"),
    Answer("It blows up: the losses are no longer numbers", "blew-up"),
)
"""What stands in for a teacher's texts that are missing or cannot be taken."""
_OWN = (*TEXTS, *LETTERS, *(letter + WHEN for letter in LETTERS), "right", "mending", "show", "together", *SERIES)
MOST_SHOWN = 60  # letters of a wrong value that a sentence repeats


def lesson_of(query: Query) -> tuple[Lesson, list[str]]:
    """The lesson that an address asks for, and what of it could not be taken; the first lesson for an empty one."""
    first, refused = next(iter(LESSONS.values())), []
    key = _one(query, KEY)
    if key in LESSONS:
        return LESSONS[key], [f"“{name}” is left out: {key} is a lesson as it stands." for name in query if name != KEY]
    if key is not None:
        refused.append(f"There is no lesson {_quoted(key)}; there are {', '.join(LESSONS)}.")
    if not any(_is_own(name) for name in query):
        refused += [_unknown(name) for name in query if name != KEY]
        return first, refused
    refused += [_unknown(name) for name in query if name != KEY and not _is_own(name)]
    return _own(query, refused), refused


def parameters(lesson: Lesson) -> dict[str, str | list[str]]:
    """What `lesson_of` reads the lesson from: names and values of a query."""
    if lesson.key:
        return {KEY: lesson.key}
    found: dict[str, str | list[str]] = {name: getattr(lesson, name) for name in TEXTS}
    for letter, answer in zip(LETTERS, lesson.answers, strict=False):
        found[letter] = answer.text
        if answer.when:
            found[letter + WHEN] = answer.when
    found["right"] = LETTERS[lesson.right]
    if lesson.mending:
        found["mending"] = lesson.mending
    if lesson.show:
        found["show"] = ",".join(lesson.show)
    found |= series_parameters(lesson.choice)
    found |= _settings(lesson.config, DEFAULT, "")
    if lesson.mended is not None:
        found |= _settings(lesson.mended, lesson.config, MEND)
    if lesson.together:
        found["together"] = "true"
    return found


def query_of(lesson: Lesson) -> str:
    """The same as it stands in an address, after the question mark."""
    return urlencode(parameters(lesson), doseq=True)


def short_name(lesson: Lesson) -> str:
    """A dozen letters that tell it from other lessons, for the keys of its widgets."""
    return lesson.key or hashlib.blake2b(query_of(lesson).encode(), digest_size=6).hexdigest()


def _settings(config: Config, beside: Config, prefix: str) -> dict[str, str]:
    """Each setting in which a config differs from another, as it stands in an address."""
    return {
        prefix + field: str(shown(field, getattr(config, field))).lower()
        for field in FIELDS
        if getattr(config, field) != getattr(beside, field)
    }


def _own(query: Query, refused: list[str]) -> Lesson:
    texts = {name: _text(query, name, instead, refused) for name, instead in TEXTS.items()}
    answers, right = _answers(query, refused)
    config = _config(query, DEFAULT, "", refused)
    mended = _config(query, config, MEND, refused)
    together = _one(query, "together") or "false"
    if together not in ("true", "false"):
        refused.append(f"together={_quoted(together)} is not allowed; allowed: true, false.")
    if together == "true" and mended == config:
        refused.append("Two trainings side by side need mended settings; there are none, so one is trained.")
    return Lesson(
        **texts,
        mending=_text(query, "mending", "", refused),
        answers=answers,
        right=right,
        choice=choice_of(query, refused),
        config=config,
        mended=None if mended == config else mended,
        together=together == "true" and mended != config,
        show=_show(query, refused),
    )


def _text(query: Query, name: str, instead: str, refused: list[str], kind: str = "") -> str:
    """kind: which of the LONGEST holds for it, where it is not its own name."""
    text = _one(query, name)
    if text is None:
        return instead
    try:
        check_text(kind or name, text, f"{kind} {name}".strip())
    except ValueError as error:
        refused.append(str(error))
        return instead
    return text


def _answers(query: Query, refused: list[str]) -> tuple[tuple[Answer, ...], int]:
    """The answers and the number of the right one."""
    found: dict[str, Answer] = {}
    for letter in LETTERS:
        when = _one(query, letter + WHEN) or ""
        if when and when not in OUTCOMES:
            refused.append(f"{letter}{WHEN}={_quoted(when)} is not allowed; allowed: {', '.join(OUTCOMES)}.")
            when = ""
        text = _text(query, letter, "", refused, "answer")
        if text:
            found[letter] = Answer(text, when)
        elif when:
            refused.append(f"{letter}{WHEN} belongs to the answer {letter}, which is not there.")
    if len(found) < 2:
        refused.append(f"A lesson has 2 to 4 answers, and the address {len(found)}; the usual three are taken.")
        return ANSWERS, 0
    asked = _one(query, "right")
    if asked in found:
        return tuple(found.values()), list(found).index(asked)
    what = "There is no right answer" if asked is None else f"The right answer {_quoted(asked)} is none of the answers"
    refused.append(f"{what}; allowed: right={', '.join(found)}. The first one is taken.")
    return tuple(found.values()), 0


def _config(query: Query, base: Config, prefix: str, refused: list[str]) -> Config:
    """The settings of the address over those of `base`."""
    changed: dict[str, Any] = {}
    for field in FIELDS:
        text = _one(query, prefix + field)
        if text is None:
            continue
        try:
            changed[field] = parse_link_value(field, text[:MOST_LETTERS])
        except ValueError as error:
            refused.append(f"{prefix and 'Mended settings: '}{error}")
    try:
        return base.replace(**changed)
    except ValueError as error:
        what = "The mended settings are left out" if prefix else "The default settings are taken"
        refused.append(f"{error} {what}.")
        return base


def _show(query: Query, refused: list[str]) -> tuple[str, ...]:
    asked = [name.strip() for name in (_one(query, "show") or "").split(",") if name.strip()]
    unknown = [name for name in asked if name not in FIELDS]
    if unknown:
        refused.append(f"show={_quoted(','.join(unknown))} is no setting; the settings are {', '.join(FIELDS)}.")
    return tuple(dict.fromkeys(name for name in asked if name in FIELDS))


def _is_own(name: str) -> bool:
    return name in _OWN or name in FIELDS or name.removeprefix(MEND) in FIELDS


def _unknown(name: str) -> str:
    return f"{_quoted(name)} is nothing that a lesson has; it is left out."


def _one(query: Query, name: str) -> str | None:
    """The last value, as Streamlit takes it where there are several."""
    values = query.get(name)
    return values[-1] if values else None


def _quoted(text: str) -> str:
    return repr(text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 1] + "…")
