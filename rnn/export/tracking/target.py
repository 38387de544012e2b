"""Where runs are told to, by the environment, and what a page says of it. Of MLflow nothing is imported here."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from importlib.util import find_spec

from rnn.runs.store import Store

URI, EXPERIMENT = "MLFLOW_TRACKING_URI", "MLFLOW_EXPERIMENT_NAME"
DEFAULT_EXPERIMENT = "Unroll"
INSTALL = "pip install 'mlflow-skinny>=3'"
_CREDENTIALS = re.compile(r"//[^/@]*@")


@dataclass(frozen=True)
class Target:
    """uri: in full, credentials included."""

    uri: str
    experiment: str

    @property
    def shown(self) -> str:
        """The address without its credentials."""
        return _CREDENTIALS.sub("//", self.uri)

    @property
    def book(self) -> str:
        """The name of its logbook in the store."""
        return hashlib.sha256(f"{self.shown.rstrip('/')}\n{self.experiment}".encode()).hexdigest()

    def page_of(self, there: str) -> str:
        """The address of a run's page there; "" where it has none. there: experiment id/run id."""
        experiment, _, run = there.partition("/")
        if not self.uri.startswith(("http://", "https://")) or not run:
            return ""
        return f"{self.shown.rstrip('/')}/#/experiments/{experiment}/runs/{run}"


def target() -> Target | None:
    """What the environment asks for; None where it asks for nothing."""
    uri = os.environ.get(URI, "").strip()
    return Target(uri, os.environ.get(EXPERIMENT, "").strip() or DEFAULT_EXPERIMENT) if uri else None


def installed() -> bool:
    """Whether MLflow's client is there."""
    return find_spec("mlflow") is not None


def problem(store: Store) -> str:
    """What keeps runs from being told to MLflow, in a sentence; "" where nothing does, or nobody asked for it."""
    wanted = target()
    if wanted is None:
        return ""
    if not installed():
        return (
            f"{URI} is set, and no run is logged: MLflow’s client is not installed. {INSTALL}, and start Unroll anew."
        )
    return store.logbook_problem(wanted.book)


def page_of(store: Store, run_id: str) -> str:
    """The address of the run's page in MLflow; "" where it has none."""
    wanted = target()
    told = None if wanted is None else store.logged(wanted.book, run_id)
    return "" if wanted is None or told is None else wanted.page_of(told.there)
