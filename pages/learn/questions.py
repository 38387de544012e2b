"""What readers asked under the article, answered with what Unroll does today."""

from __future__ import annotations

import streamlit as st

from rnn.ui import series_choice
from rnn.ui.series_choice import Choice

SEVERAL_SERIES = "How do I predict from several series, temperature and humidity say, and predict both at once?"
WEATHER = Choice("seattle-weather", ("temp_max", "temp_min"), ("precipitation", "wind"))

QUESTIONS: dict[str, str] = {
    "What is `max_val`?": (
        "The article uses it without defining it: it is the factor that undoes the scaling of the series, and 1 for the "
        "sine, which is not scaled. Here *Scaling* does both ways by itself; it is fitted on the training part only, and "
        "errors and predictions are always shown in the series’ own units."
    ),
    "Why (y − ŷ)² / 2 and not (y − ŷ)²?": (
        "For tidiness: the derivative of the square brings a 2 that the half cancels. The minimum is in the same place; "
        "only the gradient’s length differs, which the learning rate makes up for. Unroll’s loss is the plain mean of the "
        "squared errors, without the half."
    ),
    "With one output at the end, can the loss be sent back to every step?": (
        "It gets there, but only through the last hidden state: the output’s error enters at the last step and goes back "
        "from step to step through the recurrent weights. The article also adds error × state to the readout at every "
        "step, which belongs to a loss with an output at each of them. Unroll takes the first way, and *Truncate* says "
        "how many steps back it goes; an output at every step is not offered yet."
    ),
    SEVERAL_SERIES: (
        "With one network, not two: each step reads all the columns, and the readout has one output for each that you "
        "predict. Choose them under *Predict*, and columns that only help under *Feed in as well*. The Seattle weather "
        "sample has daily temperatures, rain and wind to try it on; set *Window* to 50 for 50 days."
    ),
    "How do I add static data, such as a place or a customer’s age?": (
        "Not yet. A value that never changes tells one series nothing; it helps when one network learns from many series "
        "at once, and Unroll trains on one table at a time so far."
    ),
    "Does it work on audio?": (
        "Sound files cannot be opened yet. A recording that was saved as a column of numbers trains like any other CSV, "
        "but a second of sound has thousands of values, so keep the excerpt short."
    ),
    "Does it work on DNA sequences?": (
        "Not yet. Letters are categories: a network needs a column of 0 and 1 for each of them and a loss for choosing "
        "among classes. Such columns can be fed in as numbers, but the only loss so far is for numbers too."
    ),
    "Where can I read and run the whole code?": (
        "You are running it. The network is in the folder `rnn/core`, in NumPy alone: `cells/elman.py` has the forward "
        "pass and backpropagation through time, `train.py` the loop, `article.py` the published algorithm. "
        "`python -m rnn article` prints its run beside the printed table."
    ),
}


def draw() -> None:
    st.markdown("##### What its readers asked")
    columns = st.columns(2, gap="large")
    half = -(-len(QUESTIONS) // 2)
    for number, (question, answer) in enumerate(QUESTIONS.items()):
        with columns[number // half], st.expander(question):
            st.markdown(answer)
            if question == SEVERAL_SERIES:
                _draw_try_it()


def _draw_try_it() -> None:
    if st.button(
        "Open the weather on Train", icon=":material/model_training:", on_click=_pick_weather, key="try_weather"
    ):
        st.switch_page("train/page.py")


def _pick_weather() -> None:
    series_choice.pick(WEATHER.data)
    series_choice.choose(WEATHER)
