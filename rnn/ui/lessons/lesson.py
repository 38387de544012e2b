"""A lesson: a series, settings that break something, a question to guess at, and settings that mend it."""

from __future__ import annotations

from dataclasses import dataclass

from rnn.core.config import Config
from rnn.core.fields import FIELDS
from rnn.ui.chosen_series import Choice
from rnn.ui.lessons.outcomes import OUTCOMES

# Letters that each text may have: a lesson must fit into an address.
LONGEST = {"title": 80, "text": 600, "question": 200, "answer": 120, "why": 600, "mending": 600}
FEWEST_ANSWERS, MOST_ANSWERS = 2, 4


@dataclass(frozen=True)
class Answer:
    """One thing to guess. when: the name in OUTCOMES of what a run must show for it to be the right one; "" for an answer
    that no run is asked about."""

    text: str
    when: str = ""

    def __post_init__(self) -> None:
        check_text("answer", self.text)
        if self.when and self.when not in OUTCOMES:
            raise ValueError(f"when={self.when!r} is not allowed; allowed: {', '.join(OUTCOMES)}, or nothing.")


@dataclass(frozen=True)
class Lesson:
    """right: which answer its author says is right, from 0; what the run shows goes before it, where the answers ask a run.
    why: the explanation; `{naive}` and the other names of `rnn.ui.lessons.outcomes.FACTS` stand for the run's own numbers.
    choice, config: the series and the settings that break. mended: those that do not, or None; mending: what there is to say
    of them once they are trained. together: whether both are
    trained at once, because the question is about the one beside the other. show: the settings that the learner may move
    afterwards. key: of a lesson that comes with the product, else "".

    All texts are plain: whoever draws them escapes them. Raises ValueError with a sentence for anything else than that.
    """

    title: str
    text: str
    question: str
    answers: tuple[Answer, ...]
    right: int
    why: str
    choice: Choice
    config: Config
    mended: Config | None = None
    mending: str = ""
    together: bool = False
    show: tuple[str, ...] = ()
    key: str = ""

    def __post_init__(self) -> None:
        for name in ("title", "text", "question", "why"):
            check_text(name, getattr(self, name))
        if self.mending:
            check_text("mending", self.mending)
        count = len(self.answers)
        if not FEWEST_ANSWERS <= count <= MOST_ANSWERS:
            raise ValueError(
                f"A lesson has {FEWEST_ANSWERS} to {MOST_ANSWERS} answers to choose from, and this one {count}."
            )
        if not 0 <= self.right < count:
            raise ValueError(f"The right answer must be one of the {count} answers, got number {self.right + 1}.")
        for field in self.show:
            if field not in FIELDS:
                raise ValueError(f"{field!r} is not a setting; the settings are {', '.join(FIELDS)}.")
        if self.together and self.mended is None:
            raise ValueError("Two trainings side by side need mended settings; give at least one of them.")

    @property
    def measured(self) -> bool:
        """Whether runs are asked which answer is right."""
        return any(answer.when for answer in self.answers)

    @property
    def asks_for_reach(self) -> bool:
        """Whether it must be looked up how much of the error travels back through a window, which takes the weights."""
        names = ("{left}", "{mended_left}")
        told = (self.why, self.mending, *(OUTCOMES[answer.when].sentence for answer in self.answers if answer.when))
        return any(name in text for name in names for text in told)


def check_text(kind: str, text: str, name: str = "") -> None:
    """Raises ValueError for a text that is empty or longer than LONGEST[kind]. name: what the sentence calls it."""
    most, name = LONGEST[kind], name or kind
    if not text.strip():
        raise ValueError(f"The {name} is empty.")
    if len(text) > most:
        raise ValueError(f"The {name} has {len(text):,} letters; at most {most} are allowed.")
