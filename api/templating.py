"""What every page template can say: words, texts in the reader's language, formatted values."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Flask, Response, current_app, render_template, request, url_for
from jinja2 import pass_context
from jinja2.runtime import Context

from api.language import asked_language
from api.links import HTML, page_link
from api.words import WORDS
from geo.text import Text
from geo.thai import THAI_TIME, format_date
from layers.model import Field
from webmap.assets import NODE_MODULES
from webmap.values import UNITS, say

__all__ = ["page", "register"]


def page(template: str, **context: Any) -> Response:
    """A page for people in the language asked for."""
    text = render_template(template, **context)
    response = Response(text, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = asked_language()
    return response


def register(app: Flask) -> None:
    """Give the templates of the application their words."""
    app.context_processor(_common)
    app.jinja_env.filters["shown"] = shown
    app.jinja_env.filters["day"] = day


@pass_context
def shown(context: Context, value: Any, field: Field) -> str:
    """A value as the reader writes it: labels of codes, units, Thai dates; empty for nothing."""
    if value is None:
        return ""
    text: str = say(field, value).get(context["language"])
    return text


@pass_context
def day(context: Context, value: dt.date | dt.datetime) -> str:
    """A day as the reader writes it: 20 พ.ย. 2569, 20 Nov 2026; moments by the Thai clock."""
    if isinstance(value, dt.datetime):
        value = value.astimezone(THAI_TIME).date()
    return format_date(value, context["language"])


def _common() -> dict[str, Any]:
    language = asked_language()
    other = "en" if language == "th" else "th"

    def t(text: Text) -> str:
        return text.get(language)

    def word(name: str) -> str:
        return WORDS[name].get(language)

    def here(endpoint: str, **values: Any) -> str:
        """Another page of ours, in the language that the reader chose."""
        chosen = {"lang": request.args["lang"]} if "lang" in request.args else {}
        return url_for(endpoint, **chosen | values)

    def unit(name: str) -> str:
        return UNITS.get(name, Text(name, name)).get(language)

    def form(name: str) -> str:
        return page_link("alternate", HTML, f=name)["href"]

    def has_route(endpoint: str) -> bool:
        return endpoint in current_app.view_functions

    switch = page_link("alternate", HTML, lang=other)["href"] if request else ""
    return {
        "language": language,
        "switch": switch,
        "t": t,
        "unit": unit,
        "_": word,
        "site": WORDS["site"],
        "here": here,
        "form": form,
        "has_route": has_route,
        "thai_time": THAI_TIME,
        "has_asset": lambda name: (NODE_MODULES / name).is_file(),
    }
