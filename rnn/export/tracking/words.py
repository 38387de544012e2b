"""What went wrong with MLflow, in a sentence."""

from __future__ import annotations

import re

from rnn.export.tracking.target import Target

LONGEST = 300
_CODE = re.compile(r"(?:failed with error code|too many) (\d+)")


def is_silent(error: Exception) -> bool:
    """Whether the server cannot be reached at all, so that it is no use to ask about another run."""
    code = _CODE.search(str(error))
    return str(error).startswith("API request to") and (code is None or code[1].startswith("5"))


def of_error(target: Target, error: Exception) -> str:
    """What is wrong and what to do."""
    said, where = str(error), f"MLflow at {target.shown}"
    code = _CODE.search(said)
    if is_silent(error):
        how = "does not answer" if code is None else f"answers with error {code[1]}"
        return f"{where} {how}. Runs are kept here all the same, and told when it is back."
    if code is not None and code[1] in ("401", "403"):
        return f"{where} does not let Unroll in (error {code[1]}). Set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD."
    if "MLFLOW_ALLOW_FILE_STORE" in said:
        return (
            f"{where} is a folder, which MLflow writes to only where MLFLOW_ALLOW_FILE_STORE=true is set too. "
            "A server's address or a database such as sqlite:////folder/mlflow.db is what it prefers."
        )
    if isinstance(error, ModuleNotFoundError):
        return f"{where} needs one more package: pip install {error.name}, and start Unroll anew."
    first = (said.strip().splitlines() or [type(error).__name__])[0].strip().rstrip(".")
    shortened = first if len(first) <= LONGEST else f"{first[: LONGEST - 1]}…"
    return f"{where}, experiment “{target.experiment}”: {shortened}. It is tried again."
