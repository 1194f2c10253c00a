"""The build role loses each of its actions, and the build repository's own command fails."""

from tests.rehearsed.permissions.build_program import BuildProgram
from tests.rehearsed.permissions.conftest import Without, tried
from tests.rehearsed.permissions.pipeline import Pipeline


@tried("build")
def test_a_build_fails_and_names_what_its_role_lacks(
    without: Without, build: BuildProgram, pipeline: Pipeline, seen: str, action: str
) -> None:
    assert seen == "the first build fails"
    pipeline.remove()
    with without("build", action):
        done = build.run()
    assert build.run().exit_code == 0, "with the action it goes through"
    pipeline.await_newest()
    assert done.exit_code == 1
    assert f"is not authorized to perform: {action} " in done.output
