"""Freshness of answers: what was sent stays good until a layer in it is written (RFC 9110, 13).

A tag names the version of every layer in an answer, what the caller may see of it, the address
asked for and the form of the answer. It is made before the answer is, so a tag may be older than
what it stands on but never newer, and a commit shows in the very next request.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from api.access import current_person, current_store, view_of
from api.links import asked_address
from layers.model import Layer
from layers.privacy import PUBLIC, public_view
from layers.query import View
from layers.store import LayerState

__all__ = ["etag", "fresh", "not_modified", "register", "stamp", "states_of"]

ROOMS = ("api", "layers", "styles", "webmap")
SETTLED = dt.timedelta(seconds=2)  # HTTP dates have whole seconds: younger ones are not unique


class Redefined(Exception):
    """Another process has defined a layer anew since this request read its definition."""


def fresh(
    layers: Sequence[Layer],
    form: str,
    answer: Callable[[], Response],
    row: Callable[[], int] | None = None,
) -> Response:
    """304 if the caller has this answer already, else ``answer()`` with tag and date on it.

    ``layers`` are all that the answer is made of; ``form`` is the representation with its
    language, as ``"geojson"`` or ``"html;th"``. The address is taken from the request. ``row``
    tells the row version of a feature that stands alone, which its tag begins with (If-Match).
    """
    states = states_of(layers)
    views = [view_of(layer) for layer in layers]
    tag = etag(states, views, asked_address(), form)
    if row is not None:
        tag = _row_tag(tag.removeprefix('W/"').strip('"'), row)
    changed_at = max(state.changed_at for state in states) if states else None
    response = not_modified(tag, changed_at) or stamp(answer(), tag, changed_at)
    if response.status_code == 200 and request.if_none_match.star_tag:
        response = stamp(Response(status=304), tag, changed_at)
    if current_person() is not PUBLIC and not _public(views, layers):
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def states_of(layers: Sequence[Layer]) -> list[LayerState]:
    """The states of layers. Raises Redefined if a definition is not the present one any more."""
    store = current_store()
    states = store.states([layer.id for layer in layers])
    present = [store.layer(layer.id) for layer in layers]
    if any(a is not b and a != b for a, b in zip(present, layers, strict=True)):
        raise Redefined
    return states


def register(app: Flask) -> None:
    """Let a request whose layer was defined anew by another process begin again."""

    @app.errorhandler(Redefined)
    def again(_: Redefined) -> Any:
        try:
            return app.dispatch_request()
        except Exception as error:  # as Flask does with the first attempt
            return app.handle_user_exception(error)


def _row_tag(digest: str, row: Callable[[], int]) -> str:
    """A strong tag of one feature; one that the caller has is good while its layer stands still."""
    known = (tag for tag in request.if_none_match.as_set() if re.fullmatch(rf"v\d+-{digest}", tag))
    return f'"{next(known, "") or f"v{row()}-{digest}"}"'


def etag(states: Iterable[LayerState], views: Iterable[View], *representation: str) -> str:
    """A weak tag from layer versions, views and whatever else decides how the answer reads.

    The moment of the last write is in it too: a workspace that was made anew counts from one.
    """
    parts = [f"{state.version}@{state.changed_at.timestamp()}" for state in states]
    parts += [_view_digest(view) for view in views]
    text = "\n".join((*parts, *representation, _build()))
    return f'W/"{hashlib.blake2b(text.encode(), digest_size=12).hexdigest()}"'


def not_modified(tag: str, changed_at: dt.datetime | None) -> Response | None:
    """A 304 answer if the request's If-None-Match or If-Modified-Since says that it is enough.

    A date counts only if it is the very one that we sent and no If-None-Match stands beside it.
    """
    if request.method not in ("GET", "HEAD"):
        return None
    if "If-None-Match" in request.headers:
        tags = request.if_none_match  # "*" is any answer that there is, which only making it tells
        known = not tags.star_tag and tags.contains_weak(tag.removeprefix("W/").strip('"'))
    else:
        since = request.if_modified_since
        known = since is not None and since == _whole_second(changed_at)
    return stamp(Response(status=304), tag, changed_at) if known else None


def stamp(response: Response, tag: str, changed_at: dt.datetime | None) -> Response:
    """Put the tag and the date on an answer; caches must ask again each time they use it."""
    if response.status_code not in (200, 204, 304):
        return response
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", "no-cache")
    moment = _whole_second(changed_at)
    if moment is not None:
        response.last_modified = moment
    return response


def _public(views: Sequence[View], layers: Sequence[Layer]) -> bool:
    """Whether anyone may see what these views show."""
    return all(view == public_view(layer) for view, layer in zip(views, layers, strict=True))


def _whole_second(changed_at: dt.datetime | None) -> dt.datetime | None:
    """The date for HTTP; None while a second write could still get the same one."""
    if changed_at is None or dt.datetime.now(dt.UTC) - changed_at < SETTLED:
        return None
    return changed_at.replace(microsecond=0)


@lru_cache(maxsize=4096)
def _view_digest(view: View) -> str:
    marks = (sorted(value) if isinstance(value, frozenset) else value for value in astuple(view))
    return repr(list(marks))


@cache
def _build() -> str:
    """What the program is: another one may write the same rows otherwise."""
    root = Path(__file__).resolve().parent.parent
    files = (path for room in ROOMS for path in (root / room).rglob("*") if path.is_file())
    return str(max((path.stat().st_mtime_ns for path in files), default=0))
