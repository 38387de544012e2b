"""The zip of a run: opened by Python's own reader."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

import rnn
from rnn.core.config import Config
from rnn.export import fit_from_bytes, fit_to_bytes
from rnn.export.bundle import CONTENTS, FIT, Piece, fit_in_zip, is_zip, table_csv, zip_of
from tests.export.runs_of_every_kind import wave


def made() -> bytes:
    fit = rnn.fit(Config(hidden=3, window=6, epochs=1), wave())
    pieces = [
        Piece(FIT, fit_to_bytes(fit), "the run itself"),
        Piece("curves.csv", table_csv({"epoch": [1], "loss": [0.1 + 0.2]}), "losses by epoch"),
        Piece("plots/plotly.min.js", b"//"),
    ]
    return zip_of(pieces, "The run “Grün”")


def test_what_is_in_it_and_what_each_file_is():
    content = made()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [CONTENTS, FIT, "curves.csv", "plots/plotly.min.js"]
        assert archive.read("curves.csv") == b"epoch,loss\n1,0.30000000000000004\n"
        listed = archive.read(CONTENTS).decode()
    assert listed == "The run “Grün”\n\nrun.unroll  the run itself\ncurves.csv  losses by epoch\n"
    assert is_zip(content) and not is_zip(b"nothing")


def test_the_run_comes_out_of_it_again():
    again, fit = fit_from_bytes(fit_in_zip(made())), rnn.fit(Config(hidden=3, window=6, epochs=1), wave())
    assert [(one.epoch, one.train_loss) for one in again.history] == [
        (one.epoch, one.train_loss) for one in fit.history
    ]
    for name, array in fit.model.params.items():
        np.testing.assert_array_equal(array, again.model.params[name])


def test_the_same_pieces_give_the_same_bytes_and_each_has_a_name_of_its_own():
    pieces = [Piece("a.txt", b"1"), Piece("b.txt", b"2")]
    assert zip_of(pieces, "x") == zip_of(pieces, "x")
    with pytest.raises(ValueError, match="name of its own"):
        zip_of([*pieces, Piece("a.txt", b"3")], "x")


def test_another_zip_and_a_broken_one_get_a_sentence():
    with pytest.raises(ValueError, match=r"mine\.zip is a zip without run\.unroll"):
        fit_in_zip(zip_of([Piece("a.txt", b"1")], "x"), "mine.zip")
    for broken in (b"", b"PK\x03\x04", made()[:-40]):
        with pytest.raises(ValueError, match=r"mine\.zip is not a zip that can be read"):
            fit_in_zip(broken, "mine.zip")
