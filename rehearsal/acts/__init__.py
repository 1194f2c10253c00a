"""The acts of the rehearsal, in the order in which they are played."""

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.acts import approve, build, clean_up, launch, predict, register, set_up
from rehearsal.acts.stage import Stage


@dataclass(frozen=True)
class Act:
    """One act: its name on the command line, its title and what it does."""

    name: str
    title: str
    play: Callable[[Stage], None]


ACTS = (
    Act("set-up", "Start AWS and GitHub, bootstrap the account", set_up.play),
    Act("register", "Register the template by its own workflow", register.play),
    Act("launch", "Create a project, as SageMaker Studio does", launch.play),
    Act("build", "Build: the pipeline trains and registers a model", build.play),
    Act("approve", "Approve the model; it is deployed", approve.play),
    Act("predict", "Send raw records to the endpoint", predict.play),
    Act("clean-up", "Remove the endpoint, the project and the product", clean_up.play),
)
