"""The field work of debtors and funds on the command line; no store is open besides it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import sample_data
from api.cli import phumi

DAY = sample_data.REFERENCE.isoformat()


@pytest.mark.parametrize("process", ["fund-check", "handover-pack", "pin-check", "lm-comparison"])
def test_the_command_line_runs_and_names_the_rules(process: str, demo_url: str) -> None:
    words = ["--database", demo_url, "run", process, f"reference={DAY}", "--json"]
    done = CliRunner().invoke(phumi, words)
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert result["rules"] and result["parameters"]["reference"] == DAY
    assert result["features"] or process == "lm-comparison"


def test_an_accepted_pack_is_saved_with_its_keepers(demo_url: str) -> None:
    """HAND-T1 on the command line: one act after the other with --save."""

    def act(*words: str) -> Any:
        args = ["--database", demo_url, "run", "handover-pack", *words, "--json"]
        done = CliRunner().invoke(phumi, args)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout[done.stdout.index("{") :])

    pack = ("handover_id=HO-83-02", f"reference={DAY}")
    items = act(*pack)["summary"]["open_items"]
    named = ",".join(f"{item['contract_id']}:{item['code']}" for item in items)
    before = act("officers=officer-8303")["summary"]["without_keeper"]["8303"]
    assert act(*pack, "act=accept", f"acknowledge={named}", "--save")["summary"]["state"] == (
        "accepted"
    )
    after = act("officers=officer-8303")["summary"]["without_keeper"]["8303"]
    assert after == before + 4


def test_a_bad_row_of_lm_is_named_and_exit_status_is_3(tmp_path: Path, demo_url: str) -> None:
    lm = {"type": "FeatureCollection", "features": [
        {"type": "Feature", "geometry": None, "properties": properties}
        for properties in (
            {"contract_id": "WF83-0001", "outstanding_thb": "ห้าร้อย"},
            {"contract_id": "WF83-0002", "outstanding_thb": 1},
            {"contract_id": "WF83-0002", "outstanding_thb": 2},
        )
    ]}  # fmt: skip
    file = tmp_path / "lm.geojson"
    file.write_text(json.dumps(lm, ensure_ascii=False), encoding="utf-8")
    words = ["--database", demo_url, "run", "lm-comparison", f"lm=@{file}", "--json"]
    done = CliRunner().invoke(phumi, words)
    assert done.exit_code == 3, done.output
    faults = json.loads(done.stdout)["summary"]["findings"]
    assert {(f["row"], f["field"], f["code"]) for f in faults} == {
        (1, "outstanding_thb", "not_a_number"), (3, "contract_id", "duplicate"),
    }  # fmt: skip
