"""What the numbers were measured on."""

from __future__ import annotations

import datetime
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_info


def description(packages: tuple[str, ...] = ()) -> str:
    """Markdown list: processor, caches, BLAS kernel, versions, date and load."""
    blas = "; ".join(
        f"{pool['internal_api']} {pool['version']}, kernel {pool.get('architecture', 'unknown')}, "
        f"{pool['num_threads']} thread{'s' if pool['num_threads'] > 1 else ''}"
        for pool in threadpool_info()
        if pool["user_api"] == "blas" and "numpy" in pool["filepath"]
    )
    versions = [f"Python {platform.python_version()}", f"NumPy {np.__version__}"]
    versions += [f"{package} {found}" for package in packages if (found := _version(package))]
    return "\n".join(
        (
            f"- Processor: {_processor()}, {os.cpu_count()} cores; caches {_caches() or 'unknown'}",
            f"- NumPy's BLAS: {blas or 'unknown'}",
            f"- Versions: {', '.join(versions)}, {platform.system()} {platform.machine()}",
            f"- Date: {datetime.date.today().isoformat()}; load average at the start: {load()}",
        )
    )


def load() -> str:
    """The load average over 1, 5 and 15 minutes: how many other processes wanted a core."""
    return ", ".join(f"{value:.2f}" for value in os.getloadavg()) if hasattr(os, "getloadavg") else "unknown"


def warn_of_load() -> None:
    """A sentence on standard error where the machine is busy: ratios then stand, and times do not."""
    if hasattr(os, "getloadavg") and os.getloadavg()[0] > 0.5 * (os.cpu_count() or 1):
        print(f"Other processes are at work (load average {load()}): trust the ratios, not the times.", file=sys.stderr)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    fields = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in reversed(lines))}
    if "model name" not in fields:
        return platform.processor() or platform.machine()
    number = f" (family {fields['cpu family']}, model {fields['model']})" if "cpu family" in fields else ""
    widest = next((name for name in ("avx512f", "avx2", "avx") if name in fields.get("flags", "").split()), None)
    return f"{fields['model name']}{number}{', ' + widest if widest else ''}"


def _caches() -> str:
    found = []
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return ", ".join(found)
