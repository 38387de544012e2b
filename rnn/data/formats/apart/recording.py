"""Sound through libsndfile: every channel as numbers between −1 and 1."""

from __future__ import annotations

import io
from typing import Any

import soundfile

from .answer import Answer, Column, Refused


def read(data: bytes, options: dict[str, Any]) -> Answer:
    """options: most_cells. The note: rate (Hz), container, coding (libsndfile's names)."""
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        if file.frames * file.channels > options["most_cells"]:
            minutes = file.frames / max(1, file.samplerate) / 60
            raise Refused(
                f"The recording holds {file.frames:,} frames of {file.channels} channels ({minutes:,.0f} minutes), more than "
                f"the {options['most_cells']:,} values that can be read; cut it, or save it at a lower rate."
            )
        note = {"rate": file.samplerate, "container": file.format, "coding": file.subtype}
        frames = file.read(dtype="float64", always_2d=True)
    count = frames.shape[1]
    names = {1: ["sound"], 2: ["left", "right"]}.get(count, [f"channel {k + 1}" for k in range(count)])
    return Answer([Column(name, frames[:, k].copy()) for k, name in enumerate(names)], note)
