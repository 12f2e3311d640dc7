"""Named parameters with a default and a range: what a province may change, and how far."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.crs import Floats
from geo.errors import ParameterError
from geo.text import Text

__all__ = ["Parameters", "between", "column"]


def between(default: float, low: float, high: float) -> Any:
    """A number of a frozen dataclass with its default and inclusive range."""
    return field(default=default, metadata={"low": low, "high": high})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Base of the parameter sets; refuses a value outside its range (nan too).

    Raises ParameterError ``parameter_out_of_range``.
    """

    def __post_init__(self) -> None:
        for item in fields(self):
            if "low" not in item.metadata:
                continue
            value, low, high = getattr(self, item.name), item.metadata["low"], item.metadata["high"]
            if not low <= value <= high:
                raise ParameterError(
                    "parameter_out_of_range",
                    Text(
                        "พารามิเตอร์ {name} = {value} ต้องอยู่ระหว่าง {low} ถึง {high}",
                        "Parameter {name} = {value} must be {low} to {high}",
                    ).format(name=item.name, value=value, low=low, high=high),
                    name=item.name,
                    value=value,
                )


def column(values: ArrayLike | None, n: int, default: float = np.nan) -> Floats:
    """``values`` as n floats; what is missing or no number takes the default.

    >>> column([1, None, "deep"], 3, 2.0)
    array([1., 2., 2.])
    """
    given = np.atleast_1d(np.asarray(values, dtype=object))
    if given.dtype == object:
        given = pd.to_numeric(pd.Series(given), errors="coerce").to_numpy(dtype=float)
    return np.asarray(np.where(np.isnan(given), default, given) * np.ones(n))
