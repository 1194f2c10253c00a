"""Tables that read well as text."""

from deploy_endpoint.markdown_table import lay_out


def test_columns_are_aligned_to_their_side() -> None:
    rows = [("stage", "cost"), ("dev", "0.00"), ("production", "1,234.50")]
    assert lay_out(rows, right=(1,)).splitlines() == [
        "| stage      |     cost |",
        "| ---------- | -------: |",
        "| dev        |     0.00 |",
        "| production | 1,234.50 |",
    ]
