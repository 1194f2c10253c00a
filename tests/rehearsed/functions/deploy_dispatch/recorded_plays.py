"""Short plays that the machine found against a function without one of its rules each.

By number of the invariant that is broken then; with all of its rules, each comes to a good rest.
"""

from collections.abc import Mapping
from typing import Any

from tests.rehearsed.functions.deploy_dispatch.stages_play import Step

ANNA, BERT = "user/anna", "user/bert"
_REGISTER: Step = ("register", {"is_forged": False, "by": ANNA})
_DELIVER: Step = ("deliver", {"place": 0, "is_kept": False})
_BEGIN: Step = ("begin", {"place": 0})
_LATER: Step = ("wait", {"seconds": 4000.0})


def _end(wish: str, **more: Any) -> Step:
    told = {"place": 0, "wish": wish, "is_left": True, "is_told": True, "skew": 0.0}
    return ("end", {**told, "is_lost": False, **more})


THREE = {"dev": "automatic", "staging": "automatic", "prod": "automatic"}
GATED = {"dev": "automatic", "prod": "registry"}
ONE = {"dev": "automatic"}

PLAYS: Mapping[int, tuple[dict[str, str], tuple[Step, ...]]] = {
    1: (THREE, (_REGISTER, _DELIVER)),
    2: (ONE, (_REGISTER, _DELIVER, _BEGIN, _end("killed"), _LATER)),
    3: (ONE, (_REGISTER, _DELIVER, ("cancel", {"place": 0}))),
    4: (
        ONE,
        (
            _REGISTER,
            _DELIVER,
            ("decide", {"place": 0, "statuses": ["Rejected"], "by": BERT}),
            _DELIVER,
            ("approve_as_role", {"place": 0}),
            _DELIVER,
        ),
    ),
    5: (GATED, (_REGISTER, _DELIVER, _BEGIN, _end("deployed"), _DELIVER)),
    6: (ONE, (_REGISTER, _DELIVER, _BEGIN, _end("deployed"), _LATER)),
    7: (ONE, (_REGISTER, _REGISTER, _DELIVER, _BEGIN, _end("deployed"), _DELIVER, _DELIVER)),
}
