"""The way of one plot through the procedure: where it stands, and the next step, by the caller."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Blueprint, Response, redirect, request, url_for

from api.access import bare_store, current_person, current_store, require_account, view_of
from api.documents import DOCUMENT, chosen_format, json_response
from api.language import asked_language
from api.links import JSON
from api.operations import PROBLEM, content, operation
from api.parameters import takes
from api.plot_life_page import life_page
from api.process_pages import FORM
from api.processes import input_schema
from api.writing import matched_version
from api.writing_operations import IF_MATCH, KEY
from geo.errors import ParameterError, PhumiError
from geo.text import Text
from layers.editing import expect, find
from layers.errors import AccessDenied
from layers.plot_life import RECORDERS, ROLES
from layers.plots import PLOTS
from layers.privacy import THAI_TIME, Person, may
from layers.processes import Reader, Result, execute, process
from layers.processes.stored_plots import stored_plots
from layers.query import Query

__all__ = ["blueprint", "life_paths"]

blueprint = Blueprint("plot_life", __name__)

AT = "/collections/plots/items/<plot_id>/life"


class Standing(NamedTuple):
    """One plot as it stands: its record, what the process tells of it, its row version."""

    record: Mapping[str, Any]
    result: Result
    version: int

    @property
    def document(self) -> dict[str, Any]:
        """Status, what may follow, checklist, what is late or missing."""
        (feature,) = self.result.to_geojson()["features"]
        summary = self.result.summary
        told = {name: summary.get(name) for name in ("today", "checklist", "risks", "late")}
        known = {
            "rules": list(self.result.rules),
            "layerVersions": self.result.layer_versions,
        }
        return {**feature["properties"], **told, **known}


@blueprint.get(AT)
@takes("today")
def life(plot_id: str) -> Response:
    """Where one plot stands: status, what may follow, checklist, what is late or missing."""
    chosen = chosen_format(DOCUMENT)
    asked = {"today": request.args["today"]} if "today" in request.args else {}
    return (
        _page(_standing(plot_id, asked)) if chosen == "html" else _told(_standing(plot_id, asked))
    )


@blueprint.post(AT)
@takes()
def step(plot_id: str) -> Response:
    """Take one step with a plot (the inputs of the process ``plot-life``) and keep it.

    It is judged on the state that If-Match names, or the form was made of, and kept only if that
    is still there: of two steps at once one is refused.
    """
    person = require_account()
    if request.mimetype == FORM:
        return _stepped_form(person, plot_id)
    inputs = _body()
    _check_right(person, _record(plot_id), inputs.get("role"))
    version = matched_version(person, PLOTS, plot_id)
    if version is None:
        version = find(bare_store(), person, PLOTS, plot_id).version
    result = _take(person, plot_id, inputs, version)
    return _told(Standing({}, result, _version(plot_id)))


def _stepped_form(person: Person, plot_id: str) -> Response:
    sent = {name: text.strip() for name, text in request.form.items() if text.strip()}
    names = {item.name for item in process("plot-life").inputs}
    inputs = {name: text for name, text in sent.items() if name in names}
    seen = sent.get("version", "")
    try:
        _check_right(person, _record(plot_id), inputs.get("role"))
        _take(person, plot_id, inputs, int(seen) if seen.isdecimal() else -1)
    except PhumiError as fault:
        return _page(_standing(plot_id, {}), fault)
    language = {"lang": request.args["lang"]} if "lang" in request.args else {}
    address = url_for("plot_life.life", plot_id=plot_id, f="html", **language)
    return redirect(address, 303)  # type: ignore[return-value]


def _take(person: Person, plot_id: str, inputs: Mapping[str, Any], version: int) -> Result:
    who = {} if person.owner else {"who": person.account}
    result = execute("plot-life", {**inputs, **who, "plot_id": plot_id}, _reader())
    for layer_id, rows in result.updates.items():
        current_store().write(
            layer_id,
            rows,
            mode="upsert",
            author=str(person.account),
            source="plot-life",
            before=expect(PLOTS, {plot_id: version}),
        )
    return result


def _standing(plot_id: str, asked: Mapping[str, Any]) -> Standing:
    record = _record(plot_id)
    version = _version(plot_id)  # before the rest is read: a step on older ground is refused
    return Standing(record, execute("plot-life", {"plot_id": plot_id, **asked}, _reader()), version)


def _record(plot_id: str) -> dict[str, Any]:
    (record,) = stored_plots(_reader(), plot_id, needed=("plot_id", "status")).to_dict("records")
    return {str(name): value for name, value in record.items()}


def _version(plot_id: str) -> int:
    query = Query(layer=PLOTS.id, fields=(PLOTS.key,), geometry=False)
    return bare_store().feature(plot_id, query, view_of(PLOTS)).version


def _told(standing: Standing) -> Response:
    response = json_response(standing.document)
    digest = hashlib.blake2b(response.get_data(), digest_size=8).hexdigest()
    response.headers["ETag"] = f'"v{standing.version}-{digest}"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _page(standing: Standing, fault: PhumiError | None = None) -> Response:
    person = current_person()
    roles = _roles(person, standing.record)
    return life_page(
        standing.document, standing.record, standing.version, roles, _reader(), fault=fault
    )


# --- Rights ---------------------------------------------------------------------------------


def _roles(person: Person, plot: Mapping[str, Any]) -> frozenset[str]:
    """The roles of the procedure that the person records for at this plot."""
    if person.owner:
        return frozenset(ROLES)
    if not may(person, PLOTS, "W", plot):
        return frozenset()
    area, today = str(plot.get("area_code") or ""), dt.datetime.now(THAI_TIME).date()
    held = [g for g in person.grants if area.startswith(g.prefix) and g.holds_on(today)]
    return frozenset().union(*(RECORDERS.get(grant.role, frozenset()) for grant in held))


def _check_right(person: Person, plot: Mapping[str, Any], role: Any) -> None:
    """Raise AccessDenied where the person may not write the plot, or not for this role."""
    if person.owner:
        return
    if not may(person, PLOTS, "W", plot) or (role and role not in _roles(person, plot)):
        raise AccessDenied(
            "write_refused",
            Text(
                "ไม่มีสิทธิ์บันทึกความก้าวหน้าของแปลงนี้ในบทบาทนี้",
                "You may not change the record of this plot in this role",
            ),
        )


def _reader() -> Reader:
    return Reader(current_store(), view_of)


def _body() -> dict[str, Any]:
    """The inputs in the body; other types than JSON would let a strange page send a form."""
    body = request.get_json(silent=True) if request.is_json else None
    if isinstance(body, dict):
        return body
    raise ParameterError(
        "body_invalid",
        Text(
            'เนื้อหาคำขอต้องเป็น JSON (Content-Type: application/json) เช่น {"to": "applied"}',
            'The body must be JSON (Content-Type: application/json), as {"to": "applied"}',
        ),
    )


def life_paths() -> dict[str, Any]:
    """The life of a plot, for the OpenAPI document."""
    chosen = process("plot-life")
    title = chosen.title.get(asked_language())
    taken = [item for item in chosen.inputs if item.name not in ("plot_id", "filter")]
    body = {
        "type": "object",
        "properties": {item.name: input_schema(item) for item in taken},
        "additionalProperties": False,
    }
    today = {"name": "today", "in": "query", "required": False,
             "schema": {"type": "string", "format": "date"}}  # fmt: skip
    free = {"type": "object"}
    board = operation("plot_life", title, DOCUMENT, free, parameters=[KEY, today], tag="plots")
    faults = ("400", "401", "403", "404", "412", "413", "428", "429", "500", "503")
    change = {
        "operationId": "plot_step",
        "summary": title,
        "tags": ["plots"],
        "parameters": [KEY, IF_MATCH],
        "requestBody": {"required": True, "content": content(JSON, body)},
        "responses": {
            "200": {"description": title, "content": content(JSON, free)},
            **dict.fromkeys(faults, PROBLEM),
        },
    }
    return {"/collections/plots/items/{featureId}/life": {"get": board, "post": change}}
