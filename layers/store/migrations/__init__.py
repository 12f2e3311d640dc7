"""Numbered changes of the system tables, the same files for both engines."""

from __future__ import annotations

import re
from importlib import resources
from string import Template

from layers.store.dialect import Dialect

__all__ = ["migrations"]

END = re.compile(r";$", re.MULTILINE)  # the body of a function stands on one line


def migrations(dialect: Dialect) -> list[tuple[int, str, list[str]]]:
    """All migrations in order, as (number, name, statements) in the engine's words."""
    found = []
    for file in resources.files(__name__).iterdir():
        if file.name.endswith(".sql"):
            text = Template(file.read_text(encoding="utf-8")).substitute(
                json=dialect.json_type,
                geometry=dialect.geometry_type,
                postgis="" if dialect.name == "postgis" else "--",
            )
            lines = (line.split("--")[0].rstrip() for line in text.splitlines())
            parts = END.split("\n".join(lines))
            statements = [part.strip() for part in parts if part.strip()]
            found.append((int(file.name[:4]), file.name[5:-4], statements))
    return sorted(found)
