"""What the benchmark cannot measure."""


class BenchmarkError(Exception):
    """One sentence: what failed and where to look."""
