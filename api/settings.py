"""Settings from the environment, all with the prefix ``PHUMI_``; each is named in the README."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from geo.errors import ParameterError
from geo.text import Text

__all__ = ["Settings"]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How one installation runs.

    ``access`` says who a caller without a login is: ``public``, or ``owner`` for the person at
    this machine; the latter is refused on any address that other machines can reach.
    """

    database_url: str = "duckdb:///workspace/phumi.duckdb"
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    threads: int = 4
    proxies: int = 0
    language: str = "th"
    access: str = "public"
    page_limit: int = 10
    page_limit_max: int = 10_000
    download_limit_max: int = 1_000_000
    body_limit_mb: int = 20
    process_features_max: int = 100_000
    elevation: str = ""
    road_cache: str = ""
    tile_cache_mb: int = 64
    tile_layers_max: int = 60
    session_idle_minutes: int = 60
    session_hours: int = 12
    requests_per_minute: int = 1_200
    secret: str = ""
    secret_file: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = ""

    LIMITS: ClassVar = {
        "port": (1, 65_535),
        "workers": (1, 64),
        "threads": (1, 64),
        "proxies": (0, 10),
        "page_limit": (1, 10_000),
        "page_limit_max": (1, 100_000),
        "download_limit_max": (1, 100_000_000),
        "body_limit_mb": (1, 1_000),
        "process_features_max": (1, 10_000_000),
        "tile_cache_mb": (0, 100_000),
        "tile_layers_max": (1, 1_000),
        "session_idle_minutes": (5, 480),
        "session_hours": (1, 24),
        "requests_per_minute": (0, 1_000_000),
    }
    CHOICES: ClassVar = {"language": ("th", "en"), "access": ("public", "owner")}

    def __post_init__(self) -> None:
        for name, (low, high) in self.LIMITS.items():
            if not low <= getattr(self, name) <= high:
                raise _wrong(name, getattr(self, name), f"{low} - {high}")
        for name, allowed in self.CHOICES.items():
            if getattr(self, name) not in allowed:
                raise _wrong(name, getattr(self, name), " / ".join(allowed))
        if self.access == "owner" and self.host not in LOOPBACK:
            raise _wrong("access", "owner", "public (host " + self.host + ")")

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, **given: Any
    ) -> Settings:
        """Read ``PHUMI_*``; what is ``given`` and not None goes before it."""
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for item in fields(cls):
            text = environment.get(f"PHUMI_{item.name.upper()}")
            if text is None:
                continue
            if item.type == "int":
                try:
                    values[item.name] = int(text)
                except ValueError:
                    raise _wrong(item.name, text, "1, 2, 3 ...") from None
            else:
                values[item.name] = text
        values.update({name: value for name, value in given.items() if value is not None})
        return cls(**values)


def _wrong(name: str, value: object, allowed: str) -> ParameterError:
    variable = f"PHUMI_{name.upper()}"
    return ParameterError(
        "setting_invalid",
        Text(
            f"ค่าตั้ง {variable} = {value} ใช้ไม่ได้ (ใช้ได้: {allowed})",
            f"Setting {variable} = {value} cannot be used (allowed: {allowed})",
        ),
        setting=variable,
    )
