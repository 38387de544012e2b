"""Opens the store and stops for a while in mid-migration: `python -m tests.runs.slow_migration SECONDS`."""

from __future__ import annotations

import sys
import time

from sqlalchemy import Connection

from rnn.runs import migrations
from rnn.runs.store import Store


def main(seconds: float) -> None:
    def slowly(connection: Connection) -> None:
        print("migrating", flush=True)
        today(connection)
        print("migrated", flush=True)
        time.sleep(seconds)

    today = migrations.STEPS[-1]
    migrations.STEPS = [*migrations.STEPS[:-1], slowly]
    with Store() as store:
        print(f"open with {len(store.shelf())} runs", flush=True)


if __name__ == "__main__":
    main(float(sys.argv[1]))
