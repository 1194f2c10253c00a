"""What of a project's launch, change or removal failed in the functions that see to it."""

import re
from collections.abc import Iterator, Sequence

from console.asking.events.event import FUNCTION, Event, failure
from console.asking.events.log_lines import Line
from console.asking.names import ProjectNames
from console.words.iam_refusals import find_refusals
from mlops_sm_project_template.config.names import DATA_FUNCTION

_ANSWER = re.compile(
    r"(?P<what>Create|Update|Delete) (?P<resource>\S+) \S*: FAILED (?P<why>.*)", re.DOTALL
)


def words_of(function: str, project: ProjectNames) -> str:
    """What lines of a function's log hold if they are of a project."""
    return project.id if function == DATA_FUNCTION else f"{project.name}-"


def failures_of(lines: Sequence[Line], function: str, project: ProjectNames) -> Iterator[Event]:
    """What failed, by lines of one of the functions.

    Args:
        lines: that hold `words_of` the project.
        function: whose log it is.
        project: which; another may have its name as a part of its own.
    """
    names = f"{re.escape(project.build_repository)}|{re.escape(project.deploy_repository)}"
    ours = re.compile(rf"(?<![\w.-])(?:{names}|{re.escape(project.group)})(?![\w-])")
    for line in lines:
        if not (ours.search(line.text) or re.search(rf"(?<!\w){project.id}(?!\w)", line.text)):
            continue
        answer = _ANSWER.fullmatch(line.text)
        if answer is not None:
            what = f"{function}: {answer['what']} of {answer['resource']} failed"
            yield failure(line.moment, FUNCTION, what, answer["why"])
        elif line.is_trouble or find_refusals(line.text):
            yield failure(line.moment, FUNCTION, function, line.text)
