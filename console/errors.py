"""What stops a page: one sentence with its cause and its remedy."""


class NoPageError(Exception):
    """There is no such page; the message says what there is instead."""


class RecordRefusedError(Exception):
    """A record is not sent to an endpoint; the message says why, and what to do."""
