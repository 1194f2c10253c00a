"""`python -m rehearsal.laboratory.benchmarks`: measure, print a table, write `results.json`."""

from rehearsal.laboratory.benchmarks.cli import main

if __name__ == "__main__":
    main()
