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


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The address of the PostgreSQL server that all tests share; skips where there is none."""
    from tests.postgres import running_server

    with running_server() as address:
        yield address


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The address of an empty database there, for one test."""
    from tests.postgres import new_database

    with new_database(postgres_server) as address:
        yield address
