"""Where the learning forum of a village is held (POV-R47; CDD L1663, L1889, L1917)."""

from __future__ import annotations

import pandas as pd

from layers.poverty.parameters import LearningSiteParameters

__all__ = ["SITE_TYPES", "learning_sites"]

SITE_TYPES = ("sammachip_village", "sep_model_village", "learning_centre", "training_place")


def learning_sites(
    sites: pd.DataFrame, province: str, limits: LearningSiteParameters
) -> tuple[pd.DataFrame, str | None]:
    """The sites that may be used, best first, and the reason when there is none.

    ``sites``: ``site_id``, ``province_code``, ``distance_m``, and optionally ``site_type`` and
    ``fits`` (type and skill). Outside the own province only ``learning_site_regions`` count; the
    source says "nearby" without a distance.

    >>> none = pd.DataFrame({"site_id": [], "province_code": [], "distance_m": []})
    >>> learning_sites(none, "30", LearningSiteParameters())[1]
    'no_site_in_scope'
    """
    own = sites["province_code"] == province
    usable = own | sites["province_code"].isin(limits.learning_site_regions)
    if "site_type" in sites:
        usable &= sites["site_type"].isin(SITE_TYPES)
    if "fits" in sites:
        usable &= sites["fits"].fillna(False).astype(bool)
    found = sites.assign(own_province=own)[usable]
    first = ["own_province"] if limits.learning_site_prefer_same_province else []
    found = found.sort_values(
        [*first, "distance_m", "site_id"], ascending=[*(False for _ in first), True, True]
    )
    return found, None if len(found) else "no_site_in_scope"
