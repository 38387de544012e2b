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
_SINE = Choice("article-sine", ("value",))

_RATE = Config(window=22, activation="tanh", lr=0.3, epochs=60, patience=None)
_NO_CLIPPING = Config(
    window=22, activation="tanh", optimiser="sgd", lr=0.15, batch=8, clip="none", epochs=60, patience=None
)
_WINDOW = Config(window=1, scaling="none", validation=50, lr=0.01, batch=8, epochs=60, patience=None)
_LEAK = Config(window=52, activation="tanh", hidden=16, scaler_rows="all", epochs=20, patience=None)
_TREND = Config(window=24, activation="tanh", epochs=100, patience=None)
_WEIGHTS = Config(
    window=50,
    activation="sigmoid",
    hidden=100,
    init="uniform01",
    scaling="none",
    validation=50,
    batch=4,
    epochs=25,
    patience=None,
)
_VANISHING = Config(window=40, activation="sigmoid", epochs=60, patience=None)

_ALL = (
    Lesson(
        key="learning-rate",
        title="Learning rate too high",
        text="Adam takes steps of about the learning rate, whatever the size of the gradient. 0.003 would suit this "
        "network. Here it is 0.3.",
        question="A hundred times the learning rate: what will happen?",
        answers=(
            Answer("It learns faster, and beats repeating the last value", "beats-naive"),
            Answer("It jumps about, and is no better than repeating the last value", "worse-than-naive"),
            Answer("It blows up: the losses are no longer numbers", "blew-up"),
        ),
        right=1,
        why="Every step overshoots the valley that it aims at, and the next one comes back too far: the validation loss "
        "went up and down between {lowest_loss} and {highest_loss}. The best of {epochs} epochs has a validation RMSE of "
        "{rmse}, {times_naive} times that of repeating the last value ({naive}).",
        mending="At 0.003 the same network, from the same first weights, comes to {mended_rmse}; its validation loss stayed "
        "between {mended_lowest_loss} and {mended_highest_loss}.",
        choice=_SUNSPOTS,
        config=_RATE,
        mended=_RATE.replace(lr=0.003),
        show=("lr", "optimiser", "schedule"),
    ),
    Lesson(
        key="no-clipping",
        title="No clipping",
        text="Through 22 steps an error is multiplied 22 times by the same recurrent weights, so one window may have a "
        "gradient a thousand times as large as the others. Clipping scales such a gradient down. Here it is off, and plain "
        "gradient descent takes each step as it comes.",
        question="What will the loss do?",
        answers=(
            Answer("It falls, with a jump here and there, and beats repeating the last value", "beats-naive"),
            Answer("It blows up: the losses are no longer numbers", "blew-up"),
            Answer("It stays about where it is", "worse-than-naive"),
        ),
        right=1,
        why="One large gradient threw the weights so far that all later ones were larger still. The last epoch with finite "
        "losses was number {epochs}; {parameter} went first.",
        mending="With the norm of each gradient cut to 1, the same network at the same learning rate comes to a validation "
        "RMSE of {mended_rmse}, where repeating the last value errs by {naive}. It had to clip {mended_clipped} of its "
        "batches.",
        choice=_SUNSPOTS,
        config=_NO_CLIPPING,
        mended=_NO_CLIPPING.replace(clip="norm", clip_at=1.0),
        show=("clip", "clip_at", "lr"),
    ),
    Lesson(
        key="window",
        title="Window too short",
        text="The article’s sine, sin(k) for k = 0, 1, 2, … It has no noise, so nothing in it is unforeseeable. But the "
        "network sees only one value before each prediction.",
        question="How well can it learn the sine from one value?",
        answers=(
            Answer("Almost exactly, given some patience", "grasped"),
            Answer("A little better than repeating the last value", "not-grasped"),
            Answer("No better than repeating the last value", "worse-than-naive"),
        ),
        right=1,
        why="Each value occurs twice in a wave, once on the way up and once on the way down, and one value does not say "
        "which. The best guess is half-way between the two: cos(1) times the value, which errs by sin(1)/√2 = 0.595. The "
        "network came to {rmse}. More units or more epochs cannot help: what it needs is not in its window.",
        mending="Two values say where the wave goes: sin(k + 1) = 2 cos(1) sin(k) − sin(k − 1). With a window of 2 the same "
        "network errs by {mended_rmse}.",
        choice=_SINE,
        config=_WINDOW,
        mended=_WINDOW.replace(window=2),
        show=("window", "hidden", "epochs"),
    ),
    Lesson(
        key="leak",
        title="A leak",
        text="Before training, values are brought to mean 0 and deviation 1. Mean and deviation should come from the "
        "training part alone. In the broken training they come from all records, so the scaler has seen how far the carbon "
        "dioxide will have risen by the end. Beside it the same network is trained with an honest scaler.",
        question="How will the two validation errors compare?",
        answers=(
            Answer("Alike: two numbers in a scaler cannot matter much", "looks-alike"),
            Answer("The one with the leak looks better", "looks-better"),
            Answer("The one with the leak looks worse", "looks-worse"),
        ),
        right=1,
        why="With the leak the validation RMSE reads {rmse}, without it {mended_rmse}: {of_mended} of the honest error. "
        "Nothing was learnt better. The leaky scaler knows the values to come and so brings them nearer to 0, where tanh "
        "units still respond; the honest one leaves them far out, where these hardly move. For the years after the file no "
        "scaler knows the values to come, so the smaller error is a promise that cannot be kept. (Repeating the last value "
        "errs by {naive}: for a series that rises this network is a poor choice either way.)",
        choice=Choice("co2", ("co2",)),
        config=_LEAK,
        mended=_LEAK.replace(scaler_rows="train"),
        together=True,
        show=("scaler_rows", "scaling", "difference"),
    ),
    Lesson(
        key="trend",
        title="A trend beyond the training range",
        text="Airline passengers grew from year to year. The last years, on which the network is judged, rise above all "
        "that it has learnt from. Its units are tanh, which never leave −1 … 1.",
        question="What will the predictions do in the last years?",
        answers=(
            Answer("Follow the series up", "follows"),
            Answer("Stay below the new heights", "stuck-below"),
            Answer("Blow up", "blew-up"),
        ),
        right=1,
        why="The largest value that it has learnt from is {highest_known}. The series goes on to {highest_actual}, and the "
        "largest prediction is {highest_predicted}. A bounded unit that is nearly at its end has nowhere to go: beyond what "
        "was seen, the network says the largest thing it knows.",
        mending="Told to predict the change from month to month instead of the level, it need not go beyond anything: the "
        "largest prediction is {mended_highest_predicted}, and the validation RMSE {mended_rmse} in place of {rmse}.",
        choice=Choice("air-passengers", ("#Passengers",)),
        config=_TREND,
        mended=_TREND.replace(difference="first"),
        show=("difference", "scaling", "residual", "activation"),
    ),
    Lesson(
        key="weights",
        title="Weights between 0 and 1",
        text="The article draws its weights between 0 and 1. So here, with its 100 sigmoid units and its window of 50; the "
        "rest is done right: true gradients, clipping, Adam.",
        question="How well will it learn the sine?",
        answers=(
            Answer("Almost exactly: training corrects the start", "grasped"),
            Answer("Better than repeating the last value, but not well", "not-grasped"),
            Answer("No better than repeating the last value", "worse-than-naive"),
        ),
        right=2,
        why="Each unit adds up 100 states with weights of ½ on average, about 50 in all, and the sigmoid of 50 is 1. So "
        "every unit says 1 whatever the window holds, its slope is nothing, and no error gets through it. Only the output "
        "weights learn: what they can say is one constant. It errs by {rmse}; always saying the mean errs by {mean}.",
        mending="With weights around 0 (orthogonal in the recurrence) the same network errs by {mended_rmse}.",
        choice=_SINE,
        config=_WEIGHTS,
        mended=_WEIGHTS.replace(init="orthogonal"),
        show=("init", "activation", "lr"),
    ),
    Lesson(
        key="vanishing",
        title="An error that vanishes",
        text="In this made-up series each value is 0.95 of the one 40 steps before it, and a random part. What lies between "
        "says nothing. The window is 40 steps long, so the value that counts is the first in it, and truncation is off: the "
        "error may travel back all the way to it.",
        question="Will the network find out?",
        answers=(
            Answer("Yes: the error reaches the first step, so its weights learn", "beyond-mean"),
            Answer("No: it will hardly do better than always saying the mean", "only-mean"),
            Answer("No: the error grows on its way and the run blows up", "blew-up"),
        ),
        right=1,
        why="At each step back the error is multiplied by the slope of a sigmoid, at most ¼, and by the recurrent weights. "
        "Of what arrives at the last step {left} arrives at the first. No truncation cut it off; it vanished. So the "
        "weights learn next to nothing from the value that counts: the network errs by {rmse}, always saying the mean by "
        "{mean}.",
        mending="Read in patches of 8 values a step, the window is 5 steps long. Of the error at the last step "
        "{mended_left} arrives at the first, and the validation RMSE is {mended_rmse}. Nobody can do better than 0.173, the "
        "random part.",
        choice=Choice("echo", ("value",)),
        config=_VANISHING,
        mended=_VANISHING.replace(patch=8),
        show=("patch", "activation", "cell", "truncate"),
    ),
)

LESSONS: Mapping[str, Lesson] = MappingProxyType({lesson.key: lesson for lesson in _ALL})
