"""Which language a request asks for, and which representation."""

from __future__ import annotations

from collections.abc import Sequence

from flask import current_app, has_request_context, request

__all__ = ["asked_language", "negotiated"]

LANGUAGE_PARAMETER = "lang"


def asked_language() -> str:
    """``lang=`` in the address, else Accept-Language, else the installation's language."""
    if not has_request_context():
        return "th"
    asked = request.args.get(LANGUAGE_PARAMETER, "")
    if asked in ("th", "en"):
        return asked
    default: str = current_app.config["PHUMI"].language
    return request.accept_languages.best_match(["th", "en"], default) or default


def negotiated(formats: Sequence[tuple[str, str]]) -> str | None:
    """The short name of the representation asked for by ``f=`` or Accept; None if we have none.

    ``formats`` are (short name, media type), best first.
    """
    asked = request.args.get("f")
    if asked is not None:
        return next((name for name, _ in formats if name == asked), None)
    if not request.accept_mimetypes:
        return formats[0][0]
    best = request.accept_mimetypes.best_match([kind for _, kind in formats])
    return next((name for name, kind in formats if kind == best), None)
