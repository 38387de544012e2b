"""All kinds of repair, by name: forms, validation and tests loop over this dict."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .cells import CLIP, MASK, SENTINEL, SHIFT, UNIT
from .drop import DROP, TRIM
from .duplicates import DUPLICATES
from .fill import FILL
from .grid import GRID
from .option import Kind
from .order import SORT
from .transform import BOXCOX, LOG

_ALL = (SORT, DUPLICATES, FILL, DROP, GRID, CLIP, MASK, SENTINEL, UNIT, SHIFT, LOG, BOXCOX, TRIM)

REPAIRS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
