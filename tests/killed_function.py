"""The end of a function's process amid its work, where tests have no process to kill."""


class FunctionKilled(BaseException):
    """The process that asked is gone: nothing after the request happens in it."""
