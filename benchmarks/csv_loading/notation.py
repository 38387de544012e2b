"""Ways in which people write numbers: name → separator of the file, and how a cell is written."""

from __future__ import annotations

from collections.abc import Callable


def _grouped(cell: str, mark: str, point: str = ".", indian: bool = False) -> str:
    head, _, tail = cell.partition(".")
    sign, digits = ("-", head[1:]) if head.startswith("-") else ("", head)
    if indian and len(digits) > 3:
        front, parts = digits[:-3], []
        while front:
            front, part = front[:-2], front[-2:]
            parts.insert(0, part)
        digits = ",".join([*parts, digits[-3:]])
    elif not indian:
        digits = f"{int(digits):,}".replace(",", mark)
    return sign + digits + (point + tail if tail else "")


def _accounting(cell: str, _: int) -> str:
    return f"({cell[1:]})" if cell.startswith("-") else cell


NOTATIONS: dict[str, tuple[str, Callable[[str, int], str]]] = {
    "decimal comma": (";", lambda cell, k: cell.replace(".", ",")),
    "decimal comma in quotes": (",", lambda cell, k: cell.replace(".", ",")),
    "thousands comma": (",", lambda cell, k: _grouped(cell, ",")),
    "thousands point, decimal comma": (";", lambda cell, k: _grouped(cell, ".", ",")),
    "thousands blank, decimal comma": (";", lambda cell, k: _grouped(cell, "\u202f", ",")),
    "thousands apostrophe": (";", lambda cell, k: _grouped(cell, "’")),
    "thousands as in India": (",", lambda cell, k: _grouped(f"{cell}", ",", indian=True)),
    "currency sign before": (",", lambda cell, k: f"${cell}" if not cell.startswith("-") else f"-${cell[1:]}"),
    "currency sign behind": (";", lambda cell, k: cell.replace(".", ",") + " €"),
    "currency code": (",", lambda cell, k: f"USD {cell}"),
    "percent signs": (",", lambda cell, k: f"{cell}%"),
    "accounting negatives": (",", _accounting),
    "minus behind": (",", lambda cell, k: f"{cell[1:]}-" if cell.startswith("-") else cell),
    "true minus": (",", lambda cell, k: cell.replace("-", "−")),
    "plus signs": (",", lambda cell, k: cell if cell.startswith("-") else f"+{cell}"),
    "units in cells": (",", lambda cell, k: f"{cell} {('°C', 'mm', 'people')[k - 3]}"),
    "exponents": (",", lambda cell, k: f"{float(cell):.8e}"),
}
