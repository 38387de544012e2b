"""Many series in one: how they are split, and that each is framed by itself, against plain Python."""

from __future__ import annotations

from statistics import fmean, pstdev

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rnn.core.config import PRESETS, Config
from rnn.core.events import Preview
from rnn.core.framing import Framing
from rnn.core.layout import Layout, usual_steps
from rnn.core.panel import each, split_panel, split_series
from rnn.core.preflight import preflight
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.core.windows import split_windows
from tests.core.framing_by_hand import ByHand, read
from tests.core.many_series import three, wave

IDS = ("a", "b", "c")


def test_a_worked_example():
    """Lengths 10, 4 and 8, two in, one ahead: 8, 2 and 6 windows, of which a quarter, at least one, validates."""
    split = split_panel(Config(window=2, validation=0.25), (10, 4, 8), IDS)
    assert split.train_starts.tolist() == [0, 1, 2, 3, 4, 5, 10, 14, 15, 16, 17]
    assert split.validation_starts.tolist() == [6, 7, 11, 18, 19]
    assert (split.train, split.validation, split.test, split.rows) == (11, 5, 0, 22)
    assert split.scaler_rows == split.seen_rows == (8, 3, 6)
    assert split.sentence == "" and split.trained == IDS
    counted = split_panel(Config(window=2, validation=1, test=1), (10, 4, 8), IDS)
    assert counted.train_starts.tolist() == [0, 1, 2, 3, 4, 5, 14, 15, 16, 17]
    assert counted.test_starts.tolist() == [7, 19]
    assert counted.left_out == ("b",) and counted.seen_rows == (8, 4, 6)
    assert counted.sentence == (
        "1 of 3 series has too few records to give each part one window and is left out of training: 'b' (4)."
    )


@settings(max_examples=150, deadline=None)
@given(
    lengths=st.lists(st.integers(1, 60), min_size=1, max_size=6), window=st.integers(1, 12), horizon=st.integers(1, 4),
    validation=st.sampled_from((0.2, 0.5, 1, 7)), test=st.sampled_from((0, 0.1, 3)), gap=st.integers(0, 3),
    leak=st.booleans(),
)  # fmt: skip
def test_each_series_is_split_as_if_it_were_alone(lengths, window, horizon, validation, test, gap, leak):
    config = Config(
        window=window,
        horizon=horizon,
        validation=validation,
        test=test,
        gap=gap,
        scaler_rows="all" if leak else "train",
    )
    ids = [f"s{k}" for k in range(len(lengths))]
    alone = []
    for length in lengths:
        try:
            alone.append(split_windows(config, length))
        except ValueError as error:
            alone.append(None)
            last = str(error)
    if not any(alone):
        with pytest.raises(
            ValueError, match=rf"^None of the {len(ids)} series is long enough\. 's\d+' is the longest: "
        ):
            split_panel(config, lengths, ids)
        assert last
        return
    split = split_panel(config, lengths, ids)
    for part in ("train", "validation", "test"):
        expected, first = [], 0
        for own, length in zip(alone, lengths, strict=True):
            if own is not None:
                starts = getattr(own, f"{part}_starts")
                assert all(start + window + horizon <= length for start in starts)  # never across a seam
                expected += (starts + first).tolist()
            first += length
        assert getattr(split, f"{part}_starts").tolist() == expected
        assert getattr(split, part) == len(expected)
    assert split.left_out == tuple(id_ for id_, own in zip(ids, alone, strict=True) if own is None)
    assert split.scaler_rows == tuple(
        length if own is None else own.scaler_rows for own, length in zip(alone, lengths, strict=True)
    )
    for number, first, own in each(split):
        assert own is split.of(ids[number]) == alone[number] and first == sum(lengths[:number])
    assert split.again(config.replace(window=1)) == split_panel(config.replace(window=1), lengths, ids)


def test_sentences_name_the_series():
    config = Config(window=20)
    lengths = (100, *range(1, 10))
    split = split_panel(config, lengths, [f"s{length}" for length in lengths])
    assert split.sentence == (
        "9 of 10 series have too few records to give each part one window and are left out of training: "
        "'s1' (1), 's2' (2), 's3' (3), 's4' (4), 's5' (5) and 4 more."
    )
    with pytest.raises(ValueError, match="Series 's7' has 7 records, too few to be trained on"):
        split.of("s7")
    with pytest.raises(ValueError, match="id='s100x' is not one of the 10 series"):
        split.of("s100x")
    with pytest.raises(
        ValueError, match=r"'b' is the longest: The series has 21 records; window=20 .* need at least 22"
    ):
        split_panel(config, (5, 21), ("a", "b"))


FRAMINGS = [
    {"scaling": "standard"},
    {"scaling": "minmax", "difference": "first", "log": True},
    {"scaling": "window", "season": 4, "residual": "seasonal", "difference": "seasonal"},
    {"scaling": "window", "residual": "last", "patch": 2},
    {"scaling": "none", "log": True},
]


@pytest.mark.parametrize("options", FRAMINGS, ids=str)
def test_each_series_is_framed_as_if_it_were_alone(options):
    """Every window of every series, number by number in plain Python, with the scaler of its own training rows."""
    config = Config(**{"window": 6, "horizon": 2, "validation": 0.2, "test": 3, **options})
    series = three(columns=3)
    for part in series.parts:
        series.values[part][20:36] = series.values[
            part.start
        ]  # flat windows are measured by what is usual in their series
    series = Series.joined(
        [
            Series(one.times, np.column_stack([one.values, np.full(len(one), k + 0.5)]), (*one.names, "s"), one.targets,
                   static=("s",), known=("c2",))
            for k, one in enumerate(series.part(id_) for id_ in series.ids)
        ],
        series.ids,
    )  # fmt: skip
    split = split_series(config, series)
    framing = Framing.fit(config, series, split.scaler_rows)
    # Static columns say which series it is: they are scaled across all of them.
    told = [k + 0.5 for k, rows in enumerate(split.scaler_rows) for _ in range(rows - config.lag)]
    centre, scale = {
        "minmax": (min(told), max(told) - min(told)), "none": (0.0, 1.0)
    }.get(config.scaling, (fmean(told), pstdev(told)))  # fmt: skip
    first = 0
    for id_ in series.ids:
        part, own = series.part(id_), split.of(id_)
        columns = {name: column.tolist() for name, column in zip(part.names, part.values.T, strict=True)}
        plain = ByHand(config, columns, part.targets, part.static, own.scaler_rows, part.known)
        plain.prepared["s"] = [(value - centre) / scale for value in columns["s"][config.lag :]]
        for starts in (own.train_starts, own.validation_starts, own.test_starts):
            x, anchor, y = read(framing, series.values, starts + first)
            assert x.swapaxes(0, 1) == pytest.approx(np.array([plain.inputs(s) for s in starts]), rel=1e-8, abs=1e-8)
            assert y == pytest.approx(np.array([plain.outputs(s) for s in starts]), rel=1e-8, abs=1e-8)
            y_hat = 0.3 * np.random.default_rng(0).standard_normal(y.shape)
            restored = framing.restore(y_hat, series.values, starts + first, anchor)
            expected = np.array([plain.restore(*pair) for pair in zip(y_hat, starts, strict=True)])
            assert restored == pytest.approx(expected, rel=1e-8)
        alone = framing.of(id_)
        x, anchor, y = read(alone, part.values, own.train_starts)
        together = read(framing, series.values, own.train_starts + first)
        assert np.array_equal(x, together[0]) and np.array_equal(y, together[2])
        first += len(part)


def test_the_scaler_of_each_series_by_hand():
    series, config = three(), Config(window=6, validation=10)
    scaler = Trainer(config, series).framing.scaler
    for number, id_ in enumerate(series.ids):
        seen = series.part(id_).values[:-10]
        assert scaler.centre[number] == pytest.approx(seen.mean(axis=0), rel=1e-12)
        assert scaler.scale[number] == pytest.approx(seen.std(axis=0), rel=1e-12)
    leaky = Trainer(config.replace(scaler_rows="all"), series).framing.scaler
    assert leaky.centre[:, 0] == pytest.approx([series.part(id_).values.mean() for id_ in series.ids], rel=1e-12)


@pytest.mark.parametrize("options", FRAMINGS, ids=str)
def test_no_window_reads_across_a_seam(options):
    """A spike in the last record of one series, far beyond anything, is met by its own last windows and by no other."""
    config = Config(**{"window": 6, "horizon": 2, "validation": 0.2, **options})
    series = three()
    values = series.values.copy()
    seam = series.lengths[0] - 1
    values[seam] = 1e12
    spiked = Series(series.times, values, series.names, series.targets, lengths=series.lengths, ids=series.ids)
    split = split_series(config, series)
    starts = np.concatenate([split.train_starts, split.validation_starts])
    found = []
    for one in (series, spiked):
        x, _, y = read(Framing.fit(config, one, split.scaler_rows), one.values, starts)
        found.append(np.concatenate([x.swapaxes(0, 1).reshape(len(starts), -1), y], axis=1))
    differ = starts[(found[0] != found[1]).any(axis=1)]
    assert differ.tolist() == [seam - config.reach - 1]  # the last window, whose second step ahead it is


def test_errors_are_in_each_ones_usual_step():
    series = Series.joined(
        [Series.from_values([1.0, 2, 4, 8, 100]), Series.from_values([5.0] * 4), Series.from_values([0.0] * 3)], IDS
    )
    # Of the first: changes 1, 2 and 4 in the four rows seen. What never changes is measured by its size, or as it is.
    assert usual_steps(series, (4, 4, 3))[:, 0] == pytest.approx([np.sqrt(21 / 3), 5.0, 1.0])
    assert usual_steps(Series.joined([series.part("a")], ["a"]), (4,)).tolist() == [[1.0]]


def test_a_layout_says_whose_a_record_is():
    layout = Layout.of(three())
    assert layout.at(np.array([0, 79, 80, 139, 140, 209])).tolist() == [0, 0, 1, 1, 2, 2]
    assert Layout(np.array([0, 5, 10]), np.array([2, 2, 0])).at(np.array([[4, 5], [9, 12]])).tolist() == [
        [2, 2],
        [2, 0],
    ]


def test_one_part_of_a_preview():
    series, config = three(), Config(window=6, horizon=2, epochs=1, validation=0.2, test=3)
    trainer = Trainer(config, series)
    list(trainer.run())
    preview = trainer.preview_best()
    whole = {"train": [], "validation": [], "test": []}
    for id_ in series.ids:
        own = trainer.split.preview_of(preview, id_)
        part, split, model = series.part(id_), trainer.split.of(id_), trainer.model.of(id_)
        assert own.epoch == preview.epoch
        for name in whole:
            whole[name].append(getattr(own, name))
            first = getattr(split, f"{name}_starts")[:, None] + np.arange(config.window)
            assert getattr(own, name) == pytest.approx(model.predict(part.values[first]), rel=1e-5)
    for name, parts in whole.items():
        assert np.array_equal(np.concatenate(parts), getattr(preview, name))
    without = trainer.split.preview_of(Preview(1, preview.train, preview.validation), "south")
    assert without.test is None and len(without.train) == trainer.split.of("south").train


def test_preflight_counts_all_of_them():
    series, config = three(), Config(window=6, validation=10)
    found = preflight(config, len(series), 1, 1, lengths=series.lengths, ids=series.ids)
    assert found.split == Trainer(config, series).split
    assert found.split.train == sum(length - 6 - 10 for length in series.lengths)
    with pytest.raises(ValueError, match=r"None of the 2 series is long enough\. 'b' is the longest"):
        preflight(config, 12, 1, 1, lengths=(5, 7), ids=("a", "b"))
    with pytest.raises(ValueError, match=r"takes a single series, got 3\.$"):
        preflight(PRESETS["article"], len(series), 1, 1, lengths=series.lengths, ids=series.ids)
    with pytest.raises(ValueError, match=r"takes a single series, got 2\.$"):
        Trainer(PRESETS["article"], Series.joined([wave(200), wave(200, seed=1)], ("a", "b")))
    with pytest.raises(ValueError, match=r"take hidden=\d+ or less|take window=\d+ or less"):
        preflight(config, len(series), 1, 1, lengths=series.lengths, ids=series.ids, memory_limit=60_000)


def test_taken_apart_they_are_what_was_joined():
    parts = [wave(20, columns=2), wave(30, 5.0, 1, columns=2)]
    many = Series.joined(parts, ("a", "b"))
    for one, id_, whole in zip(many.apart(), many.ids, parts, strict=True):
        assert (one.name, one.names, one.targets, one.lengths) == (id_, whole.names, whole.targets, ())
        for found in (one, many.part(id_)):
            assert np.array_equal(found.values, whole.values) and np.array_equal(found.times, whole.times)
    with pytest.raises(ValueError, match="id='c' is not one of the 2 series"):
        many.part("c")
