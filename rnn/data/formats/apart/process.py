"""The process itself: limits first, then one reader on what comes in, then its answer; it opens and writes no file."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys

from .answer import Refused, write

MEMORY = 2 << 30  # bytes of address space
SECONDS = 60  # of processor time
READERS = ("workbook", "columnar", "recording")


def main() -> None:
    """Reads a line {"reader", "options"} and the file's bytes, answers on standard output."""
    _limit()
    request = json.loads(sys.stdin.buffer.readline())
    data = sys.stdin.buffer.read()
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is not part of the answer
    if request["reader"] not in READERS:
        raise ValueError(f"{request['reader']!r} is not one of {', '.join(READERS)}")
    reader = importlib.import_module(f"{__package__}.{request['reader']}")
    with out:
        try:
            write(reader.read(data, request["options"]), out)
        except Refused as refused:
            out.write(json.dumps({"refused": str(refused)}).encode() + b"\n")
        except MemoryError:
            out.write(b'{"memory": true}\n')
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic in Rust is no Exception
            out.write(json.dumps({"damaged": f"{type(error).__name__}: {error}"[:500]}).encode() + b"\n")


def _limit() -> None:
    """No more memory, time and disk than a file may take, where the system knows such limits."""
    try:
        import resource
    except ImportError:  # Windows
        return
    for what, amount in (("RLIMIT_AS", MEMORY), ("RLIMIT_CPU", SECONDS), ("RLIMIT_FSIZE", 0), ("RLIMIT_CORE", 0)):
        with contextlib.suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, what), (amount, amount))
