"""What readers asked under the article, answered with what Unroll does today, and something to try where that helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from pages.learn import address
from pages.learn.asked import dna, every_step, half, scaling, several, sound, static_values, whole_code
from pages.learn.asked.labels import LABELS, box_key
from rnn.core.config import PRESETS, Config
from rnn.ui import series_choice, session
from rnn.ui.chosen_series import Choice


@dataclass(frozen=True)
class Trial:
    """What a question's button opens on Train."""

    label: str
    choice: Choice
    config: Config


FIFTY_DAYS = PRESETS["default"].replace(window=50)
TRIALS = {
    "several": Trial(
        "Open the weather on Train",
        Choice("seattle-weather", ("temp_max", "wind"), ("temp_min", "precipitation")),
        FIFTY_DAYS,
    ),
    "static": Trial(
        "Open it with a static column",
        Choice("seattle-weather", ("temp_max",), ("temp_min", "precipitation"), static=("precipitation",)),
        FIFTY_DAYS,
    ),
}

ANSWERS: dict[str, str] = {
    "max-val": (
        "The article uses it without defining it: it is the factor that undoes the scaling of the series, and 1 for the "
        "sine, which is not scaled. Here *Scaling* does both ways by itself; it is fitted on the training part only, and "
        "errors and predictions are always shown in the series’ own units."
    ),
    "half": (
        "For tidiness: the derivative of the square brings a 2 that the half cancels. The minimum is in the same place; "
        "only the gradient’s length differs, which the learning rate makes up for. Unroll’s usual loss, mse, is the plain "
        "mean of the squared errors, without the half."
    ),
    "every-step": (
        "It gets there, but only through the last hidden state: the output’s error enters at the last step and goes back "
        "from step to step through the recurrent weights. The article also adds error × state to the readout at every "
        "step, which belongs to a loss with an output at each of them. Unroll takes the first way: one answer a "
        "window, from its last state. *Truncate* says how many steps back the error goes, and the page *Inside* how far "
        "it really gets before it has faded away."
    ),
    "several": (
        "With one network, not two: each step reads all the columns, and the readout has one output for each column that "
        "is predicted, so what they share is learned once. Choose what to forecast under *Predict*, and columns that only "
        "help under *Feed in as well*. The button takes 50 days of Seattle’s weather, all four columns of numbers, and "
        "predicts tomorrow’s highest temperature and wind together; humidity was not recorded there."
    ),
    "static": (
        "Feed the column in and name it under *Of these, static*: it then stands beside the sequence. The network takes "
        "one value of it a window, that of the window’s last record, and has it at hand at every step; a linear skip "
        "gives it one weight instead of one for each step. A column that never changes cannot teach anything about a "
        "single series; what does is a value that holds for a while and then changes, such as a tariff, a season’s price "
        "or the number of shops. The button predicts tomorrow’s temperature from 50 days of temperatures and the last "
        "day’s rain alone."
    ),
    "audio": (
        "Yes: WAV, FLAC, OGG and MP3 open like any other file, a column for each channel and seconds as the time. A second of "
        "sound has thousands of values, so bring it to a lower rate on the Data page (*Read it differently*), and let each "
        "step read many of them at once (*Patch*)."
    ),
    "dna": (
        "It opens: a FASTA file, or plain lines of letters, becomes a column of 0 and 1 for each of the four, and a column of "
        "words in any table does so too. The network then predicts all of them at once, and the largest answer is the letter "
        "that it finds likeliest. Every loss here measures a distance, and none chooses among classes, so the answers are no "
        "probabilities."
    ),
    "code": (
        "You are running it. The network is in the folder `rnn/core`, in NumPy alone: `cells/elman.py`, `gru.py` and "
        "`lstm.py` have the forward pass and backpropagation through time, `network.py` puts layers together, `train.py` "
        "is the loop and `article.py` the published algorithm. "
        "`python -m rnn article` prints its run beside the printed table."
    ),
}


# Slug → something to try, drawn where the question is open only.
WIDGETS: dict[str, Callable[[], None]] = {
    "max-val": scaling.draw,
    "half": half.draw,
    "every-step": every_step.draw,
    "several": several.draw,
    "static": static_values.draw,
    "audio": sound.draw,
    "dna": dna.draw,
    "code": whole_code.draw,
}
_PARAMETER = "question"


def draw() -> None:
    st.markdown("##### What its readers asked")
    asked = address.take_name(_PARAMETER, list(LABELS), None)
    for slug, label in LABELS.items():
        box = st.expander(label, expanded=slug == asked, key=box_key(slug), on_change="rerun")
        with box:
            st.markdown(ANSWERS[slug])
            if box.open and slug in WIDGETS:
                st.fragment(WIDGETS[slug])()
            if slug in TRIALS:
                _draw_trial(slug)


def _draw_trial(slug: str) -> None:
    trial = TRIALS[slug]
    if st.button(trial.label, icon=":material/model_training:", on_click=_set_up, args=(trial,), key=f"try_{slug}"):
        st.switch_page("train/page.py")


def _set_up(trial: Trial) -> None:
    series_choice.pick(trial.choice.data)
    series_choice.choose(trial.choice)
    session.apply_settings(trial.config)
