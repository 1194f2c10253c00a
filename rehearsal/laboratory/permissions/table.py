"""The table of permissions as a page: action, on what, and the act that needs it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehearsal.conductor.acts.current_play import PROJECT_NAME
from rehearsal.conductor.aws_accounts import ACCOUNT, REGION
from rehearsal.laboratory.permissions.granted import Grant
from rehearsal.laboratory.permissions.kept import BEST_EFFORT, reason
from rehearsal.laboratory.permissions.needed import Question, act_that_needs
from rehearsal.laboratory.permissions.tried import outcome

_HEAD = """# What each role may do, and what fails without it

Made by `make permissions`, which plays the lifecycle with detours: an update to a second version,
a removed and repeated deployment, now to instances with alarms and scaling, a second model, a token
check, a refused launch, and the deletion of everything. IAM allows nothing by itself, and no action
below holds a wildcard: without the action, each question that it answered is refused. The last
column names the first act with such a question, or says why the permission is kept although no act
asks or fails. The roles of the stages staging and prod are not shown: they have the same
permissions as those of dev, under their own names.

What the third column says was seen: `tests/rehearsed/permissions` takes each of these actions from
its role on real servers, in all statements, and plays the part that it names.

What may be done to a project's key, its own policy says: to CloudFormation as the launch role, to
the data function, which may delete it, and to Studio's role, for objects. What else Studio's role
may do stands in the policy of the project's bucket and in `prerequisites/prerequisites.yml`. A
project that chose folders of `DATA_LOCATIONS` has a role `reader` for the job that reads, which may
do with data, containers and logs what execution may, and list, read and decrypt these folders. With
`IMAGE_REPOSITORIES` and `JOBS_SUBNETS` execution and reader may also pull images of these
repositories, and make and remove network interfaces in these subnets, execution also in those of
`ENDPOINT_SUBNETS`. With `BUDGET_TOPIC_ARN` the launch role may also make budgets of projects. With
`AlarmTopicArn` the dispatch function may also publish to that topic, and use the key that encrypts
it for that alone. With `KMS_KEY` the data function may also see which key a bucket has, the launch
role makes no key, and the roles of projects use theirs for their own bucket alone.
"""


@dataclass(frozen=True)
class Row:
    """One action of one statement.

    Attributes:
        act: the first act that needs it; empty if none does.
        why: why it is kept nevertheless; empty if nothing is known.
        tried: what was seen when it was taken away; empty if it was not.
    """

    action: str
    resources: tuple[str, ...]
    act: str
    why: str
    tried: str


def make_rows(
    granted: Mapping[str, Sequence[Grant]], questions: Sequence[Question], project_id: str
) -> dict[str, list[Row]]:
    """Rows by the purpose of the role."""
    return {
        purpose: sorted(
            (_row(purpose, grant, questions, project_id) for grant in grants),
            key=lambda row: (row.action, row.resources),
        )
        for purpose, grants in granted.items()
    }


def write_page(rows: Mapping[str, Sequence[Row]]) -> str:
    """The page in Markdown."""
    every = [row for of_role in rows.values() for row in of_role]
    needed = sum(bool(row.act) for row in every)
    tried = sum(bool(row.tried) for row in every)
    counts = (
        f"{len(every)} permissions of {len(rows)} roles: {needed} are needed by an act, "
        f"{len(every) - needed} are kept for the reason given.\n"
        f"{tried} were taken away, and missed as the third column says."
    )
    sections = [f"## {purpose}\n\n{_table(of_role)}" for purpose, of_role in rows.items()]
    return "\n".join([_HEAD, f"{counts}\n", *sections])


def _row(purpose: str, grant: Grant, questions: Sequence[Question], project_id: str) -> Row:
    action, asked_in = grant["action"], act_that_needs(grant, questions)
    resources = tuple(sorted(_readable(arn, project_id) for arn in grant["resources"]))
    not_needed = BEST_EFFORT.get((purpose, action), "")
    act = "" if not_needed else asked_in
    why = "" if act else not_needed or reason(purpose, action)
    return Row(action, resources, act, why, outcome(purpose, action, asked_in))


def _readable(arn: str, project_id: str) -> str:
    known = {project_id: "<id>", PROJECT_NAME: "<name>", ACCOUNT: "<account>", REGION: "<region>"}
    for value, name in known.items():
        arn = arn.replace(value, name)
    arn = re.sub(r"key/[0-9a-f-]{36}", "key/<key>", arn)
    # The action names the service already.
    return re.sub(r"^arn:aws:[\w-]+:(<region>)?:(<account>)?:", "", arn)


def _table(rows: Sequence[Row]) -> str:
    lines = ["| Action | On | Taken away | Needed in |", "| --- | --- | --- | --- |"]
    for row in rows:
        places = "<br>".join(f"`{arn}`" for arn in row.resources)
        need = f"**{row.act}**" if row.act else row.why or "**nothing: remove it**"
        lines.append(f"| `{row.action}` | {places} | {row.tried} | {need} |")
    return "\n".join(lines) + "\n"
