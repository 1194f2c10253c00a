"""Errors end in one sentence and a non-zero exit."""


class SupplyChainError(Exception):
    """Something about packages is not as it must be; the message names it and the remedy."""
