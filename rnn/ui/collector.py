"""Python's garbage collector, kept from looking through modules; and memory given back after a large file.

Streamlit collects all garbage after every run of a script or a fragment, and what the browser waits for stands in line behind
it. The libraries that are loaded make up some 200,000 objects, which take 0.12 s to look through and never go. `gc.freeze`
sets them aside, and a collection takes as long as the session's own objects need.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import suppress

_MANY = 50  # modules, from which on it is worth a collection of its own

_known = 0


def set_modules_aside() -> bool:
    """After what has been imported since the last call: collect once, and leave what stays out of all later collections.

    Cheap where nothing much was imported. What is set aside is still freed when nothing refers to it any more; only cycles
    among it are not found again, and that is why this happens a few times in the life of a process and not at every run.
    Returns whether anything was set aside.
    """
    global _known
    loaded = len(sys.modules)
    if loaded < _known + _MANY:
        return False
    _known = loaded
    gc.collect()
    gc.freeze()
    return True


def give_memory_back() -> None:
    """Return to the system what has been freed: after reading a large file the C library of Linux would keep twice its size for
    later. Elsewhere nothing happens."""
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
