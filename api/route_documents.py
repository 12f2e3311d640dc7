"""Planned routes in other forms than GeoJSON: GPX for devices, a day sheet for paper."""

from __future__ import annotations

from layers.processes import Result, process
from layers.route_gpx import route_gpx
from webmap.day_sheet import day_sheet

__all__ = ["ROUTE_FORMS", "ROUTE_PROCESSES", "route_document"]

ROUTE_PROCESSES = ("tour-route", "visit-rounds")
ROUTE_FORMS = {"gpx": "application/gpx+xml", "html": "text/html; charset=utf-8"}


def route_document(result: Result, form: str, language: str) -> str | None:
    """The result of an analysis of routes as gpx or html; None where it has no such form."""
    if result.process not in ROUTE_PROCESSES or form not in ROUTE_FORMS or result.features is None:
        return None
    title = process(result.process).title
    if form == "gpx":
        return route_gpx(result.features, title, language)
    return day_sheet(result.features, result.summary, title, language)
