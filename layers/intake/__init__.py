"""How files become rows: read, matched to a layer, checked whole, reported (IMP-R1 to R5).

Nothing here touches the store: :func:`prepare` gives clean rows and a report, and the caller
writes them or does not.
"""

from __future__ import annotations

from layers.intake.prepare import Intake, Progress, prepare
from layers.intake.readers import FORMATS, read_file
from layers.intake.report import Finding, Report

__all__ = ["FORMATS", "Finding", "Intake", "Progress", "Report", "prepare", "read_file"]
