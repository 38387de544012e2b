"""The part of the store that keeps settings under a name of the user's own."""

from __future__ import annotations

import time

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from rnn.core.config import PRESETS, Config
from rnn.runs.database import Database
from rnn.runs.library import clean_text
from rnn.runs.preset_tables import presets

LONGEST_PRESET_NAME = 60
# More would make the list on the page useless, and a script that saves in a loop would fill it.
MOST_PRESETS = 200


class Presets(Database):
    """Saved settings: a whole Config each, its seed included; never a series. Names differ by more than capitals and blanks."""

    def save_preset(self, name: str, config: Config, *, overwrite: bool = False) -> str:
        """Keep settings under a name; returns the name as it is kept.

        overwrite: whether one of this name may be replaced. Raises ValueError for an empty name, one of more than 60 letters,
        one that comes with Unroll, one that is taken, and for more than 200 presets.
        """
        kept = checked_name(name)
        row = {"key": _key(kept), "name": kept, "config": config.to_json(), "created": time.time()}
        try:
            with self.write() as connection:
                _make_room(connection, kept, overwrite=overwrite)
                connection.execute(insert(presets), row)
        except IntegrityError:  # another server has saved it at this very moment
            raise _taken(kept) from None
        return kept

    def presets(self) -> dict[str, Config]:
        """All saved settings by their names, in the order of the alphabet. Those that this version cannot read are left out:
        a newer one may have other fields (`unreadable_presets` names them)."""
        return {name: config for name, config in self._all_presets() if config is not None}

    def unreadable_presets(self) -> list[str]:
        """The names of saved settings that this version does not understand."""
        return [name for name, config in self._all_presets() if config is None]

    def preset(self, name: str) -> Config | None:
        """The settings saved under a name, however it is written; None where there are none."""
        query = select(presets.c.config).where(presets.c.key == _key(_plain(name)))
        with self.read() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else _read(found)

    def rename_preset(self, old: str, new: str) -> str:
        """Give saved settings another name; returns it as it is kept. Raises LookupError where there are none under the old
        one, ValueError as `save_preset` does."""
        kept, key = checked_name(new), _key(_plain(old))
        try:
            with self.write() as connection:
                if _key(kept) != key and _is_there(connection, kept):
                    raise _taken(kept)
                change = update(presets).where(presets.c.key == key).values(key=_key(kept), name=kept)
                if not connection.execute(change).rowcount:
                    raise LookupError(f"There is no preset {old!r} any more; it may have been deleted.")
        except IntegrityError:
            raise _taken(kept) from None
        return kept

    def delete_preset(self, name: str) -> bool:
        """Remove saved settings; False where there are none of this name."""
        with self.write() as connection:
            return bool(connection.execute(delete(presets).where(presets.c.key == _key(_plain(name)))).rowcount)

    def _all_presets(self) -> list[tuple[str, Config | None]]:
        query = select(presets.c.name, presets.c.config).order_by(presets.c.key)
        with self.read() as connection:
            return [(row.name, _read(row.config)) for row in connection.execute(query)]


def checked_name(name: str) -> str:
    """The name as a preset keeps it: one line, without blanks around it. Raises ValueError as `save_preset` does."""
    kept = _plain(name)
    if not kept:
        raise ValueError("A preset needs a name.")
    if len(kept) > LONGEST_PRESET_NAME:
        raise ValueError(f"A preset's name has up to {LONGEST_PRESET_NAME} letters; this one has {len(kept)}.")
    if _key(kept) in PRESETS:
        raise ValueError(f"The name {kept!r} belongs to a preset that comes with Unroll; take another one.")
    return kept


def _make_room(connection: Connection, name: str, *, overwrite: bool) -> None:
    if _is_there(connection, name):
        if not overwrite:
            raise _taken(name)
        connection.execute(delete(presets).where(presets.c.key == _key(name)))
    elif len(connection.execute(select(presets.c.key)).all()) >= MOST_PRESETS:
        raise ValueError(f"There are {MOST_PRESETS} presets, and no room for more; delete some.")


def _is_there(connection: Connection, name: str) -> bool:
    return connection.execute(select(presets.c.key).where(presets.c.key == _key(name))).first() is not None


def _taken(name: str) -> ValueError:
    return ValueError(f"There is a preset {name!r} already; overwrite it, or take another name.")


def _plain(name: str) -> str:
    # The list that holds them is drawn in one line; what stays too long is refused, not cut.
    return clean_text(" ".join(name.split()), longest=1000)


def _key(name: str) -> str:
    return name.casefold()[:240]


def _read(text: str) -> Config | None:
    try:
        return Config.from_json(text)
    except ValueError:
        return None
