"""Passwords: what may be one, how it is kept, and how a guess is answered."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from geo.text import Text
from layers import audit
from layers.errors import QueryError
from layers.store import Store
from layers.store.sql import Sql

__all__ = ["LENGTH", "check_password", "require_strong", "set_password"]

LENGTH = (12, 128)
"""Letters of a password; length counts, not kinds of letters (ASVS 6.2.1, 6.2.5, 6.2.9)."""

HASHER = PasswordHasher()  # argon2id with the parameters of RFC 9106, low memory


def require_strong(password: str, account: str) -> None:
    """Raise QueryError for a password that is too short, too long, common, or the name itself.

    >>> require_strong("ฝนตกที่เขาพันธุรัตน์", "thalang-1")
    >>> require_strong("password12345", "thalang-1")
    Traceback (most recent call last):
    layers.errors.QueryError: ...
    """
    low, high = LENGTH
    if not low <= len(password) <= high:
        raise _weak(
            f"รหัสผ่านต้องยาว {low}-{high} ตัวอักษร (ได้ {len(password)})",
            f"A password has {low} to {high} characters (this one has {len(password)})",
        )
    if _bare(password) in _common() or account.casefold() in password.casefold():
        raise _weak(
            "รหัสผ่านนี้เดาง่าย (อยู่ในรายการรหัสผ่านที่ใช้กันมาก หรือมีชื่อบัญชี) ใช้วลียาว ๆ แทน",
            "This password is easily guessed (common, or with the account's name); use a phrase",
        )


def set_password(store: Store, account: str, password: str, *, by: str) -> None:
    """Keep a new password's hash and end every session of the account."""
    require_strong(password, account)
    kept = HASHER.hash(password)
    with store.transaction() as session:
        update = "UPDATE phumi.accounts SET password = ? WHERE name = ? AND disabled_at IS NULL"
        session.run(Sql(update, (kept, account)))
        ended = "UPDATE phumi.sessions SET ended_at = now() WHERE account = ? AND ended_at IS NULL"
        session.run(Sql(ended, (account,)))
        audit.append(session, "AUD-GRANT", account=by, object=account, action="password_set")


def check_password(store: Store, account: str, password: str) -> bool:
    """Whether it is the account's password; a name that is not known costs the same work."""
    sql = "SELECT password FROM phumi.accounts WHERE name = ? AND disabled_at IS NULL"
    kept = next((row[0] for row in store.raw(sql, (account,))), None)
    try:
        HASHER.verify(kept or _nobodys(), password[: LENGTH[1]])
    except (VerificationError, InvalidHashError):
        return False
    if kept is None:
        return False
    if HASHER.check_needs_rehash(kept):
        with store.transaction() as session:
            values = (HASHER.hash(password), account)
            session.run(Sql("UPDATE phumi.accounts SET password = ? WHERE name = ?", values))
    return True


@cache
def _nobodys() -> str:
    """A hash that no password is the answer to, for names that are not known."""
    return HASHER.hash("\0 nobody")


@cache
def _common() -> frozenset[str]:
    """The 30,000 most used passwords that zxcvbn (MIT) carries, letters only as they are typed."""
    return frozenset(map(_bare, FREQUENCY_LISTS["passwords"]))


def _bare(password: str) -> str:
    """Small letters without the digits and signs that people append."""
    return password.casefold().rstrip("0123456789!@#$%^&*.-_ ") or password


def _weak(thai: str, english: str) -> QueryError:
    return QueryError("password_weak", Text(thai, english), field="password")
