"""The stages of a project, each in its place of the parameter `Stages`.

CloudFormation makes no lists of resources, so the template has the roles of six places, and a
condition for each but the first. A stage keeps its place: in another one CloudFormation would make
its roles, by their names, before it deletes those of the old place.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws, CfnCondition, CfnElement, Fn, IResolvable, Stack
from constructs import Construct

from mlops_sm_project_template.config import names

PLACES = 6


@dataclass(frozen=True)
class Stage:
    """A place that a stage may have.

    Attributes:
        number: from 1.
        id: of the constructs; the first three places are called as their stages once were.
        name: of its stage, which CloudFormation knows.
        exists: whether the place has a stage; None where it always has.
    """

    number: int
    id: str
    name: str
    exists: CfnCondition | None

    def if_exists(self, value: Any) -> Any:
        """The value where the place has a stage, and nothing elsewhere."""
        return value if self.exists is None else only_if(self.exists, value)

    def is_called(self, scope: Construct, name: str) -> CfnCondition:
        """Whether the place has the stage of that name."""
        return CfnCondition(
            scope, f"{self.id}Is{name.title()}", expression=Fn.condition_equals(self.name, name)
        )


class ProjectStages:
    """All places; the first one always has a stage.

    Args:
        stack: of the project.
        listed: names with commas between, as the parameter has them.
    """

    def __init__(self, stack: Stack, listed: str) -> None:
        self.listed = listed
        # So that each place can be selected.
        padded = Fn.split(",", Fn.join("", [listed, "," * (PLACES - 1)]))
        ids = [stage.title() for stage in names.DEFAULT_STAGES]
        ids += [f"Stage{number}" for number in range(len(ids) + 1, PLACES + 1)]
        self.places: Sequence[Stage] = [
            _place(stack, number, id_, Fn.select(number - 1, padded))
            for number, id_ in enumerate(ids, start=1)
        ]

    def each(self, value: Callable[[Stage], Any], *, first: int = 1) -> list[Any]:
        """A list with the value of each stage from a place on."""
        return [place.if_exists(value(place)) for place in self.places if place.number >= first]


def only_if(condition: CfnCondition, value: Any) -> IResolvable:
    """The value under a condition, and nothing elsewhere."""
    return Fn.condition_if(condition.logical_id, value, Aws.NO_VALUE)


def restrict(element: Construct, condition: CfnCondition | None) -> None:
    """Make a resource only under a condition."""
    if condition is not None:
        resource = element if isinstance(element, CfnElement) else element.node.default_child
        resource.cfn_options.condition = condition  # type: ignore[union-attr]


def _place(stack: Stack, number: int, id_: str, name: str) -> Stage:
    exists = None
    if number > 1:
        expression = Fn.condition_not(Fn.condition_equals(name, ""))
        exists = CfnCondition(stack, f"HasStage{number}", expression=expression)
    return Stage(number, id_, name, exists)
