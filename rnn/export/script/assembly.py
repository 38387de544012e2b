"""A run as one file of Python that needs NumPy alone, and as a notebook of the same.

The file holds the code of `rnn.core` that trained the run, word for word, less what its settings never reach: so it is long
enough to be complete, short enough to be read, and gives the same numbers to the last digit.
"""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pprint import pformat
from typing import Any

from rnn.core.config import Config
from rnn.core.losses import level_count
from rnn.core.network import beside
from rnn.core.series import Series
from rnn.export.script import program
from rnn.export.script.definitions import Module, Symbol, read_module, read_modules, resolve
from rnn.export.script.flat import final_names, renamed
from rnn.export.script.folding import Facts
from rnn.export.script.selection import Selection

WIDTH = 120
# One BLAS thread, as in training: sums in another order would round otherwise.
ONE_THREAD = 'for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):\n    os.environ[name] = "1"\n'

# Fields that are not the same throughout a run: what changes in mid-run, and what the members of an ensemble have of their own.
NOT_SETTLED = {"seed", "lr", "epochs"}
# Checks of what the export has checked already.
CHANGES: dict[Symbol, tuple[tuple[str, str], ...]] = {
    Symbol("rnn.core.series", "Series"): (("        _check(self)\n", ""),),
    Symbol("rnn.core.config", "Config"): (("        _refuse_unknown(changes)\n", ""),),
}
NOT_WANTED = {Symbol("rnn.core.config", "Config"): ("__post_init__",)}


@dataclass(frozen=True)
class Cell:
    """A piece of the file: a heading, what is said of it, and the code."""

    title: str
    words: str
    code: str


def cells_of(config: Config, series: Series, data: dict[str, Any], run: dict[str, Any]) -> list[Cell]:
    """The whole program, piece by piece in the order in which it runs; together they are the file."""
    modules = read_modules()
    own = _program(modules)
    roots, attributes = _needed_by(own, modules)
    parts = Selection(modules, _facts(config, series), _tables(config), _changes(series), NOT_WANTED).need(
        roots, attributes
    )
    names, repeated = final_names(parts)
    kept = [part for part in parts if part not in repeated]
    texts = {part: renamed(part, modules, names) for part in kept}
    code = "\n".join(texts.values())
    imports = _imports(
        [*(modules[name] for name in dict.fromkeys(part.module for part in kept)), own], code + _own_code(own)
    )
    found = [Cell("Imports", "Nothing but NumPy and the standard library.", imports)]
    found.append(Cell("The run", _words_of_run(run), _constants(config, data, run)))
    found.append(Cell("What is done", "Read, train, compare.", _own_code(own)))
    for name in dict.fromkeys(part.module for part in kept):
        own_texts = [_spaced(texts[part]) for part in kept if part.module == name]
        found.append(Cell(_title(name), modules[name].docstring, "".join(own_texts).strip("\n") + "\n"))
    return found


def _facts(config: Config, series: Series) -> Facts:
    settings = {name: value for name, value in vars(config).items() if name not in NOT_SETTLED}
    if config.seeds > 1:
        del settings["seeds"]
    settings |= {"lag": config.lag, "steps": config.steps, "reach": config.reach}
    others: dict[str, Any] = {
        "static": series.static,
        "known": series.known,
        "levels": level_count(config),
        "anchored": config.scaling == "window" or config.residual != "none",
        "n_static": beside(config, len(series.static), len(series.known)),
        "bias": config.bias,
    }
    if config.input_weights == "shared":
        others["per_step"] = False
    if series.lengths:
        return Facts(settings, others)
    return Facts(settings, {**others, "lengths": (), "ids": (), "layout": None}, absent={"PanelSplit"})


def _changes(series: Series) -> dict[Symbol, tuple[tuple[str, str], ...]]:
    if series.lengths:
        return CHANGES
    return {**CHANGES, Symbol("rnn.core.panel", "split_series"): (("-> AnySplit:", "-> Split:"),)}


def _tables(config: Config) -> dict[Symbol, set[str]]:
    scaling = "standard" if config.scaling == "window" else config.scaling
    return {
        Symbol("rnn.core.cells", "CELLS"): {config.cell},
        Symbol("rnn.core.activations", "ACTIVATIONS"): {config.activation},
        Symbol("rnn.core.optimisers", "OPTIMISERS"): {config.optimiser},
        Symbol("rnn.core.clipping", "CLIPPINGS"): {config.clip},
        Symbol("rnn.core.schedules", "SCHEDULES"): {config.schedule},
        Symbol("rnn.core.initialisation", "INITIALISATIONS"): {config.init},
        Symbol("rnn.core.losses", "LOSSES"): {config.loss},
        Symbol("rnn.core.scaling", "SCALINGS"): {scaling},
    }


def _program(modules: dict[str, Module]) -> Module:
    module = read_module("program", inspect.getsource(program), set(modules))
    module.definitions = [one for one in module.definitions if one.names[0] not in ("SETTINGS", "DATA", "RUN")]
    return module


def _own_code(own: Module) -> str:
    code = "".join(_spaced(one.text) for one in own.definitions).strip("\n")
    return code + "\n"


def _needed_by(own: Module, modules: dict[str, Module]) -> tuple[list[Symbol], list[str]]:
    roots, attributes = [], []
    for definition in own.definitions:
        for node in ast.walk(ast.parse(definition.text)):
            if isinstance(node, ast.Attribute):
                attributes.append(node.attr)
            elif isinstance(node, ast.Name) and node.id in own.imported:
                symbol = own.imported[node.id]
                found = resolve(modules, symbol.module, symbol.name)
                assert found is not None
                roots.append(found)
    return roots, attributes


def _imports(modules: Iterable[Module], code: str) -> str:
    used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
    lines = {line for module in modules for local, line in module.outside.items() if local in used}
    plain = sorted(line for line in lines | {"import os"} if line.startswith("import ") and "numpy" not in line)
    froms: dict[str, set[str]] = {}
    for line in lines:
        if match := re.fullmatch(r"from (\S+) import (.+)", line):
            froms.setdefault(match[1], set()).add(match[2])
    grouped = {module: f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(froms.items())}
    numpy = ["import numpy as np", *(line for module, line in grouped.items() if module.startswith("numpy"))]
    standard = [line for module, line in grouped.items() if not module.startswith("numpy")]
    return "\n".join(["from __future__ import annotations", "", *plain, *standard, "", ONE_THREAD, *numpy]) + "\n"


def _constants(config: Config, data: dict[str, Any], run: dict[str, Any]) -> str:
    shown = {"SETTINGS": vars(config), "DATA": data, "RUN": run}
    return (
        "\n".join(
            f"{name} = {pformat(value, width=WIDTH, sort_dicts=False, compact=True)}" for name, value in shown.items()
        )
        + "\n"
    )


def _words_of_run(run: dict[str, Any]) -> str:
    return (
        "What was set, which numbers it learned from, and what came out: after the last epoch a loss of "
        f"{run['train_loss']!r} in training and {run['val_loss']!r} in validation."
    )


def _title(module: str) -> str:
    return module.rsplit(".", 1)[1].replace("_", " ").capitalize()


def _spaced(text: str) -> str:
    """A definition with the empty lines that belong before it."""
    large = re.search(r"^(def|class|@)", text, re.MULTILINE)
    return ("\n\n" if large else "") + text


def as_file(cells: Sequence[Cell], heading: str) -> str:
    """The cells one after the other as a Python file."""
    imports, *others = cells
    first = f'"""{heading}\n"""\n\n{imports.code}\n'
    start = inspect.getsource(program).rpartition("\n\n\n")[2]
    return first + "\n".join(_with_heading(cell) for cell in others) + f"\n{start}"


def _with_heading(cell: Cell) -> str:
    rule = f"# ---- {cell.title} "
    lines = [rule + "-" * max(0, WIDTH - len(rule))]
    for paragraph in cell.words.split("\n\n"):
        lines += [f"# {line}".rstrip() for line in textwrap.wrap(" ".join(paragraph.split()), WIDTH - 2)]
    return "\n".join(lines) + f"\n\n{cell.code}\n"
