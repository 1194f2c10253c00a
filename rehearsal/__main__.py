"""`python -m rehearsal`: see `--help`."""

from rehearsal.conductor.cli import main

if __name__ == "__main__":
    main()
