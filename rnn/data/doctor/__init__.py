"""The data doctor: what is wrong with a table or worth a look, with rows, pictures and remedies. It changes nothing."""

from .diagnosis import KINDS, SEVERITIES, Diagnosis, Picture, Remedy
from .examine import diagnose

__all__ = ["KINDS", "SEVERITIES", "Diagnosis", "Picture", "Remedy", "diagnose"]
