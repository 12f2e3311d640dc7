"""What can go wrong on the way to paper."""

from __future__ import annotations

from geo.errors import PhumiError

__all__ = ["PrintError"]


class PrintError(PhumiError):
    """A page cannot be made as it was asked for."""
