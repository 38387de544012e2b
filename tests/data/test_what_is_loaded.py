"""What every page waits for when the first one opens after a start: not for libraries that few files need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2]


def test_reading_and_repairing_load_no_statistics_before_they_are_asked_for() -> None:
    loaded = "import sys, rnn.data, rnn.data.doctor, rnn.data.repair"
    program = f"{loaded}; print(*sorted({{'scipy', 'statsmodels'}} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", program], cwd=FOLDER, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
