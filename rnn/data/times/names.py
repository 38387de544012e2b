"""Names of months and weekdays in seven languages, whole or cut short, as numbers."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping

# English, German, French, Spanish, Italian, Portuguese, Dutch; the second German line is Austria's and what Excel cuts short.
_MONTHS = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "jänner feber mrz april mai juno julei august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "enero febrero marzo abril mayo junio julio agosto setiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "januari februari mrt april mei juni juli augustus september oktober november december",
)
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "montag dienstag mittwoch donnerstag freitag sonnabend sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "segunda terça quarta quinta sexta sábado domingo",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
)


def plain(word: str) -> str:
    """Small letters without accents and points: "Févr." → "fevr"."""
    split = unicodedata.normalize("NFKD", word.strip().lower())
    return "".join(letter for letter in split if letter.isalpha() and not unicodedata.combining(letter))


def _beginnings(lines: Iterable[str], shortest: int) -> Mapping[str, int]:
    """Every name and each of its beginnings → its number from 1; a beginning that two numbers share is none ("jui")."""
    numbers: dict[str, set[int]] = {}
    for line in lines:
        for number, name in enumerate(map(plain, line.split()), 1):
            for end in range(shortest, len(name) + 1):
                numbers.setdefault(name[:end], set()).add(number)
    return {word: found.pop() for word, found in numbers.items() if len(found) == 1}


MONTHS = _beginnings(_MONTHS, 3)
WEEKDAYS = _beginnings(_WEEKDAYS, 2)


def month(word: str) -> int:
    """1 … 12, or 0 where the word names no month."""
    return MONTHS.get(plain(word), 0)


def is_weekday(word: str) -> bool:
    """Whether the word names a day of the week or begins such a name, be it one that two days share ("ma", "mar")."""
    known = plain(word)
    return len(known) >= 2 and any(name.startswith(known) for line in _WEEKDAYS for name in map(plain, line.split()))
