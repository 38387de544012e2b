"""Letters one-hot: a made-up sequence with a rhythm of three, or letters of the reader's own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from rnn.core.config import Config
from rnn.ui import series_choice, session
from rnn.ui.wording import escaped

LETTERS, SHOWN, LEAST, MOST = "ACGT", 24, 60, 20_000
CONFIG = Config(hidden=24, window=24, epochs=20, scaling="none")
RULE = (
    "**Made up, of no living thing**: codons of three letters. The first is drawn from A and G, the second from all four, and "
    "the third repeats the first in 9 of 10 codons and is T in the others."
)


def draw() -> None:
    typed = st.text_area(
        "Letters of your own, or nothing for the made-up sequence", key="dna_letters", max_chars=MOST, height=80,
        placeholder="ACGT…",
    )  # fmt: skip
    letters, problem = letters_of(typed)
    if problem:
        st.warning(escaped(problem, 300), icon=":material/error:")
    if not typed.strip() or problem:
        letters = made_up()
        st.markdown(RULE)
    st.markdown(f"The first of {len(letters):,} letters, one-hot: a column of 0 and 1 for each letter.")
    hot = one_hot(letters[:SHOWN])
    places = [f"{k} {letter}" for k, letter in enumerate(letters[:SHOWN], 1)]
    st.table(
        pd.DataFrame(hot.T, index=list(LETTERS), columns=places).astype(int),
        border="horizontal", alt="The first letters as columns of 0 and 1.",
    )  # fmt: skip
    counts = rhythm(letters)
    st.markdown("How often each letter stands at the three places of a codon: what there is to be learned.")
    st.table(
        pd.DataFrame(counts, columns=list(LETTERS), index=["place 1", "place 2", "place 3"]).map("{:.0%}".format),
        border="horizontal", alt="Share of each letter at each place of a codon.",
    )  # fmt: skip
    if st.button(
        "Open the letters on Train", icon=":material/model_training:", key="try_dna", on_click=_open, args=(letters,)
    ):
        st.switch_page("train/page.py")


def letters_of(typed: str) -> tuple[str, str]:
    """The letters in capitals without blanks, and what is wrong with them as a sentence ("" where nothing is)."""
    letters = "".join(typed.split()).upper()
    wrong = next(((k, letter) for k, letter in enumerate(letters, 1) if letter not in LETTERS), None)
    if wrong is not None:
        return "", f"Letter {wrong[0]} is {wrong[1]!r}; write A, C, G and T only. The made-up sequence is shown."
    if letters and len(letters) < LEAST:
        return (
            "",
            f"That is {len(letters)} letters; at least {LEAST} are needed. The made-up sequence is shown.",
        )
    return letters, ""


def made_up(codons: int = 400, seed: int = 0) -> str:
    """The sequence of `RULE`."""
    generator = np.random.default_rng(seed)
    parts = []
    for _ in range(codons):
        first = generator.choice(list("AG"))
        parts.append(f"{first}{generator.choice(list(LETTERS))}{first if generator.random() < 0.9 else 'T'}")
    return "".join(parts)


def one_hot(letters: str) -> np.ndarray:
    """(N, 4), 1 in the column of the letter that stands there."""
    return (np.array(list(letters))[:, None] == np.array(list(LETTERS))).astype(float)


def rhythm(letters: str) -> np.ndarray:
    """(3, 4), the share of each letter among those at the first, second and third place of a codon."""
    return np.array([one_hot(letters[place::3]).mean(axis=0) for place in range(3)])


def _open(letters: str) -> None:
    series_choice.take_upload("letters.fa", f">letters\n{letters}\n".encode())
    session.apply_settings(CONFIG)
