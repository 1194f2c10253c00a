"""What stops a page: one sentence with its cause and its remedy."""


class NoPageError(Exception):
    """There is no such page; the message says what there is instead."""
