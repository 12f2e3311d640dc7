"""What every command shares: settings, the open store, the way to speak."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.settings import Settings
from geo.text import Text
from layers.store import Store
from layers.workspace import open_workspace

__all__ = ["Advance", "Context"]

Advance = Callable[[float], None]


class Context:
    """One run of the program. The store opens when a command first needs it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.out = Console(highlight=False)
        self.err = Console(stderr=True, highlight=False)

    @cached_property
    def store(self) -> Store:
        """The workspace that the settings name."""
        return open_workspace(self.settings.database_url)

    def say(self, text: Text) -> None:
        """Print a line in the user's language."""
        self.out.print(text.get(self.settings.language), soft_wrap=True, markup=False)

    def warn(self, text: Text) -> None:
        """Print a line about something that did not go as asked."""
        self.err.print(f"! {text.get(self.settings.language)}", soft_wrap=True, markup=False)

    @contextmanager
    def progress(self, text: Text) -> Iterator[Advance]:
        """Show a bar on the terminal while work goes on; call the value with 0.0 to 1.0."""
        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=self.err,
            transient=True,
            disable=not self.err.is_terminal,
        )
        with bar:
            task = bar.add_task(text.get(self.settings.language), total=1.0)
            yield lambda done: bar.update(task, completed=done)

    def close(self) -> None:
        """Let go of the store if it was opened."""
        if "store" in self.__dict__:
            self.store.close()
