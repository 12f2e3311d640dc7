"""How long something takes."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

__all__ = ["Stopwatch", "rates", "stopwatch"]


class Stopwatch:
    """Seconds, once the block that it measures has ended."""

    seconds = 0.0


@contextmanager
def stopwatch() -> Iterator[Stopwatch]:
    """Measure a block."""
    watch = Stopwatch()
    start = time.perf_counter()
    try:
        yield watch
    finally:
        watch.seconds = time.perf_counter() - start


def rates(
    works: Mapping[str, Callable[[Any], object]], arguments: Sequence[Any], rounds: int
) -> dict[str, float]:
    """Calls a second of each work over the same arguments, the median of the rounds.

    The works take turns, so that a slow moment of the machine meets all of them; an extra first
    round warms up and does not count.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            with stopwatch() as watch:
                for argument in arguments:
                    work(argument)
            if number:
                seconds[name].append(watch.seconds)
    return {name: len(arguments) / statistics.median(taken) for name, taken in seconds.items()}
