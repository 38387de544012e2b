"""Recordings: samples as the library decodes them, the right times, and a lower rate without what it cannot hold."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile

from rnn.data import BadFile, read_csv
from rnn.forecast.future import future_times

RATE = 8000


def recorded(values: np.ndarray, rate: int = RATE, container: str = "WAV", coding: str = "PCM_16") -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, values, rate, format=container, subtype=coding)
    return buffer.getvalue()


def tone(hertz: float, seconds: float = 1.0, rate: int = RATE) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


FORMS = {
    "WAV": "PCM_16",
    "FLAC": "PCM_24",
    "OGG": "VORBIS",
    "AIFF": "PCM_16",
    "RF64": "FLOAT",
    "WAVEX": "PCM_32",
    "MP3": "MPEG_LAYER_III",
}


@pytest.mark.parametrize("container", FORMS)
def test_samples_and_times(container: str) -> None:
    content = recorded(tone(440), container=container, coding=FORMS[container])
    table = read_csv(content)
    expected, rate = soundfile.read(io.BytesIO(content))
    assert (table.format, table.time, list(table.frame)) == ("sound", "seconds", ["seconds", "sound"])
    assert table.encoding == FORMS[container].lower()
    exact = container not in ("OGG", "MP3")  # their decoders round as the processor's instructions do
    assert np.allclose(table.frame["sound"], expected, rtol=0, atol=0 if exact else 1e-6)
    assert np.array_equal(table.frame["seconds"], np.arange(len(expected)) / rate)
    assert read_csv(content, **table.choices).frame.equals(table.frame)


def test_channels_are_columns_and_targets() -> None:
    for channels, names in ((2, ["left", "right"]), (3, ["channel 1", "channel 2", "channel 3"])):
        table = read_csv(recorded(np.column_stack([tone(100 * (k + 1)) for k in range(channels)])))
        assert list(table.frame) == ["seconds", *names]
        series = table.series()
        assert list(series.targets) == names
        assert series.values.shape == (RATE, channels)
        assert list(table.series("left" if channels == 2 else "channel 2").targets) != names


def test_time_goes_on_in_seconds() -> None:
    series = read_csv(recorded(tone(440))).series()
    assert np.allclose(future_times(series, 3), 1.0 + np.arange(3) / RATE, atol=1e-9)


def test_no_time_if_none_is_asked_for() -> None:
    table = read_csv(recorded(tone(440)), time="none")
    assert table.time is None
    assert table.series("sound").times.tolist()[:3] == [0, 1, 2]


def test_a_lower_rate_keeps_what_it_can_hold_and_nothing_else() -> None:
    content = recorded(tone(100) + tone(3000) * 0.8, coding="FLOAT")
    table = read_csv(content, rate=1000)
    values = table.frame["sound"].to_numpy()
    assert table.choices["rate"] == 1000
    assert len(values) == 1000 and table.frame["seconds"].iloc[1] == 1 / 1000
    inner = slice(50, 950)
    assert np.abs(values - tone(100, rate=1000))[inner].max() < 0.005
    plain = soundfile.read(io.BytesIO(recorded(tone(3100), coding="FLOAT")))[0][::8]
    assert np.abs(plain).max() > 0.4  # every eighth sample alone holds a tone of 100 Hz that never was
    assert (
        np.abs(read_csv(recorded(tone(3100), coding="FLOAT"), rate=1000).frame["sound"].to_numpy()[inner]).max() < 0.005
    )
    assert read_csv(content, **table.choices).frame.equals(table.frame)
    resampled = next(one for one in table.findings if one.kind == "resampled")
    assert resampled.message == "Brought from 8,000 to 1,000 Hz by a low-pass filter: 8,000 samples became 1,000."


@pytest.mark.parametrize("rate", [7000, 44, 1, 8000])
def test_any_lower_rate_gives_so_many_samples(rate: int) -> None:
    assert len(read_csv(recorded(tone(10, 3) + 0.3), rate=rate).frame) == 3 * rate


def test_a_long_recording_gets_a_suggestion() -> None:
    table = read_csv(recorded(tone(440, 30, 16_000), 16_000))
    found = next(one for one in table.findings if one.kind == "high-rate")
    assert found.message == "480,000 samples are many to train on; rate=4000 would leave 120,000 of them."


def with_frames(content: bytes, count: int) -> bytes:
    """A WAV file whose heading claims so many bytes of sound."""
    at = content.find(b"data")
    return content[: at + 4] + count.to_bytes(4, "little") + content[at + 8 :]


BAD = {
    "no sound": (recorded(np.zeros(0)), {}, "The recording holds no sound"),
    "a higher rate": (recorded(tone(440)), {"rate": 16_000}, "rate=16000 is more than the recording's 8000 Hz"),
    "a heading alone": (recorded(tone(440))[:30], {}, "The recording is damaged or ends too early"),
    "a film": (b"RIFF\0\0\0\0AVI LIST" + bytes(50), {}, "a video or another kind of medium"),
    "too long": (
        recorded(np.zeros(65_000_000, dtype=np.int16), container="FLAC"), {},
        "The recording holds 65,000,000 frames of 1 channels (135 minutes), more than the 64,000,000 values",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_recordings_that_cannot_be_used(case: str) -> None:
    content, choices, sentence = BAD[case]
    with pytest.raises(BadFile) as caught:
        read_csv(content, **choices)
    assert sentence in str(caught.value)


def test_a_heading_that_claims_more_than_there_is() -> None:
    content = with_frames(recorded(tone(440)), 2**31)
    assert read_csv(content).rows == RATE


@pytest.mark.parametrize("rate", [0, -5, 1.5, True, "fast"])
def test_rates_that_are_none(rate: object) -> None:
    with pytest.raises(ValueError, match="must be a whole number of samples a second"):
        read_csv(recorded(tone(440)), rate=rate)
