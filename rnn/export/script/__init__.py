"""A run as one file of Python that needs NumPy alone and prints the same final loss, or as a notebook of the same."""

from rnn.export.script.source import Source, csv_text, source_of
from rnn.export.script.writing import notebook_of, script_of

__all__ = ["Source", "csv_text", "notebook_of", "script_of", "source_of"]
