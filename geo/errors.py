"""The root of all errors that a user is meant to read, and those of the mathematics."""

from __future__ import annotations

from geo.text import Text

__all__ = ["GeometryError", "ParameterError", "PhumiError", "UnitError"]


class PhumiError(Exception):
    """Something the user can understand and act on: a stable code and a text in both languages.

    ``details`` are the values that the text speaks of (field, row, limit, rule), for programs.
    """

    def __init__(self, code: str, text: Text, **details: object) -> None:
        super().__init__(text.en)
        self.code = code
        self.text = text
        self.details = details


class UnitError(PhumiError):
    """A text is not an area, a length, a number or a date."""


class GeometryError(PhumiError):
    """A shape cannot be what the analysis needs."""


class ParameterError(PhumiError):
    """A parameter of an analysis is outside its range."""
