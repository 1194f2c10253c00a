"""The answer below ``/_rehearsal`` to a body that is not what it must be."""

from pydantic import ValidationError
from starlette.responses import JSONResponse, Response


def refused(error: ValidationError) -> Response:
    """Tell the first problem, and the field that has it."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the body"
    return JSONResponse({"message": f"{where}: {first['msg']}"}, 422)
