"""What the tables of results have in common: columns of numbers, and how an aim is told."""

from rich.table import Column


def number_columns(*headings: str) -> list[Column]:
    """Columns whose numbers stand below each other."""
    return [Column(heading, justify="right") for heading in headings]


def told_aim(text: str, *, met: bool) -> str:
    """An aim, and whether it was met; red if not."""
    return f"[green]{text}: met[/]" if met else f"[red]{text}: missed[/]"
