"""Exported scripts and notebooks are run, and have to give the losses of the run that they came from, digit by digit."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

import rnn
from rnn.core.cells import CELLS
from rnn.core.config import Config
from rnn.core.optimisers import OPTIMISERS
from rnn.core.series import Series
from rnn.core.train import Trainer
from rnn.export.script import Source, csv_text, notebook_of, script_of, source_of
from tests.export.runs_of_every_kind import KINDS, panel, wave

SAMPLES = Path(rnn.__file__).parent / "data" / "samples"
EXACT = "The run had exactly these."


def run_script(folder: Path, text: str, source: Source, content: str | bytes, *arguments: str) -> str:
    """What the script prints, run by itself: isolated from this project, in a folder with nothing but its data."""
    (folder / source.file).write_bytes(content.encode(source.encoding) if isinstance(content, str) else content)
    (folder / "script.py").write_text(text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "script.py", *arguments],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not done.stderr, done.stderr
    return done.stdout


def losses(printed: str) -> tuple[float, float]:
    line = next(one for one in printed.splitlines() if one.startswith("final loss"))
    words = line.replace(",", "").split()
    return float(words[3]), float(words[5])


def agree(folder: Path, config: Config, series: Series) -> str:
    fit = rnn.fit(config, series)
    source = source_of(series)
    printed = run_script(folder, script_of(fit, source, name="a run"), source, csv_text(series))
    assert losses(printed) == (fit.history[-1].train_loss, fit.history[-1].val_loss)
    assert EXACT in printed
    assert f"best epoch {fit.finished.best_epoch}" in printed
    return printed


@pytest.mark.parametrize("optimiser", OPTIMISERS)
@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_with_every_optimiser(tmp_path, cell, optimiser):
    printed = agree(tmp_path, Config(cell=cell, optimiser=optimiser, hidden=5, window=12, epochs=3), wave())
    text = (tmp_path / "script.py").read_text()
    others = {"elman": "Elman", "gru": "GRU", "lstm": "LSTM"}.keys() - {cell}
    assert not any(f"\nclass {name.upper()}(" in text or f"\nclass {name.capitalize()}:" in text for name in others)
    assert "forecast 1 ahead" in printed


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_run(tmp_path, kind):
    agree(tmp_path, *KINDS[kind])


def test_it_needs_numpy_alone_and_defines_every_name_that_it_uses(tmp_path):
    fit = rnn.fit(Config(hidden=3, window=6, epochs=1), wave())
    tree = ast.parse(script_of(fit, source_of(fit.series)))
    roots = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    roots |= {str(node.module).split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert roots <= set(sys.stdlib_module_names) | {"numpy"}
    path = tmp_path / "script.py"
    path.write_text(script_of(fit, source_of(fit.series)), "utf-8")
    check = [sys.executable, "-m", "ruff", "check", "--isolated", "--select", "F821,F811,F401", str(path)]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_changes_in_mid_run_and_an_early_stop_by_hand_are_done_again(tmp_path):
    series, trainer, made = wave(), None, []
    trainer = Trainer(Config(hidden=4, window=10, batch=16, epochs=9), series)

    def stop() -> bool:
        state = trainer.state
        at = (state.epoch, state.batch)
        if at == (1, 2) and not made:
            made.append((*at, "lr", trainer.config.lr, 0.01))
            trainer.change(lr=0.01)
        if at == (2, 0) and len(made) == 1:
            made.append((*at, "epochs", trainer.config.epochs, 6))
            trainer.change(epochs=6)
        return at == (4, 3)

    finished = list(trainer.run(stop))[-1]
    fit = rnn.core.fit.fit_of(trainer, finished)
    source = source_of(series)
    printed = run_script(tmp_path, script_of(fit, source, changes=made), source, csv_text(series))
    assert losses(printed) == (fit.history[-1].train_loss, fit.history[-1].val_loss)
    assert "stopped; best epoch" in printed and EXACT in printed
    without = run_script(tmp_path, script_of(fit, source), source, csv_text(series))
    assert losses(without) != losses(printed)


def test_the_users_own_file_is_read_where_that_is_plain(tmp_path):
    content = (SAMPLES / "seattle_weather.csv").read_bytes()
    table = rnn.read_csv(content, name="seattle_weather")
    series = table.series(target="temp_max", inputs=["wind"])
    source = source_of(series, table, content)
    assert source.own and source.file == "seattle_weather.csv"
    fit = rnn.fit(Config(hidden=3, window=6, epochs=1), series)
    assert EXACT in run_script(tmp_path, script_of(fit, source), source, content)


def test_a_decimal_comma_and_lines_above_the_header_are_plain_enough(tmp_path):
    rows = "\n".join(f"{1900 + k};{10 + (k * 7 % 11)},5" for k in range(60))
    content = f"Ein Bericht\n\njahr;wert\n{rows}\n".encode("utf-16")
    table = rnn.read_csv(content, name="bericht")
    series = table.series(target="wert")
    source = source_of(series, table, content)
    assert source.own and source.decimal == ","
    fit = rnn.fit(Config(hidden=3, window=6, epochs=1), series)
    assert EXACT in run_script(tmp_path, script_of(fit, source), source, content)


def test_what_had_to_be_repaired_comes_with_the_script():
    content = b"day,sales\n" + b"\n".join(
        b"2024-01-%02d,%s" % (k, b"" if k == 9 else b"%d" % (k % 5)) for k in range(1, 31)
    )
    table = rnn.read_csv(content, name="shop")
    series = table.series(target="sales")
    source = source_of(series, table, content)
    assert not source.own
    assert csv_text(series).startswith("time,sales\n2024-01-01")
    assert csv_text(panel()).startswith("id,time,value\nx,0,10.0")


def test_other_numbers_and_bad_files_get_a_sentence(tmp_path):
    fit = rnn.fit(Config(hidden=3, window=6, epochs=1), wave())
    source = source_of(fit.series)
    text = script_of(fit, source)
    printed = run_script(tmp_path, text, source, csv_text(wave(100)))
    assert "other numbers" in printed and "The run had" not in printed

    def complaint(content: str, *arguments: str) -> str:
        (tmp_path / source.file).write_text(content)
        done = subprocess.run(
            [sys.executable, "-I", "script.py", *arguments], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 1 and "Traceback" not in done.stderr
        return done.stderr

    assert "has no column value; its columns are time, amount" in complaint("time,amount\n1,2\n")
    assert "Row 3 of wave.csv has no number" in complaint("time,value\n1,2\n2,many\n")
    assert "nowhere.csv could not be read" in complaint("", "nowhere.csv")


def test_a_run_without_an_epoch_is_refused():
    fit = rnn.fit(Config(hidden=3, window=6), wave(), stop=lambda: True)
    with pytest.raises(ValueError, match="not finished an epoch"):
        script_of(fit, source_of(fit.series))


# As Jupyter does: every cell in __main__, a future import kept for the cells that follow.
RUN_CELLS = """
import __future__, json
for cell in json.load(open("run.ipynb", encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        exec(compile("".join(cell["source"]), "cell", "exec", __future__.annotations.compiler_flag), globals())
"""


def test_the_notebook_is_valid_and_its_cells_run_in_order(tmp_path):
    series = wave()
    fit = rnn.fit(Config(cell="gru", hidden=4, window=8, epochs=2), series)
    source = source_of(series)
    text = notebook_of(fit, source, name="Ein „Lauf“")
    nbformat.validate(nbformat.reads(text, as_version=4))
    (tmp_path / "run.ipynb").write_text(text, "utf-8")
    printed = run_script(tmp_path, RUN_CELLS, source, csv_text(series))
    assert losses(printed) == (fit.history[-1].train_loss, fit.history[-1].val_loss)
    assert EXACT in printed
