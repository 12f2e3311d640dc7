"""``python -m sample_data [DIRECTORY] [--seed N]``: write the files of the demo again."""

from __future__ import annotations

from pathlib import Path

import click

from sample_data import FILES, SEED, build


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path), default=FILES)
@click.option("--seed", default=SEED, show_default=True, help="Where the chance begins.")
def main(directory: Path, seed: int) -> None:
    """Write the demo province into DIRECTORY (default: the files of this package)."""
    for path in build(directory, seed):
        click.echo(f"{path.stat().st_size:>9,}  {path.name}")


if __name__ == "__main__":
    main()
