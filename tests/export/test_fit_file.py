"""A fit as a file: the same numbers come back, training goes on as if nothing had happened, and bad files get a sentence."""

from __future__ import annotations

import json
import os
import pickle
import stat
import struct
from pathlib import Path

import numpy as np
import pytest
from safetensors import numpy as tensors

from rnn.core import article
from rnn.core.config import PRESETS, Config
from rnn.core.fit import Fit, fit
from rnn.core.series import Series
from rnn.export import fit_from_bytes, fit_to_bytes, load, save
from rnn.forecast import forecast

QUICK = Config(hidden=5, window=6, epochs=3, batch=16, patience=None, horizon=2)


def a_series(rows: int = 90, **parts) -> Series:
    k = np.arange(rows)
    values = np.column_stack([np.sin(k / 3), np.cos(k / 5) * 40])
    given = {"times": k, "values": values, "names": ("a", "b"), "targets": ("b",)} | parts
    return Series(**given)


@pytest.fixture(scope="module")
def run() -> Fit:
    return fit(QUICK, a_series())


def assert_same_run(one: Fit, other: Fit) -> None:
    """Bit for bit, but for how long it took."""
    assert one.config == other.config
    assert one.metrics == other.metrics
    assert [(e.epoch, e.train_loss, e.val_loss, e.grad_norm) for e in one.history] == [
        (e.epoch, e.train_loss, e.val_loss, e.grad_norm) for e in other.history
    ]
    for group in ("params", "best", "optimiser"):
        first, second = getattr(one.state, group), getattr(other.state, group)
        assert first.keys() == second.keys()
        for name in first:
            assert first[name].dtype == second[name].dtype
            np.testing.assert_array_equal(first[name], second[name], err_msg=f"{group} {name}")


def test_saved_and_loaded(run, tmp_path):
    path = tmp_path / "run.fit"
    save(run, path)
    loaded = load(str(path))
    assert_same_run(run, loaded)
    assert loaded.history == run.history
    assert loaded.finished == run.finished
    windows = np.stack([run.series.values[i : i + 6] for i in range(40)])
    np.testing.assert_array_equal(loaded.model.predict(windows), run.model.predict(windows))
    assert forecast(loaded, 2).equals(forecast(run, 2))


def test_the_series_comes_back(run):
    series = fit_from_bytes(fit_to_bytes(run)).series
    np.testing.assert_array_equal(series.values, run.series.values)
    np.testing.assert_array_equal(series.times, run.series.times)
    assert (series.names, series.targets, series.name, series.frequency) == (("a", "b"), ("b",), "series", None)


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_resumed_after_loading_equals_undisturbed(optimiser, dtype):
    config = QUICK.replace(optimiser=optimiser, dtype=dtype, lr=0.01)
    undisturbed = fit(config.replace(epochs=6), a_series())
    loaded = fit_from_bytes(fit_to_bytes(fit(config, a_series())))
    assert_same_run(fit(config.replace(epochs=6), loaded.series, resume=loaded), undisturbed)


def test_resumed_in_mid_epoch_equals_undisturbed():
    undisturbed = fit(QUICK, a_series())
    asked = []
    stopped = fit(QUICK, a_series(), stop=lambda: asked.append(1) or len(asked) > 7)
    assert stopped.finished.reason == "stopped"
    assert stopped.state.batch > 0
    loaded = fit_from_bytes(fit_to_bytes(stopped))
    assert_same_run(fit(QUICK, loaded.series, resume=loaded), undisturbed)


def test_the_articles_run_resumes_too():
    config, series = PRESETS["article"], article.article_series()
    undisturbed = fit(config.replace(epochs=3), series)
    loaded = fit_from_bytes(fit_to_bytes(fit(config.replace(epochs=2), series)))
    resumed = fit(config.replace(epochs=3), loaded.series, resume=loaded)
    assert_same_run(resumed, undisturbed)
    assert [epoch.train_loss for epoch in resumed.history] == pytest.approx(
        [article.PRINTED[epoch][0] for epoch in (1, 2, 3)], rel=1e-9
    )


def test_a_diverged_run_keeps_its_story():
    run = fit(QUICK.replace(lr=100, optimiser="sgd", activation="relu", clip="none"), a_series())
    assert run.finished.reason == "diverged"
    loaded = fit_from_bytes(fit_to_bytes(run))
    assert loaded.finished == run.finished
    assert loaded.finished.message


def test_loading_changes_nothing_in_what_it_came_from(run):
    before = {name: array.copy() for name, array in run.state.params.items()}
    loaded = fit_from_bytes(fit_to_bytes(run))
    fit(QUICK.replace(epochs=5), loaded.series, resume=loaded)
    assert len(loaded.history) == 3
    for name, array in run.state.params.items():
        np.testing.assert_array_equal(array, before[name])
        np.testing.assert_array_equal(loaded.state.params[name], before[name])


@pytest.mark.parametrize("unit", ["D", "h", "s", "ms", "us", "ns"])
def test_dates_keep_their_unit(unit):
    times = (np.datetime64("2024-02-27") + np.arange(90)).astype(f"datetime64[{unit}]")
    run = fit(QUICK.replace(epochs=1), a_series(times=times, frequency="D"))
    series = fit_from_bytes(fit_to_bytes(run)).series
    assert series.times.dtype == times.dtype
    np.testing.assert_array_equal(series.times, times)
    assert series.frequency == "D"


@pytest.mark.parametrize("times", [np.arange(90) / 10, np.arange(90, dtype=np.int16), np.arange(90) + 2**60])
def test_numbers_as_times_keep_their_type(times):
    run = fit(QUICK.replace(epochs=1), a_series(times=times))
    found = fit_from_bytes(fit_to_bytes(run)).series.times
    assert found.dtype == times.dtype
    np.testing.assert_array_equal(found, times)


def test_names_of_every_kind():
    names = ('Größe "№ 1"\n\\ 売上 🙂', "x" * 10_000)
    run = fit(QUICK.replace(epochs=1), a_series(names=names, targets=names[:1], name="\ud800 broken"))
    series = fit_from_bytes(fit_to_bytes(run)).series
    assert (series.names, series.targets, series.name) == (names, names[:1], "\ud800 broken")


@pytest.mark.parametrize("name", ["Übung 売上 🙂.fit", "n" * 255, ".hidden", "with space.tar.gz"])
def test_file_names_of_every_kind(run, tmp_path, name):
    save(run, tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert_same_run(run, load(tmp_path / name))


def test_permissions_are_those_of_any_new_file(run, tmp_path):
    (tmp_path / "other").write_bytes(b"")
    save(run, tmp_path / "run")
    assert stat.S_IMODE(os.stat(tmp_path / "run").st_mode) == stat.S_IMODE(os.stat(tmp_path / "other").st_mode)


def test_saving_over_an_old_file(run, tmp_path):
    path = tmp_path / "run"
    path.write_bytes(b"old")
    save(run, path)
    assert_same_run(run, load(path))


@pytest.mark.parametrize("moment", ["fsync", "replace"])
def test_an_interrupted_save_leaves_the_old_file(run, tmp_path, monkeypatch, moment):
    path = tmp_path / "run"
    save(run, path)
    before = path.read_bytes()

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(*((os, "fsync") if moment == "fsync" else (Path, "replace")), interrupted)
    with pytest.raises(KeyboardInterrupt):
        save(fit(QUICK.replace(epochs=1), a_series()), path)
    assert path.read_bytes() == before
    assert [one.name for one in tmp_path.iterdir()] == ["run"]


def test_a_place_that_cannot_be_written(run, tmp_path):
    with pytest.raises(OSError):
        save(run, tmp_path / "nowhere" / "run")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OSError):
        save(run, tmp_path / "folder")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]


def test_a_missing_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "nothing")


class Harmful:
    """Unpickling this would leave a trace."""

    def __reduce__(self):
        return os.mkdir, (os.environ["UNROLL_TEST_TRACE"],)


def test_a_pickle_is_refused_and_never_run(tmp_path, monkeypatch):
    monkeypatch.setenv("UNROLL_TEST_TRACE", str(tmp_path / "trace"))
    np.savez(tmp_path / "arrays.npz", trace=np.array([Harmful()], object), allow_pickle=True)
    for content in (pickle.dumps(Harmful()), (tmp_path / "arrays.npz").read_bytes()):
        with pytest.raises(ValueError, match="is not a fit saved by Unroll"):
            fit_from_bytes(content)
    assert not (tmp_path / "trace").exists()


FOREIGN = {
    "empty": b"",
    "a few bytes": b"\0\1\2",
    "text": b"date,sales\n2024-01-01,5\n" * 20,
    "json": b'{"format": "unroll-fit"}',
    "huge header": struct.pack("<Q", 2**62) + b"{}" * 10,
    "header is a list": struct.pack("<Q", 2) + b"[]",
    "no tensors": struct.pack("<Q", 2) + b"{}",
    "other tensors": tensors.save({"weight": np.zeros(3)}),
    "other metadata": tensors.save({"weight": np.zeros(3)}, {"unroll": "not json", "sha256": ""}),
    "metadata is a number": tensors.save({"weight": np.zeros(3)}, {"unroll": "3", "sha256": ""}),
    "other format": tensors.save({"weight": np.zeros(3)}, {"unroll": '{"format": "other"}', "sha256": ""}),
}


def assert_sentence(error: ValueError, name: str) -> None:
    text = str(error)
    assert text.startswith(name) and text.endswith(".") and "\n" not in text and "Traceback" not in text


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_files(tmp_path, kind):
    path = tmp_path / "foreign.fit"
    path.write_bytes(FOREIGN[kind])
    with pytest.raises(ValueError) as caught:
        load(path)
    assert_sentence(caught.value, str(path))


def test_truncated_anywhere(run):
    content = fit_to_bytes(run)
    for length in {*range(0, len(content), 97), len(content) - 1}:
        with pytest.raises(ValueError) as caught:
            fit_from_bytes(content[:length], "x.fit")
        assert_sentence(caught.value, "x.fit")


def test_a_flipped_bit_anywhere_is_noticed(run, rng):
    """Every weight and every digit is under the checksum."""
    content = fit_to_bytes(run)
    for position in rng.integers(0, len(content), 200):
        damaged = bytearray(content)
        damaged[position] ^= 1 << int(rng.integers(8))
        try:
            loaded = fit_from_bytes(bytes(damaged), "x.fit")
        except ValueError as error:
            assert_sentence(error, "x.fit")
        else:  # in the padding, or in white space: nothing has changed
            assert_same_run(run, loaded)


def rewritten(content: bytes, change) -> bytes:
    """The same file with its description changed, under a right checksum."""
    from rnn.export.fit_file import _digest

    size = int.from_bytes(content[:8], "little")
    meta = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["unroll"])
    arrays = tensors.load(content)
    change(meta, arrays)
    text = json.dumps(meta)
    return tensors.save(arrays, {"unroll": text, "sha256": _digest(arrays, text)})


def test_a_newer_format(run):
    with pytest.raises(
        ValueError, match=r"^x was saved by a newer Unroll \(format version 99; .* update to read it\.$"
    ):
        fit_from_bytes(rewritten(fit_to_bytes(run), lambda meta, _: meta.update(version=99)), "x")


def test_an_older_file_without_a_field_takes_its_default(run):
    content = rewritten(fit_to_bytes(run), lambda meta, _: meta["config"].pop("season"))
    assert fit_from_bytes(content).config.season is None


CHANGES = {
    "version": lambda meta, _: meta.pop("version"),
    "a config field that is not known": lambda meta, _: meta["config"].update(colour="red"),
    "a config value out of range": lambda meta, _: meta["config"].update(hidden=-3),
    "another architecture": lambda meta, _: meta["config"].update(hidden=7),
    "a window longer than the series": lambda meta, _: meta["config"].update(window=5000),
    "no config": lambda meta, _: meta.pop("config"),
    "config is a list": lambda meta, _: meta.update(config=[1]),
    "no weights": lambda _, arrays: arrays.pop("state/params/layer0.W_h"),
    "weights of another shape": lambda _, arrays: arrays.update({"state/best/readout.b": np.zeros(99, np.float32)}),
    "no values": lambda _, arrays: arrays.pop("series/values"),
    "values that are missing": lambda _, arrays: arrays.update({"series/values": np.full((90, 2), np.nan)}),
    "no type of time": lambda meta, _: meta["series"].update(times="no such type"),
    "history of another form": lambda meta, _: meta["state"].update(history=[[1, 2]]),
    "another optimiser state": lambda _, arrays: arrays.update({"state/optimiser/zeal": np.zeros(3, np.float32)}),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_a_file_that_does_not_hold_together(run, kind):
    with pytest.raises(ValueError) as caught:
        fit_from_bytes(rewritten(fit_to_bytes(run), CHANGES[kind]), "x.fit")
    assert_sentence(caught.value, "x.fit")


def test_many_series_are_saved_with_their_seams_and_go_on(tmp_path):
    """Each part's scaler is found again on its own training rows: predictions and training go on with the same bits."""
    many = Series.joined([a_series(90), a_series(60), a_series(8)], ["x", "y", "too short"])
    run, path = fit(QUICK, many), tmp_path / "many.fit"
    save(run, path)
    loaded = load(path)
    assert_same_run(run, loaded)
    assert (loaded.series.lengths, loaded.series.ids) == (many.lengths, many.ids)
    assert np.array_equal(loaded.model.framing.scaler.centre, run.model.framing.scaler.centre)
    windows = many.values[:6][None]
    assert np.array_equal(loaded.model.predict(windows, numbers=1), run.model.predict(windows, numbers=1))
    longer = QUICK.replace(epochs=6)
    assert_same_run(fit(longer, many, resume=loaded), fit(longer, many, resume=run))
