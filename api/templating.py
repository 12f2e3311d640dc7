"""What every page template can say: words, texts in the reader's language, formatted values."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from jinja2 import pass_context
from jinja2.runtime import Context

from api.language import asked_language
from api.links import HTML, page_link
from api.words import WORDS
from geo.text import Text
from layers.model import Field
from webmap.values import say

__all__ = ["register"]


def register(app: Flask) -> None:
    """Give the templates of the application their words."""
    app.context_processor(_common)
    app.jinja_env.filters["shown"] = shown


@pass_context
def shown(context: Context, value: Any, field: Field) -> str:
    """A value as the reader writes it: labels of codes, units, Thai dates; empty for nothing."""
    if value is None:
        return ""
    text: str = say(field, value).get(context["language"])
    return text


def _common() -> dict[str, Any]:
    language = asked_language()
    other = "en" if language == "th" else "th"

    def t(text: Text) -> str:
        return text.get(language)

    def word(name: str) -> str:
        return WORDS[name].get(language)

    switch = page_link("alternate", HTML, lang=other)["href"] if request else ""
    return {"language": language, "switch": switch, "t": t, "_": word, "site": WORDS["site"]}
