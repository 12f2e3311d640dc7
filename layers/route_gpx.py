"""A planned route as GPX 1.1, for navigation devices and phone maps."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import gpxpy.gpx
import pandas as pd

from geo.text import Text

__all__ = ["route_gpx"]


def route_gpx(plan: gpd.GeoDataFrame, title: Text, language: str = "th") -> str:
    """GPX text: a route of numbered stops and a track along the roads for each team and day.

    ``plan`` has the columns of :mod:`layers.processes.routing.route_rows`, in EPSG:4326. Where
    rows hold no names (people), stops are called by their ids.
    """
    document = gpxpy.gpx.GPX()
    document.creator = "phumi"
    document.name = title.get(language)
    shown = plan[plan["part"] != "left_out"]
    for (team, day), rows in shown.groupby(["team", "day"], dropna=False, sort=False):
        name = f"{document.name} {'' if pd.isna(team) else f'{team} '}{day}"
        document.routes.append(_route(rows[rows["part"] == "stop"], name, language))
        document.tracks.append(_track(rows[rows["part"] == "leg"], name))
    text: str = document.to_xml(version="1.1")
    return text


def _route(stops: gpd.GeoDataFrame, name: str, language: str) -> gpxpy.gpx.GPXRoute:
    route = gpxpy.gpx.GPXRoute(name=name)
    for stop in stops.to_dict("records"):
        point = stop["geometry"]
        number = "" if pd.isna(stop["seq"]) else f"{stop['seq']} "
        route.points.append(
            gpxpy.gpx.GPXRoutePoint(
                latitude=round(point.y, 6),
                longitude=round(point.x, 6),
                name=f"{number}{_called(stop, language)}",
                comment=f"{stop['arrive']} - {stop['leave'] or ''}",
            )
        )
    return route


def _track(legs: gpd.GeoDataFrame, name: str) -> gpxpy.gpx.GPXTrack:
    track = gpxpy.gpx.GPXTrack(name=name)
    for line in legs.geometry:
        points = [
            gpxpy.gpx.GPXTrackPoint(latitude=round(lat, 6), longitude=round(lon, 6))
            for lon, lat in line.coords
        ]
        track.segments.append(gpxpy.gpx.GPXTrackSegment(points))
    return track


def _called(stop: dict[Any, Any], language: str) -> str:
    first, second = ("name_en", "name_th") if language == "en" else ("name_th", "name_en")
    told = (stop[name] for name in (first, second, "id"))
    return next((name for name in told if isinstance(name, str) and name), "")
