"""``phumi retention``: what has been kept long enough, and what becomes of it (privacy.md 14.1)."""

from __future__ import annotations

import dataclasses
import datetime as dt

import click

from api.cli.context import Context
from api.secret import workspace_secret
from geo.errors import ParameterError
from geo.text import Text
from layers import retention as rules
from layers.accounts import CONSOLE, today
from layers.retention import ACTIONS, RetentionYears

__all__ = ["COMMANDS"]


@click.command()
@click.option("--apply", "applied", is_flag=True, help="Do it; without, only tell what is due.")
@click.option("--today", "day", type=click.DateTime(["%Y-%m-%d"]), help="The day to judge by.")
@click.option("--keep", multiple=True, metavar="FAMILY=YEARS", help="Keep a family less long.")
@click.pass_obj
def retention(
    context: Context, applied: bool, day: dt.datetime | None, keep: tuple[str, ...]
) -> None:
    """Show which data of persons are over, and with --apply delete or pseudonymise them."""
    years = _years(keep)
    on = day.date() if day else today()
    secret = workspace_secret(context.settings) if applied else b""
    for one in rules.due(context.store, on, years):
        rows = len(one.keys)
        if applied:
            rows = rules.apply(context.store, one, by=CONSOLE, secret=secret)
        title, action = one.rule.title, ACTIONS[one.rule.action]
        context.say(
            Text(
                f"{one.rule.id}: {title.th} {rows:,} รายการ {action.th}"
                f"{'แล้ว' if applied and rows else ''}",
                f"{one.rule.id}: {title.en}, {rows:,} {'done' if applied else 'due'}: {action.en}",
            )
        )


def _years(keep: tuple[str, ...]) -> RetentionYears:
    """The years of the table, some of them shortened."""
    names = {item.name for item in dataclasses.fields(RetentionYears)}
    given = {}
    for text in keep:
        name, _, number = text.partition("=")
        if name not in names or not number.isdecimal():
            listed = ", ".join(sorted(names))
            raise ParameterError(
                "retention_family",
                Text(f"ระบุเป็น กลุ่ม=ปี (กลุ่ม: {listed})", f"Give family=years (families: {listed})"),
            )
        given[name] = int(number)
    return RetentionYears(**given)


COMMANDS = (retention,)
