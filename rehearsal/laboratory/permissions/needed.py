"""Which act needs a grant: the first in which IAM said yes because of it.

IAM allows nothing by itself and no statement of ours names an action with a wildcard, so without
the action each such question is refused.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from rehearsal.conductor.aws_accounts import ACCOUNT
from rehearsal.conductor.play import ActTime
from rehearsal.laboratory.permissions.granted import Grant


@dataclass(frozen=True)
class Question:
    """What a role asked and was allowed, in the act in which it asked first."""

    role: str
    action: str
    resource: str
    act: str


def read_questions(log: Path, acts: Sequence[ActTime]) -> list[Question]:
    """Read what roles of the project's account were allowed, in the order of asking.

    Args:
        log: the `authorizations.jsonl` of the local AWS. Stage accounts have roles of the same
            names, with statements of their own.
        acts: of the same play.
    """
    questions = []
    for line in log.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        kind, _, role = entry["principal"].partition("/")
        if kind == "role" and entry["allowed"] and entry["account"] == ACCOUNT:
            act = next((a.name for a in reversed(acts) if a.began <= entry["time"]), acts[0].name)
            questions.append(Question(role, entry["action"], entry["resource"], act))
    return questions


def act_that_needs(grant: Grant, questions: Sequence[Question]) -> str:
    """The first act that needs a grant; empty if none does."""
    return next(
        (
            question.act
            for question in questions
            if (question.role, question.action) == (grant["role"], grant["action"])
            and any(fnmatchcase(question.resource, pattern) for pattern in grant["resources"])
        ),
        "",
    )
