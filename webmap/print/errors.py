"""What can go wrong on the way to paper."""

from __future__ import annotations

from geo.errors import ParameterError, PhumiError

__all__ = ["FontMissing", "PrintError"]


class PrintError(ParameterError):
    """A page cannot be made as it was asked for."""


class FontMissing(PhumiError):
    """There is no font on the machine to print Thai with."""
