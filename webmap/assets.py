"""Scripts, styles and fonts of a page, put into it so that it needs no network."""

from __future__ import annotations

import base64
import mimetypes
import re
from functools import cache
from pathlib import Path

from branca.element import Element, Figure

__all__ = ["NODE_MODULES", "available", "inline", "own"]

NODE_MODULES = Path(__file__).resolve().parent.parent / "node_modules"
STATIC = Path(__file__).resolve().parent / "static"

SCRIPTS = ("leaflet/dist/leaflet.js", "leaflet.fullscreen/Control.FullScreen.js")
SHEETS = ("leaflet/dist/leaflet.css", "leaflet.fullscreen/Control.FullScreen.css")
FONTS = tuple(
    f"@fontsource/sarabun/{script}-{weight}.css"
    for script in ("thai", "latin")
    for weight in (400, 600)
)
OWN_SCRIPTS = ("overlay.js", "labels.js", "panel.js")
OWN_SHEETS = ("map.css",)

URL = re.compile(r"""url\((?!["']?(?:data:|\#))["']?([^)"']+)["']?\)""")
OLDER_FONT = re.compile(r",\s*url\([^)]+\.woff\) format\('woff'\)")


def available(node_modules: Path = NODE_MODULES) -> bool:
    """Is every front-end package there (``npm ci`` has run)?"""
    files = (*SCRIPTS, *SHEETS, *FONTS)
    return all((node_modules / path).is_file() for path in files)


def own(figure: Figure) -> None:
    """Put phumi's own scripts and styles into the head of a page."""
    for name in OWN_SHEETS:
        _style(figure, name, _sheet(STATIC / name))
    for name in OWN_SCRIPTS:
        _script(figure, name, _script_text(STATIC / name))


def inline(figure: Figure, node_modules: Path = NODE_MODULES) -> None:
    """Put Leaflet, its full-screen control and the Thai font into the head of a page."""
    for path in (*SHEETS, *FONTS):
        _style(figure, path, _sheet(node_modules / path))
    for path in SCRIPTS:
        _script(figure, path, _script_text(node_modules / path))


def _style(figure: Figure, name: str, text: str) -> None:
    figure.header.add_child(_Literal(f"<style>{text}</style>"), name=name)


def _script(figure: Figure, name: str, text: str) -> None:
    figure.header.add_child(_Literal(f"<script>{text}</script>"), name=name)


class _Literal(Element):
    # Branca's elements are Jinja templates; the braces of scripts must pass untouched.
    def __init__(self, markup: str) -> None:
        super().__init__()
        self._name = "Literal"
        self.markup = markup

    def render(self, **_: object) -> str:
        return self.markup


@cache
def _script_text(path: Path) -> str:
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"^//# sourceMappingURL=.*$", "", text, flags=re.MULTILINE)
    return text.replace("</script", "<\\/script").strip()


@cache
def _sheet(path: Path) -> str:
    def data(match: re.Match[str]) -> str:
        return f"url({_data_url(path.parent / match[1])})"

    text = OLDER_FONT.sub("", path.read_text(encoding="utf-8"))
    return URL.sub(data, text).strip()


def _data_url(path: Path) -> str:
    kind = mimetypes.guess_type(path.name)[0] or "font/woff2"
    return f"data:{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"
