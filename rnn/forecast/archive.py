"""Results as bytes to be stored: tables as Parquet and the rest as JSON, in one zip. Nothing here is ever unpickled."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Archive:
    """meta: what JSON takes, "version" among it. tables: name → frame. parts: file name → bytes, such as another archive."""

    meta: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    parts: Mapping[str, bytes]

    def to_bytes(self, kind: str) -> bytes:
        """kind: what the JSON's file is called, such as "backtest"."""
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            file.writestr(f"{kind}.json", json.dumps(self.meta))
            for name, table in self.tables.items():
                file.writestr(f"{name}.parquet", table.to_parquet(index=False))
            for name, data in self.parts.items():
                file.writestr(name, data)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, kind: str, version: int, called: str, tables: Sequence[str]) -> Archive:
        """What `to_bytes` wrote. version: the newest that can be read. called: what it is, in words. tables: those that must
        be there. Raises ValueError for bytes that are none, or one of a later version."""
        import pandas as pd

        try:
            with zipfile.ZipFile(io.BytesIO(data)) as file:
                meta = json.loads(file.read(f"{kind}.json"))
                frames = {name: pd.read_parquet(io.BytesIO(file.read(f"{name}.parquet"))) for name in tables}
                own = {f"{kind}.json", *(f"{name}.parquet" for name in tables)}
                parts = {name: file.read(name) for name in file.namelist() if name not in own}
        except (zipfile.BadZipFile, KeyError, json.JSONDecodeError, UnicodeDecodeError) as error:
            raise ValueError(f"These bytes are no stored {called}.") from error
        if meta["version"] > version:
            raise ValueError(
                f"The {called} was stored by a later version (format {meta['version']}, this one reads up to {version}); "
                "update, or run it again."
            )
        return cls(meta, frames, parts)
