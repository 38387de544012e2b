"""The texts of the lesson: what is told, what is asked, the answers and the explanation."""

from __future__ import annotations

import streamlit as st

from pages.teach import draft
from rnn.ui.lessons import LONGEST, Answer
from rnn.ui.lessons.address import LETTERS
from rnn.ui.lessons.lesson import FEWEST_ANSWERS, check_text
from rnn.ui.lessons.outcomes import FACTS, OUTCOMES
from rnn.ui.wording import escaped

_NUMBERS = (
    f"Plain text. In braces stand numbers of the run: {', '.join(f'`{{{name}}}`' for name in FACTS)}; with `mended_` before "
    "the name those of the mended run."
)
_UNMEASURED = "nothing that a run shows: my word for it"


def draw() -> dict[str, str]:
    """Title, text and question. Returns every text of the lesson that is not an answer, as it stands."""
    _line("title", "Title")
    _area("text", "What the learner reads first", 110)
    _line("question", "Question")
    return {name: draft.standing(name) for name in draft.TEXTS}


def draw_answers() -> tuple[tuple[Answer, ...], int] | None:
    """The answers, and which is right. Returns them with the number of the right one; None where they are not in order,
    which is said."""
    filled = []
    for letter in LETTERS:
        left, right = st.columns([3, 2], vertical_alignment="bottom")
        with left:
            _line(letter, f"Answer {letter}", kind="answer", needed=False)
        with right:
            st.selectbox(
                "It is right when the run shows that …", ["", *OUTCOMES], key=draft.key(f"{letter}_when"),
                format_func=lambda when: OUTCOMES[when].label if when else _UNMEASURED, persist_state="session",
                label_visibility="visible" if letter == LETTERS[0] else "collapsed",
                help="The answer that the run itself shows goes before the one that you name below.",
            )  # fmt: skip
        if draft.standing(letter).strip():
            filled.append(letter)
    if len(filled) < FEWEST_ANSWERS:
        _say(f"A lesson needs at least {FEWEST_ANSWERS} answers to choose from.")
        return None
    if st.session_state.get(draft.RIGHT) not in filled:
        st.session_state[draft.RIGHT] = filled[0]
    st.radio("The right answer", filled, key=draft.RIGHT, horizontal=True, persist_state="session")
    answers = tuple(Answer(draft.standing(letter), draft.standing(f"{letter}_when")) for letter in filled)
    return answers, filled.index(st.session_state[draft.RIGHT])


def draw_reasons() -> None:
    """The explanation, and what there is to say of the mended settings."""
    _area("why", "Why: what the learner reads after the training", 140, help=_NUMBERS)
    _area("mending", "After the mending (may be empty)", 80, help=_NUMBERS, needed=False)


def _line(name: str, label: str, kind: str = "", needed: bool = True) -> None:
    st.text_input(label, key=draft.key(name), max_chars=LONGEST[kind or name], persist_state="session")
    _check(name, kind or name, needed)


def _area(name: str, label: str, height: int, help: str | None = None, needed: bool = True) -> None:
    st.text_area(label, key=draft.key(name), max_chars=LONGEST[name], height=height, help=help, persist_state="session")
    _check(name, name, needed)


def _check(name: str, kind: str, needed: bool) -> None:
    text = draft.standing(name)
    if text.strip() or needed:
        try:
            check_text(kind, text, f"{kind} {name}" if kind != name else name)
        except ValueError as error:
            _say(str(error))


def _say(sentence: str) -> None:
    st.markdown(f":red[:material/error: {escaped(sentence, 300)}]")
