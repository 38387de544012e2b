"""What leaves Unroll: for now, a fit as one safe file."""

from rnn.export.fit_file import fit_from_bytes, fit_to_bytes, load, save

__all__ = ["fit_from_bytes", "fit_to_bytes", "load", "save"]
