"""Poverty targeting on the command line: exit status and what is said."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from api.cli import phumi


def test_a_file_with_a_bad_row_is_judged_in_part(store_url: str, tmp_path: Path) -> None:
    """Exit status 3, the row named, the others judged."""
    rows = [
        {"household_id": "a", "area_code": "83010101", "income_pcpy_bmn": "๑๒,๐๐๐",
         "flag_welfare_only": "ไม่"},
        {"household_id": "b", "area_code": "83010101", "income_pcpy_bmn": -1},
    ]  # fmt: skip
    features = [{"type": "Feature", "properties": row, "geometry": None} for row in rows]
    path = tmp_path / "households.geojson"
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8"
    )
    words = ["--database", store_url, "--lang", "en", "run", "poverty-tiers"]
    result = CliRunner().invoke(phumi, [*words, f"households=@{path}", "--json"])
    assert result.exit_code == 3
    found = json.loads(result.stdout)
    assert [feature["properties"]["tier"] for feature in found["features"]] == ["2", None]
    assert found["summary"]["findings"]["listed"][0]["row"] == 2
    shown = CliRunner().invoke(phumi, [*words, f"households=@{path}"])
    assert shown.exit_code == 3
    assert "POV-E-NEGATIVE" in shown.stdout and "CDD L1604" in shown.stdout
