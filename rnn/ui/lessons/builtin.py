"""The lessons that come with the product, in the order in which they are best taken.

Each setting is one that breaks, and each mended one that works, whatever the seed: tests/ui/test_lessons_break.py trains all of
them from several seeds.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rnn.core.config import Config
from rnn.ui.chosen_series import Choice
from rnn.ui.lessons.lesson import Answer, Lesson

_SUNSPOTS = Choice("sunspots", ("SUNACTIVITY",))

_NO_CLIPPING = Config(
    window=22, activation="tanh", optimiser="sgd", lr=0.15, batch=8, clip="none", epochs=60, patience=None
)

_ALL = (
    Lesson(
        key="no-clipping",
        title="No clipping",
        text="Through 22 steps an error is multiplied 22 times by the same recurrent weights, so one window may have a "
        "gradient a thousand times as large as the others. Clipping scales such a gradient down. Here it is off, and plain "
        "gradient descent takes each step as it comes.",
        question="What will the loss do?",
        answers=(
            Answer("It falls a little more slowly than with clipping", "beats-naive"),
            Answer("It blows up", "blew-up"),
            Answer("It stays where it is", "worse-than-naive"),
        ),
        right=1,
        why="One large gradient threw the weights so far that all later ones were larger still: after epoch {epochs} the "
        "losses were no longer finite numbers, and {parameter} went first.",
        mending="With the norm of each gradient cut to 1, the same network at the same learning rate comes to a validation "
        "RMSE of {mended_rmse}, where repeating the last value errs by {naive}. It clipped {mended_clipped} of its batches.",
        choice=_SUNSPOTS,
        config=_NO_CLIPPING,
        mended=_NO_CLIPPING.replace(clip="norm", clip_at=1.0),
        show=("clip", "clip_at", "lr"),
    ),
)

LESSONS: Mapping[str, Lesson] = MappingProxyType({lesson.key: lesson for lesson in _ALL})
