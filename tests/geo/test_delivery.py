"""The 10 km rule and its circles."""

from __future__ import annotations

import numpy as np
import pytest
from pyproj import Transformer
from shapely import Point, transform

from geo.crs import geodesic_area
from geo.delivery import DeliveryParameters, circles, is_local
from geo.errors import ParameterError

HUB = np.array([[102.79, 14.63]])


@pytest.mark.parametrize(
    ("metres", "local"),
    [(9_999, True), (10_000.04, True), (10_000.49, True), (10_000.5, False), (10_001, False)],
)
def test_the_distance_is_rounded_to_a_metre_before_it_is_compared(
    metres: float, local: bool
) -> None:
    """TOUR-R110, R113; the limit itself is inside."""
    assert is_local([metres]).tolist() == [local]


def test_the_limit_can_be_outside_and_an_unknown_distance_stays_unknown() -> None:
    strict = DeliveryParameters(inclusive=False)
    assert is_local([9_999.4, 9_999.6, np.nan], strict).tolist() == [True, False, None]
    with pytest.raises(ParameterError):
        DeliveryParameters(radius_m=0)


def test_a_zone_holds_the_area_of_its_circle_and_not_that_of_web_mercator() -> None:
    """TOUR-T98: at least 313.6 km2 of 314.16; a Web-Mercator buffer has about 294."""
    (zone,) = circles(HUB, 10_000)
    area = geodesic_area([zone])[0] / 1e6
    assert 313.6 <= area <= 314.16
    assert zone.exterior.is_ccw
    to_web = Transformer.from_crs(4326, 3857, always_xy=True)
    web = Point(to_web.transform(*HUB[0])).buffer(10_000, quad_segs=45)
    back = transform(web, lambda xy: np.column_stack(to_web.transform(*xy.T, direction="INVERSE")))
    assert geodesic_area([back])[0] / 1e6 == pytest.approx(294, abs=2)
