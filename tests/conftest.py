"""What every test may ask for."""

# ruff: noqa: E402 — the environment must be set first
from __future__ import annotations

import os

# As `import rnn` does, which comes too late in a test file that imports NumPy above it.
for _variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def rng() -> np.random.Generator:
    """Random numbers that are the same in every run."""
    return np.random.default_rng(20240229)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The Chromium that all browser tests share."""
    from tests.browser.chromium import chromium

    with chromium() as opened:
        yield opened
