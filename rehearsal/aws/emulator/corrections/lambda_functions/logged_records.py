"""What a function logs at its level reaches its log, in the form of the python runtime.

MiniStack runs a function in a bare interpreter, whose last resort drops everything below WARNING.
Lambda's runtime has put a handler on the root logger before the function's module is imported; the
level stays WARNING until the function sets another.
Source: Lambda developer guide, "Log and monitor Python Lambda functions"; the form is that of
`awslambdaric` (text, not JSON).
"""

from __future__ import annotations

from typing import Any

from ministack.core import lambda_runtime

from rehearsal.aws.emulator.wrapping import wrap

_INVOKE = "            result = handler_fn(event, context)\n"
_TELL_REQUEST = "            _lambda_request.id = context.aws_request_id\n"
# Runs in the function's process: standard error is what becomes its log.
_HANDLER = """
import logging as _logging, sys as _sys, time as _time

class _LambdaRequest(_logging.Filter):
    id = ""

    def filter(self, record):
        record.aws_request_id = self.id
        return True

_lambda_request = _LambdaRequest()
_lambda_form = _logging.Formatter(
    "[%(levelname)s]\\t%(asctime)s.%(msecs)dZ\\t%(aws_request_id)s\\t%(message)s",
    "%Y-%m-%dT%H:%M:%S",
)
_lambda_form.converter = _time.gmtime
_lambda_handler = _logging.StreamHandler(_sys.stderr)
_lambda_handler.setFormatter(_lambda_form)
_lambda_handler.addFilter(_lambda_request)
_logging.getLogger().addHandler(_lambda_handler)
"""


def apply() -> None:
    """Begin each function's process with the handler, and tell it of each request."""
    wrap(_with_handler, "_detect_runtime_binary", lambda_runtime)


def _with_handler(detect: Any, runtime: str) -> tuple[str, str]:
    binary, script = detect(runtime)
    if _INVOKE not in script:
        raise LookupError("MiniStack's worker calls the handler otherwise; adapt this correction.")
    return binary, _HANDLER + script.replace(_INVOKE, _TELL_REQUEST + _INVOKE)
