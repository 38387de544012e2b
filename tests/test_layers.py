"""The layers, read from the imports: pages → rnn.ui → {rnn.runs, rnn.data, rnn.forecast, rnn.export} → rnn.core."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MIDDLE = ("rnn.runs", "rnn.data", "rnn.forecast", "rnn.export")
LAYERS = {"rnn.core": 0, **dict.fromkeys(MIDDLE, 1), "rnn.ui": 2, "pages": 3, "app": 4}
# The public names and the command line stand beside the layers: they gather from below the screens. Plain `import rnn`
# in a layer is allowed: it asks where the package lies.
GATHERING = {"rnn": 1, "rnn.__main__": 1}
VAGUE = {"util", "utils", "helper", "helpers", "manager", "managers", "misc", "common"}


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    """Dotted name and file of every module of the product."""
    for path in sorted([*root.glob("app.py"), *root.glob("rnn/**/*.py"), *root.glob("pages/**/*.py")]):
        parts = path.relative_to(root).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def imports(module: str, path: Path) -> Iterator[str]:
    """Dotted names that a module imports, wherever in it: `from a import b` gives a.b, relative ones made absolute."""
    package = module.split(".") if path.stem == "__init__" else module.split(".")[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def place(name: str) -> str:
    """The package of the table that a dotted name belongs to; "rnn" for the public names, "" for others' packages."""
    parts = name.split(".")
    for known in (".".join(parts[:2]), parts[0]):
        if known in LAYERS or known in GATHERING:
            return known
    return ""


def violations(root: Path) -> list[str]:
    found, siblings = [], set()
    for module, path in modules(root):
        own = place(module)
        rank = LAYERS.get(own, GATHERING.get(own))
        if VAGUE & set(module.split(".")):
            found.append(f"{module}: a name that says nothing")
        for name in imports(module, path):
            other = place(name)
            if (
                own == "rnn.core"
                and other != "rnn.core"
                and name.split(".")[0] not in {*sys.stdlib_module_names, "numpy"}
            ):
                found.append(f"{module} imports {name}: the core has NumPy and the standard library")
            elif LAYERS.get(other, 0) > rank:
                found.append(f"{module} imports {name}: upwards")
            elif other in GATHERING and name != "rnn" and rank <= 1 and own not in GATHERING:
                found.append(f"{module} imports {name}: the public names are made of the layers, not the reverse")
            if name.split(".")[0] == "streamlit" and rank < 2:
                found.append(f"{module} imports {name}: screens are for pages and rnn.ui")
            if own in MIDDLE and other in MIDDLE and own != other:
                siblings.add((own, other))
    found += [
        f"{one} and {other} import each other" for one, other in siblings if (other, one) in siblings and one < other
    ]
    return found


def test_every_import_points_down():
    assert violations(ROOT) == []


def test_the_walk_sees_the_product():
    found = dict(modules(ROOT))
    assert {"rnn", "rnn.core.train", "rnn.core.cells.elman"} <= set(found)
    seen = set(imports("rnn.core.train", found["rnn.core.train"]))
    assert {"rnn.core.config.Config", "numpy", "math", "dataclasses"} <= seen


@pytest.mark.parametrize(
    ("module", "line", "caught"),
    [
        ("rnn/core/a.py", "import pandas", "the core has"),
        ("rnn/core/a.py", "from rnn.data import Table", "the core has"),
        ("rnn/core/a.py", "from rnn import Config", "the core has"),
        ("rnn/core/cells/a.py", "from ...runs import store", "the core has"),
        ("rnn/core/a.py", "def f():\n    import streamlit as st", "the core has"),
        ("rnn/data/a.py", "from rnn.ui.figures import line", "upwards"),
        ("rnn/runs/a.py", "from ..ui import session", "upwards"),
        ("rnn/runs/a.py", "from rnn import ui", "upwards"),
        ("rnn/runs/a.py", "from rnn import Config", "public names"),
        ("rnn/export/__init__.py", "from .. import ui", "upwards"),
        ("rnn/ui/a.py", "import pages.train.page", "upwards"),
        ("rnn/__init__.py", "from rnn.ui import forms", "upwards"),
        ("rnn/__main__.py", "import pages.main", "upwards"),
        ("rnn/forecast/a.py", "import streamlit.components.v2", "screens"),
        ("rnn/data/utils.py", "", "says nothing"),
        ("pages/helpers/page.py", "", "says nothing"),
    ],
)
def test_a_planted_violation_is_caught(tmp_path, module, line, caught):
    path = tmp_path / module
    path.parent.mkdir(parents=True)
    path.write_text(line, encoding="utf-8")
    (message,) = {text.split(": ")[1] for text in violations(tmp_path) if caught in text}
    assert caught in message


def test_what_the_layers_allow_is_allowed(tmp_path):
    allowed = {
        "app.py": "import pages.main\nfrom streamlit import App",
        "pages/train/page.py": "import rnn\nfrom rnn.ui import forms\nfrom rnn.core.config import Config",
        "rnn/ui/forms.py": "import streamlit\nfrom rnn.runs.store import Store\nfrom . import session",
        "rnn/runs/worker.py": "import rnn\nimport sqlalchemy\nfrom rnn.core.train import Trainer",
        "rnn/core/cells/__init__.py": "from .elman import Elman\nimport numpy.linalg\nimport json",
        "rnn/__init__.py": "from rnn.data import Table\nfrom rnn.core.config import Config",
    }
    for module, text in allowed.items():
        (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / module).write_text(text, encoding="utf-8")
    assert violations(tmp_path) == []


def test_two_of_the_middle_may_not_import_each_other(tmp_path):
    for one, other in (("data", "runs"), ("runs", "data")):
        (tmp_path / "rnn" / one).mkdir(parents=True)
        (tmp_path / "rnn" / one / "a.py").write_text(f"import rnn.{other}.a", encoding="utf-8")
    assert violations(tmp_path) == ["rnn.data and rnn.runs import each other"]
