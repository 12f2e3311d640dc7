"""The command line ``phumi``: one command group, one module per kind of work."""

from __future__ import annotations

import sys
from typing import Any

import click
from rich.console import Console

from api.cli import data, doctor, maps, person, retention, run, serve, users
from api.cli import print as printing
from api.cli.context import Context
from api.problems import exit_code
from api.settings import Settings
from geo.errors import PhumiError

__all__ = ["main", "phumi"]


class Commands(click.Group):
    """Tells errors that a user can act on in the user's language, with the agreed exit status."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a PhumiError becomes a message and an exit status."""
        try:
            return super().invoke(ctx)
        except PhumiError as error:
            language = ctx.params.get("lang") or Settings.from_environment().language
            Console(stderr=True, highlight=False).print(
                f"[bold red]✗[/] {error.text.get(language)}", soft_wrap=True
            )
            sys.exit(exit_code(error))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--database", metavar="URL", help="duckdb:///file or postgresql://... [PHUMI_DATABASE_URL]"
)
@click.option("--lang", type=click.Choice(["th", "en"]), help="Language of messages and labels.")
@click.version_option(package_name="phumi")
@click.pass_context
def phumi(ctx: click.Context, database: str | None, lang: str | None) -> None:
    """Plan and map area-based development: import layers, run analyses, make maps, serve them."""
    ctx.obj = Context(Settings.from_environment(database_url=database, language=lang))
    ctx.call_on_close(ctx.obj.close)


for module in (data, run, maps, printing, serve, doctor, users, person, retention):
    for command in module.COMMANDS:
        phumi.add_command(command)


def main() -> None:
    """The entry point of the program."""
    phumi(prog_name="phumi")


if __name__ == "__main__":
    main()
