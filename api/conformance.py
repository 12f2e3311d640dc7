"""The conformance classes that are met; ``tests/ogc`` holds a test for each."""

from __future__ import annotations

from api import tiles

__all__ = ["CONFORMANCE"]

_SPEC = "http://www.opengis.net/spec"
_CLASSES = {
    "ogcapi-common-1/1.0": ("core", "landing-page", "json", "html", "oas30"),
    "ogcapi-common-2/1.0": ("collections",),
    "ogcapi-features-1/1.0": ("core", "geojson", "html", "oas30"),
    "ogcapi-features-2/1.0": ("crs",),
    "ogcapi-features-3/1.0": (
        "queryables",
        "queryables-query-parameters",
        "filter",
        "features-filter",
    ),
    "ogcapi-features-4/1.0": ("create-replace-delete", "update", "optimistic-locking-etags"),
    "ogcapi-features-5/1.0": (
        "schemas",
        "core-roles-features",
        "returnables-and-receivables",
        "queryables",
        "sortables",
    ),
    "ogcapi-features-6/1.0": ("properties", "properties-features"),
    "ogcapi-features-8/1.0": ("sorting", "features-sorting"),
    "cql2/1.0": (
        "cql2-text",
        "cql2-json",
        "basic-cql2",
        "advanced-comparison-operators",
        "case-insensitive-comparison",
        "accent-insensitive-comparison",
        "basic-spatial-functions",
        "basic-spatial-functions-plus",
        "spatial-functions",
        "temporal-functions",
        "array-functions",
        "property-property",
        "arithmetic",
    ),
}

CONFORMANCE = (
    *(f"{_SPEC}/{part}/conf/{name}" for part, names in _CLASSES.items() for name in names),
    *tiles.CONFORMANCE,
)
"""URIs of all classes, in the order of the standards."""
