"""Settings out of whatever file holds them: TOML and JSON, weights, a run's own file or zip, its script or notebook."""

from __future__ import annotations

import ast
import json
from typing import Any

from rnn.core.config import Config
from rnn.export.bundle import fit_in_zip, is_zip
from rnn.export.config_toml import LARGEST, config_from_toml
from rnn.export.fit_file import config_in
from rnn.export.weights_file import weights_from_bytes

_NAME = "SETTINGS"  # of the dictionary in a script


def settings_in(content: bytes, name: str = "The file") -> Config:
    """The settings in a file that Unroll gave. Raises ValueError with a sentence for any other one; a text that is neither
    JSON nor a script is read as TOML."""
    if is_zip(content):
        return config_in(fit_in_zip(content, name), name)
    if _is_tensors(content):
        try:
            return config_in(content, name)
        except ValueError:
            return weights_from_bytes(content, name)[0]
    if len(content) > LARGEST:
        return config_from_toml(content, name)  # which says so
    text = content.decode("utf-8-sig", "replace").lstrip()
    if text.startswith("{"):
        return _of_json(text, name)
    return _of_script(text, name) or config_from_toml(content, name)


def _of_json(text: str, name: str) -> Config:
    try:
        values = json.loads(text)
    except ValueError as error:
        raise ValueError(f"{name} is not JSON ({error}).") from None
    if isinstance(values, dict) and isinstance(values.get("cells"), list):
        found = _of_script("\n".join(_code_of(values["cells"])), name)
        if found is None:
            raise ValueError(
                f"{name} is a notebook without the settings of a run; give one that “Take away” on Runs gave."
            )
        return found
    return _checked(values, name)


def _code_of(cells: list[Any]) -> list[str]:
    sources = [one.get("source", "") for one in cells if isinstance(one, dict) and one.get("cell_type") == "code"]
    return ["".join(map(str, source)) if isinstance(source, list) else str(source) for source in sources]


def _of_script(text: str, name: str) -> Config | None:
    """The dictionary SETTINGS of a script, which is read and never run; None where there is none."""
    if _NAME not in text:
        return None
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    found = next((value for named, value in map(_assigned, tree.body) if named == _NAME and value is not None), None)
    if found is None:
        return None
    try:
        values = ast.literal_eval(found)
    except (ValueError, TypeError, RecursionError):
        raise ValueError(f"{name}: its {_NAME} are not plain values, and nothing here is run to find out.") from None
    return _checked(values, name)


def _assigned(node: ast.stmt) -> tuple[str, ast.expr | None]:
    """The name that a line gives a value to, and the value."""
    target = (
        node.targets[0] if isinstance(node, ast.Assign) else node.target if isinstance(node, ast.AnnAssign) else None
    )
    return (target.id, node.value) if isinstance(target, ast.Name) else ("", None)


def _checked(values: Any, name: str) -> Config:
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ValueError(f"{name} holds no settings by name; give settings.json or settings.toml of a run.")
    try:
        return Config.from_dict(values)
    except (ValueError, TypeError) as error:
        raise ValueError(f"{name}: {error}") from None


def _is_tensors(content: bytes) -> bool:
    return len(content) > 9 and content[8:9] == b"{" and int.from_bytes(content[:8], "little") <= len(content) - 8
