"""The command line as scripts and cron see it: output, errors and exit codes.

Whatever depends on the process is tested on real ones; the many cases that do not are run in this one, which is quicker.
"""

from __future__ import annotations

import csv
import io
import json
import math
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import rnn
import rnn.__main__
from rnn.core import article
from rnn.data.repair import Repair, repairs_json

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "rnn"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
ENVIRONMENT.pop("PYTHONUNBUFFERED", None)  # it would flush for us


def run(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=60
    )


def parsed(output: str) -> list[dict]:
    """JSON lines, without the NaN and Infinity that Python would take."""
    return [json.loads(line, parse_constant=pytest.fail) for line in output.splitlines()]


@pytest.fixture
def lines(folder, monkeypatch, capsys):
    """lines(*arguments): what a command that works prints, line by line."""

    def call(*arguments: object) -> list[dict]:
        monkeypatch.chdir(folder)
        assert rnn.__main__.main([str(part) for part in arguments]) == 0
        output, errors = capsys.readouterr()
        assert errors == ""
        return parsed(output)

    return call


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    place = tmp_path_factory.mktemp("files")
    rows = [
        f"{np.datetime64('2023-01-01') + k},{k},{50 + 10 * math.sin(k / 4):.3f},{'north' if k % 2 else 'south'},{7 + k % 3},"
        f"note {k}"
        for k in range(150)
    ]
    (place / "sales.csv").write_text("\n".join(["date,row,sales,shop,size,note", *rows]) + "\n")
    both = [f"{shop},{row}" for shop in ("north", "south", "west") for row in rows[:60]]
    (place / "shops.csv").write_text("\n".join(["shop,date,row,sales,town,size,note", *both]) + "\n")
    (place / "binary.csv").write_bytes(np.random.default_rng(0).bytes(5000))
    (place / "empty.csv").write_bytes(b"")
    (place / "short.csv").write_text("y\n" + "\n".join(map(str, range(10))))
    (place / "Umsätze 売上.csv").write_text("Größe\n" + "\n".join(str(k % 5) for k in range(80)), encoding="utf-8")
    return place


PLAIN = ("--preset", "default")
TRAIN = ("train", "sales.csv", "--target", "sales", *PLAIN, "--set", "epochs=3")


def test_train_prints_a_line_an_epoch_and_one_for_the_end(folder):
    done = run(*TRAIN, folder=folder)
    assert (done.returncode, done.stderr) == (0, "")
    *epochs, finished = parsed(done.stdout)
    assert [epoch["epoch"] for epoch in epochs] == [1, 2, 3]
    expected = {
        "epoch", "train_loss", "val_loss", "train_rmse", "val_rmse", "lr", "grad_norm", "clipped", "seconds",
    }  # fmt: skip
    assert all(set(epoch) == expected for epoch in epochs)
    assert finished["finished"] == "done" and finished["best_epoch"] in (1, 2, 3)

    series = rnn.read_csv(folder / "sales.csv").series(target="sales")
    history = rnn.fit(rnn.Config(epochs=3), series).history
    assert [epoch["val_loss"] for epoch in epochs] == [epoch.val_loss for epoch in history]


def test_without_a_preset_the_series_decides(folder, lines, capsys):
    """--set settles fields and the rest adapts; a forecast reaches as far as is asked for in one go."""
    series = rnn.read_csv(folder / "sales.csv").series(target="sales")
    plain = ("sales.csv", "--target", "sales", "--set", "epochs=2", "--set", "window=30")
    *epochs, _ = lines("train", *plain)
    config = rnn.recommended(series, epochs=2, window=30)
    assert [one["val_loss"] for one in epochs] == [one.val_loss for one in rnn.fit(config, series).history]
    assert rnn.__main__.main(["forecast", *plain, "--steps", "7"]) == 0
    _, *rows = csv.reader(io.StringIO(capsys.readouterr().out))
    config = rnn.recommended(series, 7, epochs=2, window=30)
    assert config.horizon == 7
    expected = rnn.forecast(rnn.fit(config, series), 7)
    assert [float(row[1]) for row in rows] == expected["mean"].tolist()


def test_every_setting_reaches_the_run(folder, lines):
    asked = ("clip=none", "patience=none", "truncate=none", "validation=50", "bias=false", "lr=1e-2", "window=10")
    *epochs, _ = lines(*TRAIN, *(part for one in asked for part in ("--set", one)))
    config = rnn.Config(
        epochs=3, clip="none", patience=None, truncate=None, validation=50, bias=False, lr=0.01, window=10
    )
    history = rnn.fit(config, rnn.read_csv(folder / "sales.csv").series(target="sales")).history
    assert [epoch["train_loss"] for epoch in epochs] == [epoch.train_loss for epoch in history]


MORE = {
    "gated": {"cell": "lstm", "layers": 2, "dropout": 0.2, "forget_bias": 0.5},
    "quantiles": {"loss": "quantile", "quantiles": (0.1, 0.5, 0.9), "log": True},
    "nesterov": {"optimiser": "momentum", "momentum": 0.8, "nesterov": True, "schedule": "cosine", "warmup": 0.1},
    "season": {"residual": "seasonal", "difference": "first", "season": 12, "scaling": "window", "patch": 4},
    "ensemble": {"seeds": 2, "skip": "linear", "loss": "huber", "huber_delta": 0.5, "weight_decay": 0.01},
}


@pytest.mark.parametrize("case", MORE)
def test_every_kind_of_setting_can_be_written(folder, lines, case):
    changes = MORE[case]
    texts = {
        field: ",".join(map(str, value)) if isinstance(value, tuple) else str(value).lower()
        for field, value in changes.items()
    }
    asked = [part for field, text in texts.items() for part in ("--set", f"{field}={text}")]
    *epochs, _ = lines(*TRAIN[:-1], "epochs=1", "--set", "hidden=4", *asked)
    config = rnn.Config(epochs=1, hidden=4, **changes)
    history = rnn.fit(config, rnn.read_csv(folder / "sales.csv").series(target="sales")).history
    assert [epoch["val_loss"] for epoch in epochs] == [epoch.val_loss for epoch in history]


@pytest.mark.parametrize("asked", [["--static", "size,row"], ["--static", "size", "--static", '"row"']])
def test_static_columns_are_read_once_a_window(folder, lines, asked):
    one, _ = lines(*TRAIN[:-1], "epochs=1", *asked)
    series = rnn.read_csv(folder / "sales.csv").series("sales", static=["size", "row"])
    assert (series.names, series.static) == (("sales", "size", "row"), ("size", "row"))
    assert one["val_loss"] == rnn.fit(rnn.Config(epochs=1), series).history[0].val_loss


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Sales that follow the price of the same day; prices of ten days more than there are sales."""
    price = np.random.default_rng(0).uniform(1, 3, 130)
    rows = [
        f"{np.datetime64('2024-01-01') + k},{f'{20 - 4 * price[k]:.3f}' if k < 120 else ''},{price[k]:.3f}"
        for k in range(130)
    ]
    (tmp_path / "shop.csv").write_text("\n".join(["day,sales,price", *rows]) + "\n")
    monkeypatch.chdir(tmp_path)
    return price


def called(capsys, *arguments):
    code = rnn.__main__.main([str(part) for part in arguments])
    return code, *capsys.readouterr()


def test_known_columns_move_the_forecast(shop, capsys):
    asked = (
        "forecast",
        "shop.csv",
        "--target",
        "sales",
        "--known",
        "price",
        "--steps",
        10,
        *PLAIN,
        "--set",
        "epochs=30",
    )
    code, output, errors = called(capsys, *asked, "--set", "skip=linear", "--set", "validation=20")
    assert (code, errors) == (0, "")
    rows = list(csv.DictReader(io.StringIO(output)))
    assert [row["time"][:10] for row in rows[:: len(rows) - 1]] == ["2024-04-30", "2024-05-09"]
    sold = [float(row["mean"]) for row in rows]
    assert sold == pytest.approx(20 - 4 * shop[120:], abs=0.3)


def test_a_known_column_trains_as_in_python(shop, lines, capsys, tmp_path):
    series = rnn.read_csv("shop.csv").series("sales", known="price")
    expected = rnn.fit(rnn.Config(epochs=1), series).history[0].val_loss
    code, output, _ = called(
        capsys, "train", "shop.csv", "--target", "sales", "--known", "price", *PLAIN, "--set", "epochs=1"
    )
    assert (code, parsed(output)[0]["val_loss"]) == (0, expected)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--known", "price", "--steps", 11), "needs price for the 11 steps after the last record, and 10 are there"),
        (
            ("--inputs", "price", "--steps", 2),
            "steps=2 goes beyond the horizon (1), where the future of price would be",
        ),
        (("--known", "sales", "--steps", 1), "Column 'sales' cannot be known ahead and a target"),
    ],
)
def test_what_a_forecast_lacks_is_said_before_training(shop, capsys, monkeypatch, asked, words):
    monkeypatch.setattr(rnn, "fit", lambda *given: pytest.fail("trained"))
    code, output, errors = called(capsys, "forecast", "shop.csv", "--target", "sales", *PLAIN, *asked)
    assert (code, output) == (2, "") and words in errors and errors.count("\n") == 1


def test_preset_and_time_column(folder, lines):
    one, finished = lines(*TRAIN, "--time", "row", "--preset", "article-corrected", "--set", "epochs=1")
    config = rnn.PRESETS["article-corrected"].replace(epochs=1)
    history = rnn.fit(config, rnn.read_csv(folder / "sales.csv", time="row").series(target="sales")).history
    assert one["val_rmse"] == history[0].val_rmse
    assert finished["finished"] == "done"


def test_a_file_and_a_column_with_a_name_in_another_script(lines):
    *_, finished = lines("train", "Umsätze 売上.csv", "--target", "Größe", "--set", "epochs=1")
    assert finished["finished"] == "done"


def test_a_diverging_run_names_what_went_first(lines):
    changes = ("lr=100", "optimiser=sgd", "activation=relu", "clip=none", "scaling=none")
    *_, finished = lines(*TRAIN, *(part for one in changes for part in ("--set", one)))
    assert finished["finished"] == "diverged"
    assert finished["parameter"] in ("layer0.W_x", "layer0.W_h", "layer0.b", "readout.W", "readout.b")
    assert finished["step"] >= 1
    assert finished["parameter"] in finished["message"]


@pytest.mark.parametrize(
    ("asked", "ids"),
    [(["--ids", "all"], "all"), (["--id", "west"], ["west"]), (["--id", "shop=north", "--id", "west"], ["north", "west"]),
     (["--id", "size=8"], ["8"])],
)  # fmt: skip
def test_one_series_of_many_or_several_are_trained_on(folder, lines, asked, ids):
    table = rnn.read_csv(folder / "shops.csv", **({"id": "size"} if "size=8" in asked else {}))
    expected = rnn.fit(rnn.Config(epochs=1, window=6), table.series("sales", ids=ids)).history
    *epochs, _ = lines(
        "train", "shops.csv", "--target", "sales", *PLAIN, "--set", "epochs=1", "--set", "window=6", *asked
    )
    assert [epoch["val_loss"] for epoch in epochs] == [epoch.val_loss for epoch in expected]


def test_the_last_line_has_the_test_error_and_its_unit(folder, lines):
    asked = ("--set", "epochs=2", "--set", "window=6", "--set", "test=0.1")
    table, config = rnn.read_csv(folder / "shops.csv"), rnn.Config(epochs=2, window=6, test=0.1)
    for ids, unit in (("all", "usual steps"), (["west"], None)):
        *_, last = lines(
            "train", "shops.csv", "--target", "sales", *PLAIN, *asked, *(["--ids", "all"] if unit else ["--id", "west"])
        )
        assert last["test_rmse"] == rnn.fit(config, table.series("sales", ids=ids)).metrics["test_rmse"]
        assert last.get("rmse_in") == unit
    assert "test_rmse" not in lines(*TRAIN)[-1]


@pytest.fixture
def two_shops(tmp_path, monkeypatch):
    """Two shops; their prices are known for three and for five days after their last sales."""
    rows = []
    for shop, ahead in (("north", 3), ("south", 5)):
        rows += [
            f"{shop},{np.datetime64('2024-01-01') + k},{'' if k >= 60 else 5 + math.sin(k / 3)},{k % 3}"
            for k in range(60 + ahead)
        ]
    (tmp_path / "two.csv").write_text("\n".join(["shop,day,sales,price", *rows]) + "\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


MANY = ("two.csv", "--target", "sales", "--ids", "all", *PLAIN, "--set", "epochs=2", "--set", "window=6")


def test_all_series_are_forecast_each_with_its_own_future(two_shops, capsys):
    asked = {"inputs": ["calendar: weekday"], "known": ["price", "calendar: weekday"], "ids": "all"}
    code, output, errors = called(
        capsys, "forecast", *MANY, "--known", "price", "--inputs", "calendar: weekday", "--steps", 3, "--levels", 80
    )
    assert (code, errors) == (0, "")
    table = rnn.read_csv(two_shops / "two.csv")
    fit = rnn.fit(rnn.Config(epochs=2, window=6), table.series("sales", **asked))
    expected = rnn.forecast(fit, 3, (80,), future=table.futures("sales", **asked))
    header, *rows = csv.reader(io.StringIO(output))
    assert header == list(expected.columns) and [row[0] for row in rows] == ["north"] * 3 + ["south"] * 3
    np.testing.assert_array_equal([[float(cell) for cell in row[2:]] for row in rows], expected.iloc[:, 2:].to_numpy())
    code, output, errors = called(capsys, "forecast", *MANY, "--known", "price", "--steps", 4)
    assert_one_sentence(code, output, errors)
    assert "'north'" in errors and "for the 4 steps after the last record, and 3 are there" in errors
    # The calendar alone has no end.
    assert called(capsys, "forecast", *MANY, "--inputs", "calendar: weekday", "--steps", 30)[0] == 0


def test_several_targets(two_shops, capsys):
    _, output, _ = called(capsys, "forecast", *MANY, "--target", "price", "--steps", 1, "--levels", 80)
    assert output.splitlines()[0] == ("id,time,sales.mean,sales.lo80,sales.hi80,price.mean,price.lo80,price.hi80")


@pytest.mark.parametrize("wrapped", [False, True])
def test_what_the_page_repaired_is_repaired_again(folder, lines, tmp_path, wrapped):
    """The list of repairs, or the whole record of a run's data that the Runs page gives."""
    repairs = (Repair("clip", "sales", {"low": 45, "high": 55}),)
    text = repairs_json(repairs)
    (tmp_path / "done.json").write_text(json.dumps({"reading": {"repairs": json.loads(text)}}) if wrapped else text)
    one, _ = lines(*TRAIN[:-1], "epochs=1", "--repairs", tmp_path / "done.json")
    table = rnn.read_csv(folder / "sales.csv")
    expected, raw = (rnn.fit(rnn.Config(epochs=1), table.series("sales", repairs=given)) for given in (repairs, ()))
    assert one["val_loss"] == expected.history[0].val_loss != raw.history[0].val_loss


@pytest.mark.parametrize(
    ("text", "says"),
    [("{", "is not JSON"), ('{"a": 1}', "holds no list of repairs"), ("[3]", "--repairs bad.json"), (None, "No such file"),
     ('[{"kind": "paint"}]', "'paint' is not a repair"), ('{"reading": 3}', "holds no list"),
     ('[{"kind": "clip", "column": "profit", "options": {"low": 0}}]', "profit")],
)  # fmt: skip
def test_repairs_that_cannot_be_done_are_a_sentence(folder, tmp_path, monkeypatch, capsys, text, says):
    monkeypatch.chdir(tmp_path)
    if text is not None:
        Path("bad.json").write_text(text)
    train = ("train", folder / "sales.csv", "--target", "sales", "--set", "epochs=1")
    code, output, errors = called(capsys, *train, "--repairs", "bad.json")
    assert_one_sentence(code, output, errors)
    assert says in errors


def test_inspect_prints_what_was_understood(lines):
    (found,) = lines("inspect", "sales.csv")
    assert (found["time"], found["frequency"], found["delimiter"], found["encoding"]) == ("date", "D", ",", "utf-8")
    assert found["rows"] == 150
    assert "sales" in found["numeric"] and "shop" not in found["numeric"]


def test_forecast_prints_csv(folder):
    done = run(
        "forecast",
        "sales.csv",
        "--target",
        "sales",
        "--steps",
        5,
        "--levels",
        "50,90",
        *PLAIN,
        "--set",
        "epochs=2",
        folder=folder,
    )
    assert (done.returncode, done.stderr) == (0, "")
    header, *rows = csv.reader(io.StringIO(done.stdout))
    assert header == ["time", "mean", "lo50", "hi50", "lo90", "hi90"]
    assert [row[0] for row in rows] == ["2023-05-31", "2023-06-01", "2023-06-02", "2023-06-03", "2023-06-04"]
    fit = rnn.fit(rnn.Config(epochs=2), rnn.read_csv(folder / "sales.csv").series(target="sales"))
    expected = rnn.forecast(fit, 5, levels=(50, 90))
    np.testing.assert_array_equal(np.array([row[1:] for row in rows], float), expected.to_numpy()[:, 1:].astype(float))


COLUMNS = {"epoch", "loss", "val_loss", "printed_loss", "printed_val_loss"}


def test_article_beside_its_printed_table(lines):
    rows = lines("article", "--epochs", 3)
    assert [set(row) for row in rows] == [COLUMNS] * 3
    for row in rows:
        assert (row["printed_loss"], row["printed_val_loss"]) == article.PRINTED[row["epoch"]]
        assert round(row["loss"], 8) == pytest.approx(row["printed_loss"], abs=1.5e-8)


def test_the_whole_article_ends_with_the_errors_that_it_printed(lines, monkeypatch):
    """Its 25 epochs are `tests/core/test_article.py`'s; here a whole run is two."""
    monkeypatch.setattr(article, "EPOCHS", 2)
    first, last = lines("article")
    assert set(first) == COLUMNS and set(last) > COLUMNS
    assert last["printed_val_rmse"] == article.PRINTED_RMSE
    assert {"prediction_step_val_rmse", "forward_val_rmse"} < set(last)


BAD = {
    "missing file": ("train", "nothing.csv", "--target", "y"),
    "missing file to inspect": ("inspect", "nothing.csv"),
    "folder": ("train", ".", "--target", "y"),
    "binary file": ("inspect", "binary.csv"),
    "empty file": ("inspect", "empty.csv"),
    "unknown target": ("train", "sales.csv", "--target", "profit"),
    "target that is not numeric": ("train", "sales.csv", "--target", "note"),
    "target that is the time": ("train", "sales.csv", "--target", "date"),
    "unknown time": ("train", "sales.csv", "--target", "sales", "--time", "when"),
    "unknown field": (*TRAIN, "--set", "colour=red"),
    "value out of range": (*TRAIN, "--set", "hidden=0"),
    "value of another kind": (*TRAIN, "--set", "hidden=many"),
    "value that is not a number": (*TRAIN, "--set", "lr=nan"),
    "value that is not a choice": (*TRAIN, "--set", "clip=hard"),
    "quantiles that fall": (*TRAIN, "--set", "quantiles=0.9,0.1"),
    "quantiles that are no numbers": (*TRAIN, "--set", "quantiles=low,high"),
    "a flag that is no flag": (*TRAIN, "--set", "nesterov=perhaps"),
    "settings that do not go together": (*TRAIN, "--set", "dropout=0.5"),
    "a season that is not known": (*TRAIN, "--set", "residual=seasonal"),
    "a patch that does not divide the window": (*TRAIN, "--set", "patch=7"),
    "unknown static column": (*TRAIN, "--static", "region"),
    "static column that is not numeric": (*TRAIN, "--static", "note"),
    "static column that is the target": (*TRAIN, "--static", "sales"),
    "a series of a file that holds one": (*TRAIN, "--ids", "all"),
    "unknown series": ("train", "shops.csv", "--target", "sales", "--id", "east"),
    "unknown cell of an id column": ("train", "shops.csv", "--target", "sales", "--id", "shop=east"),
    "unknown id column": ("train", "shops.csv", "--target", "sales", "--id", "town=east"),
    "unknown input column": (*TRAIN, "--inputs", "row,region"),
    "known column that is static as well": (*TRAIN, "--static", "size", "--known", "size"),
    "known column that is not numeric": (*TRAIN, "--known", "note"),
    "no value": (*TRAIN, "--set", "hidden"),
    "unknown preset": (*TRAIN, "--preset", "best"),
    "short series": ("train", "short.csv", "--target", "y", *PLAIN),
    "validation that leaves nothing": (*TRAIN, "--set", "validation=1000"),
    "no steps": ("forecast", "sales.csv", "--target", "sales", "--steps", 0),
    "level above 100": ("forecast", "sales.csv", "--target", "sales", "--steps", 3, "--levels", "120"),
    "level twice": ("forecast", "sales.csv", "--target", "sales", "--steps", 3, "--levels", "80,80"),
    "level that is not a number": ("forecast", "sales.csv", "--target", "sales", "--steps", 3, "--levels", "high"),
    "steps that are not a number": ("forecast", "sales.csv", "--target", "sales", "--steps", "many"),
    "no epochs": ("article", "--epochs", 0),
    "no target": ("train", "sales.csv"),
    "unknown command": ("predict", "sales.csv"),
    "no command": (),
    "unknown option": (*TRAIN, "--fast"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_one_sentence_and_exit_code_2(folder, case, capsys, monkeypatch):
    """In this process; the next test has some of the same by real ones."""
    monkeypatch.chdir(folder)
    try:
        code = rnn.__main__.main([str(part) for part in BAD[case]])
    except SystemExit as end:
        code = end.code
    output, errors = capsys.readouterr()
    assert_one_sentence(code, output, errors)


@pytest.mark.parametrize("case", ["missing file", "unknown option"])
def test_bad_input_to_a_real_process(folder, case):
    done = run(*BAD[case], folder=folder)
    assert_one_sentence(done.returncode, done.stdout, done.stderr)


def assert_one_sentence(code: object, output: str, errors: str) -> None:
    assert (code, output) == (2, "")
    assert errors.startswith("unroll: ") and errors.endswith(".\n") and errors.count("\n") == 1
    assert "Traceback" not in errors and "Error" not in errors
    assert len(errors) < 500


def test_too_much_memory_is_said_before_training(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(rnn.__main__, "_memory", lambda: 3_000_000)
    assert rnn.__main__.main([*TRAIN, "--set", "hidden=500"]) == 2
    output, errors = capsys.readouterr()
    assert output == "" and errors.startswith("unroll: Training would hold about ")


def test_this_machines_memory_is_known():
    assert rnn.__main__._memory() > 2**28


@pytest.mark.parametrize(
    "arguments",
    [
        ("train", "sales.csv", "--target", "sales", "--set", "epochs=400", "--set", "patience=none"),
        (
            "forecast",
            "sales.csv",
            "--target",
            "sales",
            *PLAIN,
            "--set",
            "epochs=1",
            "--steps",
            "2000",
            "--levels",
            "80,90,95,99",
        ),
    ],
)
def test_a_reader_that_has_seen_enough(folder, arguments):
    """As with `| head -1`: the pipe closes after the first line, and nothing is said about it."""
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(timeout=60)
    assert (process.returncode, errors) == (0, b"")


def test_lines_arrive_while_it_trains(folder):
    """The first line comes by itself, long before a buffer of them is full: an epoch takes some tenths of a second."""
    slow = ("epochs=1000", "patience=none", "hidden=100", "window=100", "batch=1")
    with subprocess.Popen(
        [*COMMAND, "train", "sales.csv", "--target", "sales", *(part for one in slow for part in ("--set", one))],
        cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            arrived = os.read(process.stdout.fileno(), 65_536)
            assert json.loads(arrived.splitlines()[0])["epoch"] == 1
            assert arrived.count(b"\n") < 10
        finally:
            process.terminate()


def test_a_forecast_that_cannot_be_is_refused_before_training(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(rnn, "fit", lambda *_: pytest.fail("trained in vain"))
    assert rnn.__main__.main(["forecast", "sales.csv", "--target", "sales", "--steps", "0"]) == 2
    assert "steps=0" in capsys.readouterr().err


def test_help_names_every_command(folder):
    done = run("--help", folder=folder)
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("train", "inspect", "forecast", "article"))


def test_a_preset_that_was_saved_in_the_app(folder, lines, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("UNROLL_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("UNROLL_DATABASE_URL", raising=False)
    train = ("train", "sales.csv", "--target", "sales", "--preset", "weekly  SALES")
    code, output, errors = called(capsys, *(str(folder / part) if part == "sales.csv" else part for part in train))
    assert (code, output) == (2, "") and "'weekly SALES' is not known; the presets are default, article" in errors
    assert not list(tmp_path.iterdir()), "no store is made for the question"
    config = rnn.Config(hidden=3, window=6, epochs=2, seed=11)
    with rnn.Store() as store:
        store.save_preset("Weekly sales", config)
    *_, last, finished = lines(*train)
    history = rnn.fit(config, rnn.read_csv(folder / "sales.csv").series(target="sales")).history
    assert (last["epoch"], last["val_rmse"]) == (2, history[-1].val_rmse) and finished["finished"] == "done"
    *_, last, _ = lines(*train, "--set", "epochs=1")
    assert last["val_rmse"] == history[0].val_rmse
