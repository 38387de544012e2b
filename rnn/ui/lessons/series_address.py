"""The series of a lesson in its address, by the same names as on Train."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence

from rnn.data import SAMPLES
from rnn.data.choices import choices_of_json
from rnn.data.repair import repairs_from_json
from rnn.ui.chosen_series import DEFAULT_DATA, FILE, NAMES, Choice, read_table, series_of

_DATA, _READING, _REPAIRS = "data", "reading", "repairs"
SERIES = (_DATA, *NAMES, _READING, _REPAIRS)
_HASH = re.compile(rf"{FILE}[0-9a-f]{{8,128}}")
MOST_NAMES = 200


def series_parameters(choice: Choice) -> dict[str, str | list[str]]:
    """What `choice_of` reads the choice from."""
    found: dict[str, str | list[str]] = {_DATA: choice.data}
    found |= {role: list(names) for role, part in NAMES.items() if (names := getattr(choice, part))}
    if choice.reading != "{}":
        found[_READING] = choice.reading
    if choice.repairs != "[]":
        found[_REPAIRS] = choice.repairs
    return found


def choice_of(query: Mapping[str, Sequence[str]], refused: list[str]) -> Choice:
    """The series that an address asks for. A file that is not on this server stays the choice (`is_here`), for whoever has it
    to give; of any other that cannot be read the sentence is added to `refused`, and as much of it taken as can be."""
    data = (query.get(_DATA) or [DEFAULT_DATA])[-1]
    if data not in SAMPLES and not _HASH.fullmatch(data):
        shown = data if len(data) <= 60 else data[:59] + "…"
        refused.append(f"data={shown!r} is no series; the samples are {', '.join(SAMPLES)}. {DEFAULT_DATA} is taken.")
        return plain(DEFAULT_DATA)
    names = {part: tuple(query.get(role, ()))[:MOST_NAMES] for role, part in NAMES.items()}
    choice = Choice(data, **names)
    try:
        reading = json.dumps(choices_of_json((query.get(_READING) or ["{}"])[-1])) if data.startswith(FILE) else "{}"
        choice = dataclasses.replace(choice, reading=reading)
        repairs = (query.get(_REPAIRS) or ["[]"])[-1]
        repairs_from_json(repairs)
        choice = dataclasses.replace(choice, repairs=repairs)
    except ValueError as error:
        refused.append(f"What the address says of the series is left out: {error}")
    if not is_here(choice):
        return choice
    try:
        series_of(choice)
    except ValueError as error:
        refused.append(f"{error} The series is taken by itself.")
        return plain(data)
    return choice


def is_here(choice: Choice) -> bool:
    """Whether its file is on this server."""
    try:
        read_table(choice.data, choice.reading)
    except LookupError:
        return False
    except ValueError:
        return True
    return True


def plain(data: str) -> Choice:
    """The file or sample with the target that is taken where none is chosen."""
    table = read_table(data)
    return Choice(data, table.likely_targets or (table.guess,))
