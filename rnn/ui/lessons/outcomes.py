"""What a run shows: facts with their numbers, and which of them make an answer of a lesson the right one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rnn.ui.wording import number_in_words

# Errors nearer to each other than this are alike.
ALIKE = 0.05
# A loss that ends so far above its lowest has risen.
ROSE = 1.5
# With a tenth of the naive forecast's error a series is as good as understood.
GRASPED = 0.1
# So far an error must lie below the mean's for something to have been learnt.
BEYOND_MEAN = 0.8
# Below this share of what arrives at the last step, an error that has travelled back teaches nothing.
LOST = 0.01


@dataclass(frozen=True)
class Measured:
    """A run that has ended, in numbers.

    blew_up: its losses were no longer finite, after epoch `epochs`, where `parameter` went first. val_losses: of each epoch,
    scaled units. rmse: the validation error of its best weights, own units; last_rmse: of the last epoch. naive, mean: what
    repeating the last value, and saying the training part's mean, err by on the same points. highest_known,
    highest_actual, highest_predicted: the largest value of the training part, of the validation part, and of what was
    predicted for it. clipped: share of batches whose gradient was clipped. left: share of the error that arrives at the
    first step of a window, of what arrives at its last; None where it was not looked at.
    """

    blew_up: bool
    epochs: int
    val_losses: tuple[float, ...]
    rmse: float
    last_rmse: float
    naive: float
    mean: float
    highest_known: float
    highest_actual: float
    highest_predicted: float
    clipped: float
    window: int
    parameter: str = ""
    left: float | None = None


@dataclass(frozen=True)
class Outcome:
    """label: for who writes a lesson. holds(run, mended): whether the run shows it; mended is None where no mended run is
    there. sentence: the same in numbers, with the names of FACTS in braces."""

    label: str
    holds: Callable[[Measured, Measured | None], bool]
    sentence: str


_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _beats(run: Measured) -> bool:
    return not run.blew_up and run.rmse < run.naive * (1 - ALIKE)


def _rose(run: Measured, _: Measured | None) -> bool:
    losses = [loss for loss in run.val_losses if math.isfinite(loss)]
    return not run.blew_up and len(losses) > 1 and losses[-1] > ROSE * min(losses)


def _ratio(run: Measured, mended: Measured | None) -> float:
    """The error beside the mended one's; nan where there is none, for which no comparison holds."""
    return math.nan if mended is None or run.blew_up or mended.blew_up else run.rmse / mended.rmse


_BESIDE_NAIVE = "Its validation RMSE is {rmse}, that of repeating the last value {naive}."
_BESIDE_MEAN = "Its validation RMSE is {rmse}, that of always saying the mean {mean}."
_BESIDE_MENDED = "Its validation RMSE is {rmse}, that of the other training {mended_rmse}."
_REACH = "Of the error that arrives at the last step of a window, {left} arrives at its first, {window} steps back."

OUTCOMES: dict[str, Outcome] = {
    "blew-up": Outcome(
        "the run blew up: its losses are no longer finite numbers", lambda run, _: run.blew_up,
        "The losses were finite until epoch {epochs}, and no longer after it; {parameter} went first.",
    ),
    "worse-than-naive": Outcome(
        "it did not blow up, and is no better than repeating the last value",
        lambda run, _: not run.blew_up and run.rmse >= run.naive * (1 - ALIKE),
        _BESIDE_NAIVE,
    ),
    "beats-naive": Outcome("it beats repeating the last value", lambda run, _: _beats(run), _BESIDE_NAIVE),
    "grasped": Outcome(
        "it errs by less than a tenth of what repeating the last value errs by",
        lambda run, _: not run.blew_up and run.rmse < GRASPED * run.naive, _BESIDE_NAIVE,
    ),
    "not-grasped": Outcome(
        "it beats repeating the last value, and errs by more than a tenth of that",
        lambda run, _: _beats(run) and run.rmse >= GRASPED * run.naive, _BESIDE_NAIVE,
    ),
    "only-mean": Outcome(
        "it errs about as much as always saying the mean of what was learnt from",
        lambda run, _: not run.blew_up and run.rmse > BEYOND_MEAN * run.mean, _BESIDE_MEAN,
    ),
    "beyond-mean": Outcome(
        "it errs clearly less than always saying the mean of what was learnt from",
        lambda run, _: not run.blew_up and run.rmse <= BEYOND_MEAN * run.mean, _BESIDE_MEAN,
    ),
    "rose": Outcome(
        "its validation loss ends at least half above its lowest", _rose,
        "The validation loss was {lowest_loss} at its lowest and {last_loss} in the last epoch.",
    ),
    "stuck-below": Outcome(
        "the series rises above all that was learnt from, and the predictions stay below it",
        lambda run, _: not run.blew_up
        and run.highest_actual > run.highest_known
        and run.highest_actual - run.highest_predicted > 0.5 * (run.highest_actual - run.highest_known),
        "The largest value learnt from is {highest_known}, the largest to predict {highest_actual}, the largest prediction "
        "{highest_predicted}.",
    ),
    "follows": Outcome(
        "the series rises above all that was learnt from, and the predictions follow",
        lambda run, _: not run.blew_up
        and run.highest_actual > run.highest_known
        and run.highest_actual - run.highest_predicted <= 0.5 * (run.highest_actual - run.highest_known),
        "The largest value learnt from is {highest_known}, the largest to predict {highest_actual}, the largest prediction "
        "{highest_predicted}.",
    ),
    "looks-better": Outcome(
        "its error is more than 5 % below that of the mended settings",
        lambda run, mended: _ratio(run, mended) < 1 - ALIKE, _BESIDE_MENDED,
    ),
    "looks-alike": Outcome(
        "its error is within 5 % of that of the mended settings",
        lambda run, mended: abs(_ratio(run, mended) - 1) <= ALIKE, _BESIDE_MENDED,
    ),
    "looks-worse": Outcome(
        "its error is more than 5 % above that of the mended settings",
        lambda run, mended: _ratio(run, mended) > 1 + ALIKE, _BESIDE_MENDED,
    ),
    "error-lost": Outcome(
        "less than 1 % of the error arrives at the first step of a window",
        lambda run, _: run.left is not None and run.left < LOST, _REACH,
    ),
    "error-arrives": Outcome(
        "at least 1 % of the error arrives at the first step of a window",
        lambda run, _: run.left is not None and run.left >= LOST, _REACH,
    ),
}  # fmt: skip


def _share(value: float | None) -> str:
    """43 % · 0.5 % · 2 × 10⁻¹¹"""
    if value is None:
        return "–"
    if value == 0:
        return "0 %"
    if value >= 1e-4:
        return f"{100 * value:,.0f} %" if value >= 0.095 else f"{100 * value:.2g} %"
    digit, power = f"{value:.0e}".split("e")
    return f"{digit} × 10{str(int(power)).translate(_RAISED)}"


# What a text may name in braces → how the run's number reads.
FACTS: dict[str, Callable[[Measured], str]] = {
    "rmse": lambda run: number_in_words(run.rmse),
    "last_rmse": lambda run: number_in_words(run.last_rmse),
    "naive": lambda run: number_in_words(run.naive),
    "mean": lambda run: number_in_words(run.mean),
    "times_naive": lambda run: f"{run.rmse / run.naive:.2g}" if run.naive else "–",
    "epochs": lambda run: f"{run.epochs:,}",
    "lowest_loss": lambda run: number_in_words(min(run.val_losses, default=math.nan)),
    "highest_loss": lambda run: number_in_words(max(run.val_losses, default=math.nan)),
    "first_loss": lambda run: number_in_words(run.val_losses[0] if run.val_losses else math.nan),
    "last_loss": lambda run: number_in_words(run.val_losses[-1] if run.val_losses else math.nan),
    "clipped": lambda run: f"{100 * run.clipped:.0f} %",
    "highest_known": lambda run: number_in_words(run.highest_known),
    "highest_actual": lambda run: number_in_words(run.highest_actual),
    "highest_predicted": lambda run: number_in_words(run.highest_predicted),
    "left": lambda run: _share(run.left),
    "window": lambda run: f"{run.window:,}",
    "parameter": lambda run: run.parameter or "nothing",
}


def with_numbers(text: str, run: Measured | None, mended: Measured | None = None) -> str:
    """The text with the runs' numbers in place of {rmse}, {mended_rmse} and the other names; a dash while a run is not there,
    and any other braces as they stand."""
    words = {"of_mended": f"{100 * run.rmse / mended.rmse:.0f} %" if run and mended and mended.rmse else "–"}
    for prefix, one in (("", run), ("mended_", mended)):
        words |= {prefix + name: say(one) if one else "–" for name, say in FACTS.items()}
    return fill(text, words)


def fill(text: str, words: Mapping[str, str]) -> str:
    for name, word in words.items():
        text = text.replace(f"{{{name}}}", word)
    return text


def shown_by(whens: tuple[str, ...], run: Measured, mended: Measured | None) -> int | None:
    """Which of the answers the runs show to be right: the first whose outcome holds; None where none does."""
    return next(
        (number for number, when in enumerate(whens) if when and OUTCOMES[when].holds(run, mended)),
        None,
    )
