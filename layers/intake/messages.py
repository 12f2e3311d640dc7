"""The words of intake: every finding and refusal, in one table (registers.md 10)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, cast, get_args

from geo.text import Text

__all__ = ["Message", "Severity", "message", "messages", "wording"]

Severity = Literal["error", "warn", "info"]


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the catalogue; ``text`` has places in braces."""

    code: str
    severity: Severity
    text: Text


@cache
def messages() -> MappingProxyType[str, Message]:
    """Every message by its code, in the order of the catalogue.

    >>> messages()["LOC-E-ZERO"].severity
    'error'
    """
    table = files(__package__) / "messages.csv"
    with table.open(encoding="utf-8") as lines:
        rows = [
            Message(row["code"], _severity(row["severity"]), Text(row["th"], row["en"]))
            for row in csv.DictReader(lines)
        ]
    return MappingProxyType({row.code: row for row in rows})


def message(code: str) -> Message:
    """The message with this code; KeyError when the catalogue has none."""
    return messages()[code]


def wording(code: str, **values: object) -> Text:
    """The text of a message with its places filled; a Text fills each language with its own.

    >>> wording("IMP-E-REQUIRED", row=3, col=Text("ชื่อ", "Name")).en
    'Row 3: Name is empty'
    """
    text = message(code).text
    return Text(text.th.format(**_spoken(values, "th")), text.en.format(**_spoken(values, "en")))


def _spoken(values: dict[str, object], language: str) -> dict[str, object]:
    return {
        name: value.get(language) if isinstance(value, Text) else value
        for name, value in values.items()
    }


def _severity(word: str) -> Severity:
    if word not in get_args(Severity):
        raise ValueError(f"messages.csv: unknown severity {word!r}")
    return cast(Severity, word)
