"""The acts of the rehearsal, in the order in which they are played."""

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.conductor.acts import (
    approve,
    build,
    clean_up,
    company,
    configure,
    give_up_stage,
    launch,
    own_data,
    predict,
    promote,
    register,
    set_up,
    stage_accounts,
)
from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.stage_names import are_usual


@dataclass(frozen=True)
class Act:
    """One act: its name on the command line, its title and what it does."""

    name: str
    title: str
    perform: Callable[[Play], None]


ACTS = (
    Act("set-up", "Start AWS and GitHub", set_up.perform),
    Act("register", "Register the template with `make register`", register.perform),
    Act("launch", "Create a project, as SageMaker Studio does", launch.perform),
    Act("build", "Build: the pipeline trains and registers a model", build.perform),
    Act("approve", "Approve the model; it is deployed", approve.perform),
    Act("predict", "Send raw records to the endpoint", predict.perform),
    Act("clean-up", "Remove the endpoint, the project and the product", clean_up.perform),
)
_CONFIGURE = Act("configure", "Write down the stages", configure.perform)
_COMPANY = Act("company", "Find what a large company has, and demands", company.perform)
_OWN_DATA = Act("own-data", "Bring data of one's own", own_data.perform)
_ACCOUNTS = Act("accounts", "Prepare the accounts of the later stages", stage_accounts.perform)
_GIVE_UP = Act("give-up-stage", "Give the last stage up", give_up_stage.perform)
_PROMOTE = Act("promote", "Bring the model from stage to stage", promote.perform)


def acts_of(options: Options, scenario: Act | None = None) -> tuple[Act, ...]:
    """List the acts of a play: those of the lifecycle, and what its options add, up to the last."""
    acts = list(ACTS)
    if len(options.stages) > 1:
        acts.insert(_place(acts, "build"), _CONFIGURE)
        if options.stage_accounts:
            acts.insert(_place(acts, "build"), _ACCOUNTS)
        acts.insert(_place(acts, "predict"), _PROMOTE)
        if not are_usual(options.stages):
            acts.insert(_place(acts, "clean-up"), _GIVE_UP)
    if options.company:
        acts.insert(_place(acts, "register"), _COMPANY)
    if options.has_own_settings:
        acts.insert(_place(acts, "build"), _OWN_DATA)
    if scenario is not None:
        acts.insert(_place(acts, "clean-up"), scenario)
    if options.until is not None:
        acts = acts[: _place(acts, options.until) + 1]
    return tuple(acts)


def _place(acts: list[Act], name: str) -> int:
    return [act.name for act in acts].index(name)
