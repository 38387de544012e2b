"""Recordings: WAV, FLAC, OGG, AIFF and MP3 as a column a channel, with the time in seconds beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..findings import BadFile, Finding, finding
from .isolated import read_apart
from .raw import MOST_CELLS, Raw, binary_layout

MANY = 200_000  # records from which a lower rate is suggested: more than a network goes through in minutes
_RATES = (16_000, 8_000, 4_000, 2_000, 1_000, 500, 200, 100, 50, 20, 10, 5, 2, 1)


def read(data: bytes, wanted: Mapping[str, Any]) -> Raw:
    """wanted may fix rate (Hz): the recording is brought to it after a low-pass filter has taken out what it cannot hold.

    The samples lie between −1 and 1. Raises BadFile for a rate above the recording's.
    """
    reading = read_apart("recording", data, "The recording", {"most_cells": MOST_CELLS})
    found, container, coding = (reading.note[key] for key in ("rate", "container", "coding"))
    channels = {name: column.numbers for name, column in reading.columns.items()}  # type: ignore[union-attr]
    frames = len(next(iter(channels.values())))
    if frames == 0:
        raise BadFile("The recording holds no sound; choose one that is longer.")
    rate = wanted.get("rate") or found
    if rate > found:
        raise BadFile(f"rate={rate} is more than the recording's {found} Hz; choose a lower one.")
    if rate != found:
        channels = {name: resampled(values, found, rate) for name, values in channels.items()}
    count = len(next(iter(channels.values())))
    columns = {"seconds": np.arange(count) / rate, **channels}
    frame = pd.DataFrame(columns, index=pd.RangeIndex(1, count + 1, name="row"))
    notes = _about(found, rate, frames, len(channels), f"{container}, {coding}")
    layout = binary_layout(list(columns))
    return Raw(frame, layout, "sound", coding.lower(), notes, {"rate": rate}, "seconds", tuple(channels))


def resampled(values: np.ndarray[Any, Any], found: int, rate: int) -> np.ndarray[Any, Any]:
    """(N,) samples at `found` Hz as ⌈N · rate / found⌉ samples at `rate` Hz, by scipy's polyphase filter (Kaiser window)."""
    from scipy import signal  # here: it takes half a second to import, and few files are sounds

    divisor = math.gcd(found, rate)
    return signal.resample_poly(values, rate // divisor, found // divisor, padtype="mean")


def _about(found: int, rate: int, frames: int, channels: int, coding: str) -> tuple[Finding, ...]:
    seconds = frames / found
    heard = "one channel" if channels == 1 else f"{channels} channels"
    message = f"A recording of {seconds:,.4g} s at {found:,} Hz, {heard} ({coding}), samples between −1 and 1."
    notes = [finding("sound", message, count=frames)]
    if rate != found:
        left = math.ceil(seconds * rate)
        message = f"Brought from {found:,} to {rate:,} Hz by a low-pass filter: {frames:,} samples became {left:,}."
        notes.append(finding("resampled", message, count=frames))
    elif frames > MANY:
        lower = next((one for one in _RATES if one < rate and one * seconds <= MANY), 1)
        message = (
            f"{frames:,} samples are many to train on; rate={lower} would leave {math.ceil(seconds * lower):,} of them."
        )
        notes.append(finding("high-rate", message, count=frames))
    return tuple(notes)
