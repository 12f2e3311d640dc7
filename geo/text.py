"""Words in the two languages of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["LANGUAGES", "Language", "Text"]

Language = Literal["th", "en"]
LANGUAGES: tuple[Language, ...] = ("th", "en")


@dataclass(frozen=True, slots=True)
class Text:
    """One wording in Thai and English; Thai is what is shown unless English is asked for.

    >>> label = Text("สระ {n}", "Pond {n}")
    >>> label.format(n=3).get("en")
    'Pond 3'
    >>> str(label.format(n=3))
    'สระ 3'
    """

    th: str
    en: str

    def get(self, language: str = "th") -> str:
        """Return the wording in ``language`` ("th" or "en"); anything else reads as Thai."""
        return self.en if language == "en" else self.th

    def format(self, **values: object) -> Text:
        """Return the text with its ``{name}`` places filled in, in both languages."""
        return Text(self.th.format(**values), self.en.format(**values))

    def __str__(self) -> str:
        return self.th
