"""A tone made here: heard, seen, and opened on Train as an uploaded recording is."""

from __future__ import annotations

import io
import wave

import numpy as np
import streamlit as st

from rnn.core.config import Config
from rnn.ui import series_choice, session
from rnn.ui.figures import alt_series, series_figure
from rnn.ui.live_chart import live_chart

RATE = 8_000  # samples a second
SHOWN = 160  # samples: 20 ms
CONFIG = Config(hidden=32, window=64, patch=8, epochs=20)
OVERTONES = {"none": (1.0,), "one, an octave up": (1.0, 0.5), "three": (1.0, 0.5, 0.33, 0.25)}


def draw() -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        hertz = st.slider("Pitch, Hz", 110, 880, 220, 10, key="tone_hertz", width=260)
        seconds = st.slider("Length, s", 0.1, 1.0, 0.4, 0.1, key="tone_seconds", width=200)
        overtones = st.selectbox("Overtones", list(OVERTONES), index=1, key="tone_overtones", width=200)
    samples = tone(hertz, seconds, OVERTONES[overtones])
    recording = as_wav(samples)
    st.audio(recording, format="audio/wav")
    times = np.arange(SHOWN) / RATE
    names = ["sound"]
    live_chart(
        series_figure(times, samples[:SHOWN], names, time_label="seconds"), key="tone_chart", identity="tone", height=220,
        alt=f"The first 20 ms of the tone, {hertz} Hz. {alt_series(times, samples[:SHOWN], names)}",
    )  # fmt: skip
    st.caption(
        f"{len(samples):,} samples at {RATE:,} a second. A step of the network reads {CONFIG.patch} of them at once, a window "
        f"{CONFIG.window}."
    )
    if st.button(
        "Open the tone on Train", icon=":material/model_training:", key="try_tone", on_click=_open,
        args=(f"tone {hertz} Hz.wav", recording),
    ):  # fmt: skip
        st.switch_page("train/page.py")


def tone(hertz: float, seconds: float, overtones: tuple[float, ...]) -> np.ndarray:
    """Samples between −1 and 1; overtone k (from 0) has k + 1 times the pitch and the loudness given, those above half the
    rate left out."""
    t = np.arange(round(seconds * RATE)) / RATE
    parts = [
        loud * np.sin(2 * np.pi * hertz * (k + 1) * t) for k, loud in enumerate(overtones) if hertz * (k + 1) < RATE / 2
    ]
    mixed = np.sum(parts, axis=0)
    return 0.8 * mixed / max(float(np.abs(mixed).max()), 1e-9)


def as_wav(samples: np.ndarray) -> bytes:
    """The samples as a WAV file of 16 bits, one channel."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def _open(name: str, content: bytes) -> None:
    series_choice.take_upload(name, content)
    session.apply_settings(CONFIG)
