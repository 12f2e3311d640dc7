"""``phumi user``: accounts, grants and tokens, by whoever sits at the machine."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from api.accounts import tokens
from api.cli.context import Context
from api.settings import Settings
from geo.text import Text
from layers import accounts
from layers.accounts import CONSOLE
from layers.privacy import PERMISSIONS, ROLES
from layers.store import Store

__all__ = ["COMMANDS", "first_administrator"]

FIRST = "admin"
YEAR = 365


@click.group()
def user() -> None:
    """Accounts: who may log in, with which role in which area, until when."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role for role in ROLES if role != "public"]))
@click.option("--area", default="", help="Code of the area: 2, 4, 6 or 8 digits; none: everywhere.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day (YYYY-MM-DD).")
@click.option("--oidc", metavar="ISSUER|SUBJECT", help="Login through the OpenID provider.")
@click.pass_obj
def add(
    context: Context,
    name: str,
    role: str | None,
    area: str,
    until: dt.datetime | None,
    oidc: str | None,
) -> None:
    """Make the account NAME and print a one-time link to set its password."""
    accounts.add_account(context.store, name, by=CONSOLE, subject=oidc)
    if role is not None:
        _grant(context, name, role, area, until)
    if oidc is None:
        _invite(context, name)


@user.command()
@click.argument("name")
@click.argument("role", type=click.Choice([*(r for r in ROLES if r != "public"), *PERMISSIONS]))
@click.option("--area", default="", help="Code of the area: 2, 4, 6 or 8 digits; none: everywhere.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Last day (YYYY-MM-DD).")
@click.option("--end", is_flag=True, help="Take it away instead.")
@click.pass_obj
def role(
    context: Context, name: str, role: str, area: str, until: dt.datetime | None, *, end: bool
) -> None:
    """Give the account NAME a ROLE or permission in an area, or take it away."""
    if not end:
        _grant(context, name, role, area, until)
        return
    held = [
        one
        for one in accounts.grants(context.store, name)
        if (one.name, one.prefix) == (role, area) and one.ended_by is None
    ]
    for one in held:
        accounts.end_grant(context.store, one.id, by=CONSOLE)
    context.say(Text(f"ยกเลิกสิทธิ {len(held)} รายการ", f"{len(held)} grants taken away"))


@user.command()
@click.argument("name")
@click.option("--for", "purpose", default="program", help="What the token is for.")
@click.option("--scope", multiple=True, type=click.Choice(list(tokens.SCOPES)), default=["read"])
@click.option("--days", type=int, help="How long it works.")
@click.option("--qr", type=click.Path(path_type=Path), help="Write a QR code (SVG) for a device.")
@click.option("--address", default="http://127.0.0.1:8000", help="Where the server is reached.")
@click.option("--revoke", metavar="ID", help="Close the token with this id instead.")
@click.pass_obj
def token(
    context: Context,
    name: str,
    purpose: str,
    scope: tuple[str, ...],
    days: int | None,
    qr: Path | None,
    address: str,
    revoke: str | None,
) -> None:
    """Make a token of the account NAME and show it, this once."""
    if revoke is not None:
        tokens.revoke(context.store, revoke, by=CONSOLE)
        context.say(Text("ยกเลิกโทเค็นแล้ว", "The token is closed"))
        return
    kind: tokens.Kind = "program" if qr is None else "device"
    secret = tokens.issue(
        context.store, name, kind=kind, name=purpose, scope=scope, days=days, by=CONSOLE
    )
    if qr is not None:
        qr.write_text(tokens.qr_svg(f"{address}/field#token={secret}"), encoding="utf-8")
        context.say(Text(f"QR: {qr}", f"QR code: {qr}"))
    context.say(Text(f"โทเค็น (แสดงครั้งเดียว): {secret}", f"Token (shown once): {secret}"))


@user.command()
@click.argument("name")
@click.pass_obj
def disable(context: Context, name: str) -> None:
    """Close the account NAME with its sessions and tokens."""
    accounts.disable(context.store, name, by=CONSOLE)
    context.say(Text(f"ปิดบัญชี {name} แล้ว", f"Account {name} is closed"))


@user.command()
@click.argument("name")
@click.pass_obj
def invite(context: Context, name: str) -> None:
    """Print a one-time link to set a new password for the account NAME."""
    accounts.find_account(context.store, name)
    _invite(context, name)


@user.command()
@click.argument("former")
@click.argument("successor")
@click.option("--area", default="", help="Only grants within this area.")
@click.pass_obj
def handover(context: Context, former: str, successor: str, area: str) -> None:
    """Give the areas of FORMER to SUCCESSOR; FORMER keeps them seven days longer."""
    number = accounts.hand_over(context.store, former, successor, by=CONSOLE, prefix=area)
    context.say(Text(f"ส่งมอบ {number} สิทธิ", f"{number} grants handed over"))


@user.command("list")
@click.pass_obj
def listing(context: Context) -> None:
    """All accounts with their grants."""
    language, day = context.settings.language, accounts.today()
    known = accounts.grants(context.store)
    for one in accounts.accounts(context.store):
        closed = Text(" (ปิดแล้ว)", " (closed)").get(language) if one.disabled_at else ""
        context.out.print(f"{one.name}{closed}", markup=False)
        for grant in (g for g in known if g.account == one.name and g.ended_by is None):
            mark = "✓" if grant.holds_on(day) else "–"
            area = grant.prefix or Text("ทั้งประเทศ", "the whole country").get(language)
            line = f"  {mark} {grant.label.get(language)} · {area} · {grant.valid_to}"
            context.out.print(line, markup=False, soft_wrap=True)


def first_administrator(store: Store, settings: Settings) -> str | None:
    """Make the first administrator of a workspace that has no account; the one-time link.

    None where there are accounts already. There is no password that a stranger could know.
    """
    if accounts.accounts(store):
        return None
    accounts.add_account(store, FIRST, by=CONSOLE)
    until = accounts.today() + dt.timedelta(days=YEAR)
    accounts.grant(store, FIRST, "admin", prefix="", valid_to=until, by=CONSOLE)
    accounts.grant(store, FIRST, "audit_read", prefix="", valid_to=until, by=CONSOLE)
    return _link(store, FIRST, settings)


def _grant(context: Context, name: str, role: str, area: str, until: dt.datetime | None) -> None:
    last = until.date() if until else accounts.today() + dt.timedelta(days=YEAR)
    accounts.grant(context.store, name, role, prefix=area, valid_to=last, by=CONSOLE)
    context.say(
        Text(
            f"{name}: {role} {area or 'ทั้งประเทศ'} ถึง {last}",
            f"{name}: {role} in {area or 'the whole country'} until {last}",
        )
    )


def _invite(context: Context, name: str) -> None:
    link = _link(context.store, name, context.settings)
    context.say(
        Text(
            f"ลิงก์ตั้งรหัสผ่านของ {name} (ใช้ครั้งเดียวใน 3 วัน): {link}",
            f"Link to set the password of {name} (once, within 3 days): {link}",
        )
    )


def _link(store: Store, name: str, settings: Settings) -> str:
    secret = tokens.issue(store, name, kind="invitation", name="password", by=CONSOLE)
    return f"http://{settings.host}:{settings.port}/welcome/{secret}"


COMMANDS = (user,)
