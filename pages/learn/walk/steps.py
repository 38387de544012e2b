"""The nine steps: what each says, what draws it, the code of ours behind it, and the readers' questions it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pages.learn.walk import answering, clipping, computing, going_back, losing, reading
from rnn.core import article, article_gradient
from rnn.core.clipping import CLIPPINGS
from rnn.core.losses import LOSSES


@dataclass(frozen=True)
class Step:
    """short: a word for the stepper. code: functions whose source is shown. questions: slugs of asked.labels.LABELS."""

    short: str
    title: str
    words: str
    draw: Callable[[], None]
    code: tuple[Callable[..., Any], ...]
    questions: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step(
        "Series", "The series",
        "The article’s data are 200 values of sin(k), k in radians. Each value follows from the two before it, so there is "
        "nothing unknown in it: a good place to see whether a network learns at all.",
        reading.draw_series, (article.article_series,), ("max-val", "audio", "dna"),
    ),
    Step(
        "Windows", "Windows and shapes",
        "A network learns from examples: here 50 values in a row, X, and the one that comes next, Y. Slide the window along: "
        "each place is one record. What comes later in time validates: the network is asked about what it has not seen.",
        reading.draw_windows, (article.windows,), ("several", "static"),
    ),
    Step(
        "U, V, W", "Three matrices: U, W and V",
        "U takes a value in, W takes the units’ states on from one step to the next, V makes the output of the last states. "
        "The article keeps a column of U for each position in the window; a recurrent network usually has one for all.",
        computing.draw_weights, (article.initial_weights,), ("code",),
    ),
    Step(
        "Forward", "The forward pass",
        "At each step a unit adds up what it reads and what all units were a step before, and squeezes that between 0 and 1. "
        "With weights between 0 and 1 the sum soon is 50 and every unit stands at 1, whatever was read: it has *saturated*.",
        computing.draw_forward, (article_gradient.forward_pass, article_gradient.sigmoid), ("code",),
    ),
    Step(
        "Loss", "The loss and its slope",
        "The loss says in one number how wrong an output is. Its slope says which way to push the output, and how hard: that "
        "slope, e = ŷ − y here, is all that the weights ever hear of the error.",
        losing.draw, (LOSSES["mse"].total, LOSSES["mse"].derivative, article.reported_loss), ("half",),
    ),
    Step(
        "BPTT", "Backpropagation through time",
        "The error enters at the last step and goes back from step to step, each time through Wᵀ and the slope of the sigmoid. "
        "Each of these shrinks it or stretches it, 49 times over: it vanishes or explodes. Make W larger: where does it turn?",
        going_back.draw_error, (article_gradient.errors_back, article_gradient.true_gradient), ("every-step",),
    ),
    Step(
        "Truncation", "Truncation",
        "Sending the error back over the last n steps only saves work and forgets what came before. How much of the gradient "
        "is lost depends on how fast the error fades: where it has vanished after five steps, five are enough.",
        going_back.draw_truncation, (article_gradient.errors_back,), ("every-step",),
    ),
    Step(
        "Clipping", "Clipping",
        "A gradient that is too long would throw the weights far away. Cutting each entry at a limit (by value, as the article "
        "does) bends its direction; shortening the whole of it (by norm) keeps it.",
        clipping.draw, (CLIPPINGS["value"], CLIPPINGS["norm"]), (),
    ),
    Step(
        "Predictions", "Predictions",
        "At last the trained network is asked about the 50 windows that it has not seen. The article asks with another forward "
        "pass than the one that it trained. Move the epoch and compare the two.",
        answering.draw, (article.forward, article.prediction_step), ("max-val", "code"),
    ),
)  # fmt: skip
