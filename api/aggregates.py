"""Totals by area: ``/collections/{id}/aggregate``, safe for everyone (SDC-R1 to R11)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any, get_args

from flask import Blueprint, Response, request

from api.access import current_person, current_store, view_of
from api.documents import chosen_format, json_response
from api.freshness import fresh
from api.language import asked_language
from api.links import GEOJSON, HTML, JSON, form_links, page_link
from api.operations import operation
from api.parameters import takes
from api.templating import page
from api.tilesets import tile_links
from api.words import WORDS
from geo.text import Text
from layers.aggregates import aggregate, publication_of
from layers.errors import QueryError
from layers.figures import AREA_LAYERS, Figure
from layers.model import Layer
from layers.privacy import public_view
from layers.publications import LEVELS, Level, Publication, Statistic
from layers.query import Query, View
from layers.store import Store

__all__ = ["FORMS", "blueprint", "openapi_paths"]

blueprint = Blueprint("aggregates", __name__)

CSV = "text/csv"
FORMS = (("json", JSON), ("geojson", GEOJSON), ("csv", CSV), ("html", HTML))
PARAMETERS = ("by", "group", "value", "statistic")
COLUMNS = ("code", "name_th", "name_en", "group", "group_label", "count", "shown", "value", "top")


@blueprint.get("/collections/<layer_id>/aggregate")
@takes(*PARAMETERS)
def totals(layer_id: str) -> Response:
    """Counts, sums or means by area, as far as the caller may know them."""
    store = current_store()
    layer = store.layer(layer_id)
    view = view_of(layer)
    chosen = chosen_format(FORMS)
    by: Level = _one_of("by", get_args(Level), "district")
    statistic: Statistic = _one_of("statistic", get_args(Statistic), "sum")
    group, value = request.args.get("group"), request.args.get("value")
    value = None if value == "count" else value
    office = current_person().account is not None
    figures = aggregate(
        store, layer, view,
        by=by, group=group, value=value, statistic=statistic, office=office,
    )  # fmt: skip
    asked = {"by": by, "group": group, "value": value, "statistic": statistic if value else None}

    def answer() -> Response:
        if chosen == "csv":
            return _table(layer, figures)
        if chosen == "geojson":
            return _features(store, by, figures)
        document = _document(layer, view, asked, figures)
        if chosen == "html":
            found = publication_of(layer, view)
            return page(
                "aggregate.html", document=document, layer=layer, figures=figures, asked=asked,
                levels=_levels(found, office=office), publication=found,
            )  # fmt: skip
        return json_response(document)

    form = f"{chosen};{asked_language()};{'office' if office else 'public'}"
    areas = store.layer(AREA_LAYERS[by])
    response = fresh([layer, areas], form, answer)
    if office:
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def openapi_paths(layers: Iterable[tuple[Layer, View]], language: str) -> dict[str, Any]:
    """The operations of all layers of which anything is published, in OpenAPI 3.0."""
    paths: dict[str, Any] = {}
    for layer, view in layers:
        found = publication_of(layer, view)
        if found is None:
            continue
        allowed = {
            "by": list(_levels(found, office=False)),
            "group": [item.field for item in found.groups],
            "value": ["count", *dict.fromkeys(item.field for item in found.values)],
            "statistic": sorted({item.statistic for item in found.values}),
        }
        title = layer.title.get(language)
        paths[f"/collections/{layer.id}/aggregate"] = {
            "get": operation(
                f"{layer.id}_aggregate",
                f"{title}: {WORDS['aggregate'].get(language)}",
                FORMS,
                {"type": "object"},
                parameters=[_parameter(name, names) for name, names in allowed.items() if names],
                tag=title,
            )
        }
    return paths


def _parameter(name: str, allowed: Sequence[str]) -> dict[str, Any]:
    schema = {"type": "string", "enum": list(allowed)}
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _levels(found: Publication | None, *, office: bool) -> list[Level]:
    if found is None:
        return []
    lowest = found.office_level if office and found.office_level else found.level
    return [level for level, digits in LEVELS.items() if digits <= LEVELS[lowest]]


def _one_of(name: str, allowed: Sequence[str], default: str) -> Any:
    given = request.args.get(name, default)
    if given not in allowed:
        shown = ", ".join(allowed)
        raise QueryError(
            "parameter_invalid",
            Text(
                f"พารามิเตอร์ {name} ต้องเป็น {shown}", f"The parameter {name} must be one of {shown}"
            ),
            parameter=name,
        )
    return given


def _shown(figure: Figure) -> str:
    shown = figure.shown
    return shown.get(asked_language()) if isinstance(shown, Text) else str(shown)


def _row(figure: Figure) -> dict[str, Any]:
    language = asked_language()
    row: dict[str, Any] = {
        "code": figure.area,
        "name_th": figure.name.th,
        "name_en": figure.name.en,
        "count": figure.count,
        "shown": _shown(figure),
        "suppressed": figure.count is None,
    }
    if figure.group is not None:
        row["group"] = figure.group or None
        row["group_label"] = figure.group_label.get(language) if figure.group_label else None
    if figure.value is not None:
        row["value"] = figure.value
    if figure.top is not None:
        row["top"] = figure.top.get(language)
    return row


def _document(
    layer: Layer, view: View, asked: dict[str, str | None], figures: Sequence[Figure]
) -> dict[str, Any]:
    others = [form for form in FORMS if form[0] != "json"]
    return {
        "links": [page_link("self", JSON, f="json"), *form_links(others), *tile_links(layer, view)],
        "collection": layer.id,
        "title": layer.title.get(asked_language()),
        **{name: value for name, value in asked.items() if value is not None},
        "areas": [_row(figure) for figure in figures],
    }


def _table(layer: Layer, figures: Sequence[Figure]) -> Response:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(_row(figure) for figure in figures)
    response = Response("\ufeff" + text.getvalue(), content_type=f"{CSV}; charset=utf-8")
    name = f"{layer.id}-aggregate.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _features(store: Store, by: Level, figures: Sequence[Figure]) -> Response:
    """A feature for each area; its shape comes from the engine and is passed on unread."""
    told: dict[str, dict[str, Any]] = {}
    for figure in figures:
        row = _row(figure)
        if figure.group is None:
            told[figure.area] = row
            continue
        kept = {name: row[name] for name in ("code", "name_th", "name_en")}
        area = told.setdefault(figure.area, {**kept, "groups": []})
        names = ("group", "group_label", "count", "shown", "suppressed")
        area["groups"].append({name: row[name] for name in names})
    layer = store.layer(AREA_LAYERS[by])
    query = Query(layer=layer.id, fields=(), limit=None)
    parts = []
    for texts in store.stream(query, public_view(layer)):
        for text in texts:
            head = text[: text.rindex('"properties":')]
            code = json.loads(head[head.index('"id":') + 5 : head.index(',"geometry":')])
            if code in told:
                parts.append(f'{head}"properties":{_json(told.pop(code))}}}')
    for code, row in told.items():
        nowhere = {"type": "Feature", "id": code, "geometry": None, "properties": row}
        parts.append(_json(nowhere))
    body = f'{{"type":"FeatureCollection","features":[{",".join(parts)}]}}'
    return Response(body, content_type=GEOJSON)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
