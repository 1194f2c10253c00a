"""A faulty version meets real requests: an alarm trips during the canary, and the stage goes back.

The fault is one that no test saw: the second version takes the content type `text/csv` alone, and
the clients of the last stage name their charset too.
"""

from rehearsal.conductor.acts import approve, promote
from rehearsal.conductor.acts.current_play import Play
from rehearsal.conductor.acts.deployments import Title, wait_for_end, wait_for_record
from rehearsal.conductor.errors import RehearsalError
from rehearsal.conductor.scenarios.changed_model import build_changed_model
from rehearsal.conductor.scenarios.traffic import ask_meanwhile

_FILE = "source_scripts/inference.py"
_SOUND = "    if not _is_csv(content_type):\n"
_FAULTY = '    if content_type != CSV:\n        raise ValueError("an unexpected content type")\n'


def perform(play: Play) -> None:
    """Bring a faulty version to the last stage while clients ask it, and see it go back."""
    first = str(play.facts["model_package_arn"])
    second = build_changed_model(play, _FILE, _SOUND, _FAULTY + _SOUND, "Be strict about types")
    approve.perform(play)
    *between, last = play.options.stages[1:]
    for name in between:
        promote.bring(play, second, name)
    with ask_meanwhile(play, last, "rollback") as count:
        promote.pass_gate(play, second, last)
        wait_for_end(play, Title.of_deployment(second, last), conclusion="failure")
        wait_for_record(play, second, last, "rolled_back")
    play.say(
        f"of {count.sent} requests the faulty version got {count.faulty}; {count.dropped} were "
        "dropped"
    )
    if not count.faulty:
        raise RehearsalError(f"No request met the faulty version: {count}.")
    told = _sentence(play, second)
    if "alarm" not in told.lower():
        raise RehearsalError(f"The registry does not say why {second} went back: {told!r}.")
    play.say(f"the registry says: {told}")
    approve.check_endpoint(play, last)
    play.facts["model_package_arn"] = first


def _sentence(play: Play, arn: str) -> str:
    found = play.world.administrator.client("sagemaker").describe_model_package(
        ModelPackageName=arn
    )
    return str(found["ModelLifeCycle"]["StageDescription"])
