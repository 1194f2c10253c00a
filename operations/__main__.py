"""``python -m operations redrive``: send events again that never reached GitHub."""

from operations.cli import main

if __name__ == "__main__":
    main()
