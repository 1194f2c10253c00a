"""Names that CloudFormation makes up differ from region to region, as its random ones do.

MiniStack's end in a digest of the stack's name and the logical id alone, so that the same stack in
a second region takes over what IAM, which knows no regions, has of the first.
Source: CloudFormation user guide, "Name type" ("a unique physical ID").
"""

from __future__ import annotations

import hashlib
from typing import Any

from ministack.core.responses import get_region
from ministack.services.cloudformation import provisioners

from rehearsal.aws.emulator.wrapping import wrap

_SUFFIX = 13


def apply() -> None:
    """Let the digest tell the region too."""
    wrap(_physical_name, "_physical_name", provisioners)


def _physical_name(original: Any, stack_name: str, logical_id: str, **how: Any) -> str:
    name = str(original(stack_name, logical_id, **how))
    digest = hashlib.sha256(f"{get_region()}:{name}".encode()).hexdigest()[:_SUFFIX]
    return name[:-_SUFFIX] + (digest if how.get("lowercase") else digest.upper())
