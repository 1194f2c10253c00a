"""The execution role loses each of its actions, and the pipeline fails or loses its logs."""

from rehearsal.laboratory.permissions.tried import ALARMS_ARE_UNSEEN, LOG_IS_LOST
from tests.rehearsed.permissions.conftest import Without, tried
from tests.rehearsed.permissions.pipeline import Pipeline


@tried("execution", but=ALARMS_ARE_UNSEEN)
def test_an_execution_shows_what_its_role_lacks(
    without: Without, pipeline: Pipeline, seen: str, action: str
) -> None:
    with without("execution", action):
        if seen == LOG_IS_LOST:
            ended = pipeline.execute_without_data()
        elif seen == "the registration of the model fails":
            ended = pipeline.execute()
        else:
            ended = pipeline.execute_on_new_data()
    assert ended.status == "Failed"
    if seen == LOG_IS_LOST:
        assert pipeline.logs_of_jobs(ended) == []
    else:
        assert f"is not authorized to perform: {action} " in ended.reasons


def test_with_every_permission_a_failed_job_leaves_a_log(pipeline: Pipeline) -> None:
    assert pipeline.logs_of_jobs(pipeline.execute_without_data())
