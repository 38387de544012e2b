"""What is shown, and whether it is any good: the header of the page."""

from __future__ import annotations

import math

import streamlit as st

from pages.train.preflight_note import Setup
from rnn.forecast import Verdict
from rnn.forecast.noise import BETTER, LEVEL, WORSE
from rnn.forecast.verdict_words import times
from rnn.runs.records import Run
from rnn.ui import session
from rnn.ui.error_unit import LEAK_BADGE, LEAK_HELP, leaks
from rnn.ui.run_history import Seen
from rnn.ui.wording import escaped, number_in_words

# Told apart by sign and icon as well as by colour.
MARKS = {
    BETTER: ("green", ":material/arrow_downward:"),
    LEVEL: ("gray", ":material/drag_handle:"),
    WORSE: ("orange", ":material/arrow_upward:"),
}
BESIDE = {"naive": "last value", "seasonal": "last season", "drift": "drift", "linear": "linear AR"}
MEANING = (
    "The network’s error on the validation part beside that of each simple forecast on the same points. ↓ less error, by more "
    "than chance; = within noise, or under 1% apart; ↑ more error."
)


def draw_title(setup: Setup, run: Run | None) -> None:
    series = session.series_of_run(run) if run else setup.series
    targets = ", ".join(series.targets)
    title = escaped(targets) if series.name == targets else f"{escaped(series.name)} · {escaped(targets)}"
    st.subheader(title, anchor=False, width="content")


def draw(run: Run | None, seen: Seen | None) -> None:
    """Sentence, figures and errors: always three lines of text, so that nothing moves when they come."""
    verdict = seen.verdict if seen else None
    if run is None or seen is None or verdict is None:
        st.markdown(":gray[Not trained yet: the verdict appears here with the first epoch.]")
        st.markdown(":gray[:small[Judged beside the simplest forecasts, on the same points of the validation part.]]")
        return
    colour, icon = tone(verdict)
    st.markdown(f":{colour}[{icon} **{verdict.sentence}**]")
    draw_figures(run, seen)


def draw_figures(run: Run, seen: Seen) -> None:
    """One coloured figure a baseline, then the errors themselves."""
    if seen.verdict is None:
        return
    leak = leaks(run.config)
    st.markdown(
        f"{figures(seen.verdict)} {LEAK_BADGE if leak else ''} :gray[:small[{errors_of(seen)}]]",
        help=f"{LEAK_HELP if leak else ''} {MEANING} {seen.unit.meaning}",
    )


def tone(verdict: Verdict) -> tuple[str, str]:
    """Colour and icon of the sentence."""
    if verdict.good:
        return "green", ":material/check_circle:"
    if verdict.copies or verdict.marks.get("naive", BETTER) != BETTER:
        return "orange", ":material/warning:"
    return "blue", ":material/info:"


def figures(verdict: Verdict) -> str:
    """One coloured figure a baseline: vs last value −34 % error."""
    parts = []
    for name, skill in verdict.skill.items():
        colour, icon = MARKS[verdict.marks[name]]
        parts.append(f":{colour}-badge[{icon} vs {BESIDE.get(name, name)} **{_figure(skill)}**]")
    return " ".join(parts)


def _figure(skill: float) -> str:
    if not math.isfinite(skill):
        return "no match: it is exact"
    if skill < -9:
        return f"{times(1 - skill).removesuffix(' times')} × error"
    # Not −100 %: something is always left, or there was nothing to compare.
    less = min(skill, 0.999)
    digits = 1 if less > 0.99 or abs(less) < 0.01 else 0
    return f"{-100 * less:+.{digits}f} % error".replace("-", "−") if abs(less) >= 0.0005 else "±0 % error"


def errors_of(seen: Seen) -> str:
    """The errors of a run that has a verdict, with what they are counted in."""
    error = seen.verdict.rmse if seen.verdict else None
    tested = "" if seen.test_rmse is None else f" · test RMSE {number_in_words(seen.test_rmse)}{seen.unit.after}"
    return f"Validation RMSE {number_in_words(error)}{seen.unit.after}{tested}"
