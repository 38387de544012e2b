"""What every section of the page looks at: one run at one epoch, one part of its network, one window of its series."""

from __future__ import annotations

from dataclasses import dataclass

from pages.inside.at_epoch import AtEpoch
from pages.inside.part import Part
from pages.inside.subject import Subject
from pages.inside.window import Window
from rnn.core.config import Config
from rnn.core.series import Series
from rnn.runs.records import Run


@dataclass(frozen=True, eq=False)
class View:
    """fit: its model has the weights of `epoch`, which all sections draw. part: a network of the ensemble and a layer.
    window: the one chosen at the top. validation: whether it is of the validation part."""

    subject: Subject
    run: Run
    fit: AtEpoch
    epoch: int
    part: Part
    window: Window
    validation: bool

    @property
    def series(self) -> Series:
        """One series, also where the run learned from many: the one that is shown."""
        return self.subject.series

    @property
    def config(self) -> Config:
        return self.fit.config

    @property
    def identity(self) -> str:
        """What a chart of the network shows: the same for all epochs and windows, so that a zoom outlives both."""
        return f"{self.run.id}:{self.part.identity}"
