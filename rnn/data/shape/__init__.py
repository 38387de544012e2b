"""How the series lie in a table, and what its columns can be for: long, wide and year-by-month files, categories, calendars.

One idea a file. `understand` looks at a table that has just been read; `build` makes series of it.
"""

SHAPES = ("plain", "long", "wide", "year-by-month")

__all__ = ["SHAPES"]
