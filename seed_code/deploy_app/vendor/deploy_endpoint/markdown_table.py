"""Tables in Markdown that also read well as text."""

from collections.abc import Collection, Iterable, Sequence


def lay_out(rows: Sequence[Sequence[str]], *, right: Collection[int] = ()) -> str:
    """Align the columns of a table whose first row is its head.

    Args:
        rows: of equal length.
        right: the columns that are aligned to the right, from 0.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        _line(
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]
    rule = _line(
        "-" * (width - 1) + (":" if column in right else "-") for column, width in enumerate(widths)
    )
    return "\n".join([lines[0], rule, *lines[1:]])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
