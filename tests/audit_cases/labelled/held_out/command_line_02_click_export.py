import csv
import json

import click


@click.command()
@click.argument("source", type=click.File("r"))
@click.argument("target", type=click.Path(writable=True))
@click.option("--delimiter", default=",")
def export(source, target, delimiter):
    """Writes a JSON list as CSV."""
    rows = json.load(source)
    with open(target, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    click.echo(f"{len(rows)} rows")


if __name__ == "__main__":
    export()
