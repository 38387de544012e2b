"""Valid files of every kind, bent and cut at random, end in a Table or a sentence, and leave nothing on the disk."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnn.data import BadFile, inspect, read_csv

FRAME = pd.DataFrame(
    {"time": pd.date_range("2020-01-01", periods=20, freq="h"), "v": np.arange(20) * 1.5, "word": list("ab") * 10}
)


def _written(write: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def _zipped(buffer: io.BytesIO) -> None:
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", FRAME.to_csv(index=False))
        archive.writestr("b.json", FRAME["v"].to_json())


FOLDER = Path(__file__).parent / "workbooks"
FILES: dict[str, bytes] = {
    "xlsx": _written(lambda buffer: FRAME.to_excel(buffer, index=False)),
    "xls": (FOLDER / "small.xls").read_bytes(),
    "xlsb": (FOLDER / "small.xlsb").read_bytes(),
    "parquet": _written(FRAME.to_parquet),
    "feather": _written(FRAME.to_feather),
    "wav": _written(lambda buffer: soundfile.write(buffer, np.sin(np.arange(300.0)), 8000, format="WAV")),
    "flac": _written(lambda buffer: soundfile.write(buffer, np.sin(np.arange(300.0)), 8000, format="FLAC")),
    "gzip": gzip.compress(FRAME.to_csv(index=False).encode()),
    "xz": lzma.compress(FRAME.to_csv(index=False).encode()),
    "zip": _written(_zipped),
    "json": json.dumps(FRAME.assign(time=FRAME["time"].astype("str")).to_dict("records")).encode(),
    "fasta": b">s one\nACGTNACGATCGATCGATCGAT\nACGATCATTTA\n>t\nACGTACG\n",
}
IN_PROCESS = ("gzip", "xz", "zip", "json", "fasta")  # the others start a process each time, which is slower


@st.composite
def bent(draw: st.DrawFn, content: bytes) -> bytes:
    """The file with a few bytes changed, a piece taken out, put in, doubled, or its end missing."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.sampled_from(["set", "set", "set", "cut", "drop", "put", "double"])):
            case "set":
                data[at : at + 1] = bytes([draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF, draw(st.integers(0, 255))]))])
            case "cut":
                del data[at:]
            case "drop":
                del data[at : at + draw(st.integers(1, 40))]
            case "put":
                data[at:at] = draw(st.binary(max_size=20))
            case "double":
                data[at:at] = data[at : at + draw(st.integers(1, 200))]
    return bytes(data)


@pytest.fixture
def nothing_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("TMPDIR", "TEMP", "TMP", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    yield
    assert os.listdir(tmp_path) == []


def ends_well(content: bytes) -> None:
    try:
        table = read_csv(content)
    except BadFile as stopped:
        assert str(stopped).endswith(".") and "\n" not in str(stopped)
        return
    json.dumps(inspect(content, **table.choices), allow_nan=False)
    try:
        receipt = table.receipt()
    except BadFile as stopped:
        assert str(stopped).endswith(".")
    else:
        assert receipt.rows == table.rows == receipt.used + receipt.left_out


@pytest.mark.parametrize("kind", FILES)
def test_the_files_are_good_before_they_are_bent(kind: str, nothing_written: None) -> None:
    choices = {"member": "a.csv"} if kind == "zip" else {}
    assert read_csv(FILES[kind], **choices).rows >= 12


@pytest.mark.parametrize("kind", FILES)
def test_bent_files_end_in_a_table_or_a_sentence(kind: str, nothing_written: None) -> None:
    @settings(
        max_examples=150 if kind in IN_PROCESS else 12,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
    @given(bent(FILES[kind]))
    def check(content: bytes) -> None:
        ends_well(content)

    check()


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_cut_in_half_or_with_a_tail(kind: str) -> None:
    ends_well(FILES[kind][: len(FILES[kind]) // 2])
    ends_well(FILES[kind] + bytes(100))


UNSUPPORTED = {
    "PDF": (b"%PDF-1.7\n", "a PDF document, not text in rows and columns; copy the table into a spreadsheet"),
    "picture": (b"\x89PNG\r\n\x1a\n", "a picture, not text in rows and columns; the numbers behind it are needed"),
    "HDF5": (b"\x89HDF\r\n\x1a\n", "an HDF5 file, not text in rows and columns; export the numbers as CSV or Parquet"),
    "SQLite": (b"SQLite format 3\x00", "an SQLite database, not text in rows and columns; export the table as CSV"),
    "web page": (b"<!doctype html><table>", "a web page, not text in rows and columns; the download link probably led"),
    "pickle": (b"\x80\x04\x95\x0b\x00", "a Python pickle, not text in rows and columns; a pickle can run code"),
    "NumPy": (b"\x93NUMPY\x01\x00", "a NumPy array, not text in rows and columns; save it as CSV"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive, not text in rows and columns; unpack it"),
    "program": (b"\x7fELF\x02\x01", "a program, not text in rows and columns; choose or export a CSV file"),
}


@pytest.mark.parametrize("kind", UNSUPPORTED)
def test_what_is_not_read_is_named_with_what_to_do(kind: str) -> None:
    start, sentence = UNSUPPORTED[kind]
    for content in (start + bytes(40), gzip.compress(start + bytes(40))):
        with pytest.raises(BadFile) as caught:
            read_csv(content)
        assert sentence in str(caught.value)
        assert str(caught.value).endswith(".")


def test_a_pickle_is_never_opened(tmp_path: Path) -> None:
    import pickle

    class Harmful:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (os.mkdir, (str(tmp_path / "harm"),))

    for protocol in range(6):
        with pytest.raises(BadFile):
            read_csv(pickle.dumps(Harmful(), protocol))
    assert os.listdir(tmp_path) == []
