"""The analyses: each registered once, with inputs, outputs, labels and the layers it reads.

The command line, OGC API Processes, the map and the tests all go through :func:`execute`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.text import Text
from layers.errors import NotFound
from layers.processes.aid_gap import AID_GAP
from layers.processes.deadline_board import DEADLINE_BOARD
from layers.processes.debtor_classes import DEBTOR_CLASSES_PROCESS
from layers.processes.delivery_zone import DELIVERY_ZONE
from layers.processes.fund_check import FUND_CHECK
from layers.processes.handover_pack import HANDOVER_PACK
from layers.processes.lm_comparison import LM_COMPARISON
from layers.processes.model import Input, Output, Process, Reader, Result
from layers.processes.nearest_facility import NEAREST_FACILITY
from layers.processes.pin_check import PIN_CHECK
from layers.processes.plot_layout import PLOT_LAYOUT
from layers.processes.plot_life import PLOT_LIFE
from layers.processes.pond_check import POND_CHECK
from layers.processes.poverty_tiers import POVERTY_TIERS
from layers.processes.relief_calculator import RELIEF_CALCULATOR
from layers.processes.road_check import ROAD_CHECK
from layers.processes.service_coverage import SERVICE_COVERAGE
from layers.processes.site_screening import SITE_SCREENING
from layers.processes.target_selection import TARGET_SELECTION
from layers.processes.tour_route import TOUR_ROUTE
from layers.processes.visit_rounds import VISIT_ROUNDS

__all__ = ["PROCESSES", "Input", "Output", "Process", "Reader", "Result", "execute", "process"]

PROCESSES: Mapping[str, Process] = {
    item.id: item
    for item in (
        POND_CHECK,
        PLOT_LAYOUT,
        SITE_SCREENING,
        PLOT_LIFE,
        POVERTY_TIERS,
        TARGET_SELECTION,
        AID_GAP,
        DEBTOR_CLASSES_PROCESS,
        RELIEF_CALCULATOR,
        PIN_CHECK,
        HANDOVER_PACK,
        LM_COMPARISON,
        FUND_CHECK,
        DEADLINE_BOARD,
        NEAREST_FACILITY,
        SERVICE_COVERAGE,
        DELIVERY_ZONE,
        ROAD_CHECK,
        VISIT_ROUNDS,
        TOUR_ROUTE,
    )
}


def process(process_id: str) -> Process:
    """The registered process; NotFound if there is none of that id."""
    try:
        return PROCESSES[process_id]
    except KeyError:
        raise NotFound(
            "process_unknown",
            Text(
                f"ไม่มีการวิเคราะห์ชื่อ {process_id} (มี {', '.join(PROCESSES)})",
                f"There is no process {process_id} (there are {', '.join(PROCESSES)})",
            ),
            process=process_id,
        ) from None


def execute(process_id: str, inputs: Mapping[str, Any], reader: Reader) -> Result:
    """Check the inputs, fill in defaults, run, and say in the result what decided it.

    Raises NotFound for an unknown process and ParameterError naming the input that is wrong.
    """
    chosen = process(process_id)
    parameters = chosen.check(inputs)
    result = chosen.run(parameters, reader)
    shown = {name: value for name, value in parameters.items() if value is not None}
    result.process, result.parameters = chosen.id, shown
    result.layer_versions = dict(reader.versions)
    return result
