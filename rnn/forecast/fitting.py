"""Over- and under-fitting, from the course of the two losses: what is wrong in one sentence, and the settings that help.

Losses of the two parts are of different series pieces, so their sizes alone say nothing: a validation part that moves more has
the larger loss whatever is learned. Hence what is read is where each is going, and each beside the naive forecast of its own
part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rnn.core.config import Config
from rnn.core.events import Epoch

Array = NDArray[np.float64]

OVER, UNDER, GOOD, UNCLEAR = "over", "under", "good", "unclear"
FEW_EPOCHS, FEW_WINDOWS = 5, 8
MOST_READ = 400
# A validation loss this much above its lowest, while the training loss went on falling by so much, has turned.
RISEN, FALLEN = 1.15, 0.95
SEEN_TO_RISE = 1.02
# Over the last fifth of a run both losses fell by this much and more: it was not done.
STILL_FALLING = 0.97
# Errors beside naive: so much smaller on training windows than on validation windows, where little is gained, is learning by
# heart; a gap alone may as well come of a validation part that is harder.
BY_HEART, LITTLE_GAIN = 2.0, 0.8
# No lower beside naive than this is nothing learned.
NOTHING_LEARNED = 0.97
# An error of so little beside naive's leaves nothing to complain of, however the losses go on.
ALL_LEARNED = 0.1
NOTHING_CHANGES = "Nothing to learn: the series never changes, and repeating its last value makes no error."
SEVERAL = 3  # networks whose median is taken


@dataclass(frozen=True)
class Fitting:
    """kind: "over", "under", "good" or "unclear". sentence: the same for the reader, with the remedy. remedy: the changes of
    the config that help, {} where none is known."""

    kind: str
    sentence: str
    remedy: Mapping[str, Any] = field(default_factory=dict)


NOT_YET = Fitting(UNCLEAR, "")


@dataclass(frozen=True)
class Course:
    """What a run has been through. history: its epochs. ended: it was not cut short and will not go on by itself. windows: how
    many validate. naive: RMSE of the last value on the training and on the validation
    windows, in the unit of the epochs' RMSE. learnable: something simple beats naive by more than noise, or None."""

    history: Sequence[Epoch]
    ended: bool
    windows: int
    naive: tuple[float, float]
    learnable: bool | None = None


def fitting_of(course: Course, config: Config) -> Fitting:
    """Read at any time of a run; nothing is said to be wrong with what may still come right by itself."""
    history = _thinned(course.history)
    if config.gradient == "published" or len(history) < FEW_EPOCHS:
        return NOT_YET
    if not any(course.naive):
        return Fitting(UNCLEAR, NOTHING_CHANGES)
    losses = np.array([(epoch.train_loss, epoch.val_loss) for epoch in history])
    if not np.isfinite(losses).all() or (losses <= 0).any():
        return NOT_YET
    if course.windows < FEW_WINDOWS:
        return Fitting(UNCLEAR, f"Over- or under-fitting cannot be told from {course.windows} validation windows.")
    train, val = (_smooth(curve) for curve in losses.T)
    beside_naive = _beside_naive(history[int(np.argmin(losses[:, 1]))], course.naive)
    return (
        _over(train, val, history, config)
        or _by_heart(beside_naive, config)
        or _under(train, val, beside_naive, course, config)
        or (_good(val, history, config) if course.ended else _so_far(train, val))
    )


def _thinned(history: Sequence[Epoch]) -> Sequence[Epoch]:
    """At most so many epochs, the last one among them: what is read several times a second must not grow with the run."""
    return history[:: -max(1, -(-len(history) // MOST_READ))][::-1]


def _smooth(curve: Array) -> Array:
    """Running median of a tenth of the run and of three epochs at least, so that one jump is no turn."""
    width = max(3, len(curve) // 10) // 2 * 2 + 1
    padded = np.pad(curve, width // 2, mode="reflect")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1))


def _over(train: Array, val: Array, history: Sequence[Epoch], config: Config) -> Fitting | None:
    best = int(np.argmin(val))
    if val[-1] < RISEN * val[best] or train[-1] > FALLEN * train[best]:
        return None
    return _with_remedy(
        f"Over-fitting since epoch {history[best].epoch:,}: validation loss rose {val[-1] / val[best] - 1:.0%}, training loss "
        f"fell {1 - train[-1] / train[best]:.0%}; the best weights are kept",
        config,
    )


def _beside_naive(epoch: Epoch, naive: tuple[float, float]) -> tuple[float, float]:
    """Errors as shares of the naive forecast's on the same windows, training and validation; NaN where that is exact."""
    train, val = naive
    return (epoch.train_rmse / train if train > 0 else np.nan, epoch.val_rmse / val if val > 0 else np.nan)


def _by_heart(beside_naive: tuple[float, float], config: Config) -> Fitting | None:
    train, val = beside_naive
    if not (val > BY_HEART * train and val > LITTLE_GAIN):
        return None
    return _with_remedy(
        f"Over-fitting: {train:.0%} of naive’s error on the training part, but {val:.0%} on the validation part", config
    )


def _with_remedy(sentence: str, config: Config) -> Fitting:
    """What helps against learning by heart where the best weights are kept anyway: the median of several networks, as each has
    learned by heart what is its own. (On sunspots and others a smaller network and weight decay made the best epoch worse.)"""
    changes: dict[str, Any] = {"seeds": SEVERAL} if config.seeds < SEVERAL else {}
    advice = f"; {in_words(changes)} may do better." if changes else "."
    return Fitting(OVER, sentence + advice, changes)


def _under(
    train: Array, val: Array, beside_naive: tuple[float, float], course: Course, config: Config
) -> Fitting | None:
    if not course.ended or beside_naive[1] < ALL_LEARNED:
        return None
    fifth = max(2, len(train) // 5)
    falling = max(train[-1] / train[-1 - fifth], val[-1] / val[-1 - fifth])
    if falling < STILL_FALLING and course.history[-1].epoch >= config.epochs:
        return _unfinished(train, config)
    if max(beside_naive) >= NOTHING_LEARNED:
        return _nothing_learned(course, config)
    return None


def _unfinished(train: Array, config: Config) -> Fitting:
    # At the pace of a tiny rate three times the epochs would hardly be seen.
    slow = train[-1] > 0.5 * train[0]
    changes: dict[str, Any] = {"lr": min(config.lr * 10, 0.1)} if slow and config.lr < 3e-3 else {}
    changes = changes or {"epochs": min(config.epochs * 3, 100_000)}
    return Fitting(
        UNDER,
        f"Under-fitting: both losses were still falling when the epochs ran out; take {in_words(changes)}.",
        changes,
    )


def _nothing_learned(course: Course, config: Config) -> Fitting:
    if not course.learnable:
        return Fitting(
            UNCLEAR,
            "Nothing to learn was found: neither it nor any simple forecast is better than the last value.",
        )
    changes: dict[str, Any] = {"hidden": min(config.hidden * 2, 4096)}
    if config.skip == "none":
        changes["skip"] = "linear"
    if config.lr < 1e-3:
        changes["lr"] = min(config.lr * 10, 1e-2)
    return Fitting(
        UNDER,
        f"Under-fitting: it is no better than naive, though a simpler forecast is; take {in_words(changes)}.",
        changes,
    )


def _good(val: Array, history: Sequence[Epoch], config: Config) -> Fitting:
    best = min(history, key=lambda epoch: epoch.val_loss).epoch
    if history[-1].epoch < config.epochs:
        why = f"it stopped when validation loss no longer fell, and the weights of epoch {best:,} are kept"
    elif val[-1] > SEEN_TO_RISE * val.min():
        rise = f"{val[-1] / val.min() - 1:.0%}"
        why = f"validation loss rose only {rise} after its best, and the weights of epoch {best:,} are kept"
    else:
        why = "validation loss has not turned upwards, and training loss has not run away from it"
    return Fitting(GOOD, f"A good fit: {why}.")


def _so_far(train: Array, val: Array) -> Fitting:
    fifth = max(2, len(train) // 5)
    if val[-1] < val[-1 - fifth] and train[-1] < train[-1 - fifth]:
        return Fitting(UNCLEAR, "Still learning: both losses are falling.")
    return Fitting(UNCLEAR, "No sign of over-fitting so far.")


def in_words(changes: Mapping[str, Any]) -> str:
    words = {
        "hidden": "{} hidden units", "seeds": "the median of {} networks",
        "epochs": "{:,} epochs", "lr": "a learning rate of {:g}", "skip": "a {} skip",
    }  # fmt: skip
    said = [words[name].format(value) for name, value in changes.items()]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"
