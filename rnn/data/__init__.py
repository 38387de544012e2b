"""Files and samples in, `rnn.core.series.Series` out."""

from .findings import BadFile, Finding, Receipt
from .inspection import describe, inspect
from .reader import read_csv
from .samples import SAMPLES, Sample, sample_series
from .samples import load as load_sample
from .table import Table

__all__ = [
    "SAMPLES", "BadFile", "Finding", "Receipt", "Sample", "Table", "describe", "inspect", "load_sample", "read_csv",
    "sample_series",
]  # fmt: skip
