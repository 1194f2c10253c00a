"""``python -m benchmarks``: measure, print a table, write `benchmarks/results.json`."""

from benchmarks.cli import main

if __name__ == "__main__":
    main()
