"""The table in a single JSON object: columns, rows by their key, or records under a name among other things."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..cells import is_number
from ..findings import BadFile
from ..times.families import family

_DEEPEST = 3  # names that lead to the records


@dataclass(frozen=True)
class Table:
    """records: objects, or lists that `names` name. path: the names that lead to them, with dots, or ""."""

    records: list[Any] | Iterator[Any]
    names: list[str] | None = None
    path: str = ""


def table_in(content: Mapping[str, Any]) -> Table:
    """The largest table in `content`; the object itself as the only record where there is none."""
    found = [(_size(value), path, value) for path, value in _places(content, "", 0) if _size(value)]
    if not found:
        return Table([content])
    _, path, value = max(found, key=lambda one: one[0])
    if isinstance(value, list):
        heads = content.get("columns") if path == "data" else None  # as pandas writes with orient="split"
        names = [str(name) for name in heads] if isinstance(heads, list) else None
        return Table(value, names, "" if names else path)
    first = next(iter(value.values()))
    if isinstance(first, list):
        return Table(_rows_of_lists(value), None, path)
    return Table(_rows_of_objects(value), None, path)


def _places(content: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
    if depth > _DEEPEST:
        return
    yield path, content
    if isinstance(content, dict) and not _size(content):
        for key, value in content.items():
            yield from _places(value, f"{path}.{key}" if path else key, depth + 1)


def _size(value: Any) -> int:
    """How many rows a value would make as a table; 0 where it is none."""
    if isinstance(value, list):
        return len(value) if len(value) > 1 and isinstance(value[0], (dict, list)) else 0
    if not isinstance(value, dict) or not value:
        return 0
    inner = list(value.values())
    if all(isinstance(one, list) and not any(isinstance(cell, (dict, list)) for cell in one[:3]) for one in inner):
        return len(inner[0]) if len(inner[0]) > 1 else 0
    if all(
        isinstance(one, dict) and one and not any(isinstance(c, (dict, list)) for c in one.values()) for one in inner
    ):
        return len(value) if _are_labels(value) else max(map(len, inner)) if len(inner[0]) > 1 else 0
    return 0


def _are_labels(keys: Mapping[str, Any]) -> bool:
    """Whether the keys name rows (dates, numbers) and not columns."""
    return len(keys) > 1 and all(family(key.strip()) or is_number(key) for key in list(keys)[:20])


def _rows_of_lists(columns: Mapping[str, list[Any]]) -> Iterator[dict[str, Any]]:
    name, first = next(iter(columns.items()))
    for other, cells in columns.items():
        if len(cells) != len(first):
            raise BadFile(
                f"The columns in the JSON differ in length: {name!r} has {len(first):,} values and {other!r} {len(cells):,}; "
                "export them again."
            )
    return (dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True))


def _rows_of_objects(table: Mapping[str, Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    if _are_labels(table):
        return ({"index": key, **cells} for key, cells in table.items())
    keys = dict.fromkeys(key for cells in table.values() for key in cells)
    plain = all(key == str(k) for k, key in enumerate(keys))  # as pandas writes an index that only counts
    return (({} if plain else {"index": key}) | {name: cells.get(key) for name, cells in table.items()} for key in keys)
