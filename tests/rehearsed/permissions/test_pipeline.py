"""SageMaker's two roles lose each of their actions, and the pipeline fails or loses its logs."""

from rehearsal.laboratory.permissions.tried import ALARMS_ARE_UNSEEN, LOG_IS_LOST
from tests.rehearsed.permissions.conftest import Without, tried
from tests.rehearsed.permissions.pipeline import Execution, Pipeline


@tried("execution", but=ALARMS_ARE_UNSEEN)
def test_an_execution_shows_what_its_role_lacks(
    without: Without, pipeline: Pipeline, seen: str, action: str
) -> None:
    with without("execution", action):
        if seen == "the registration of the model fails":
            ended = pipeline.execute()
        else:
            ended = pipeline.execute_on_new_data()
    if seen == LOG_IS_LOST:
        (log,) = pipeline.logs_of_jobs(ended)
        assert "Preprocess" in log, "the reader wrote its own"
    else:
        _fails_for_want_of(action, ended)


@tried("reader")
def test_the_job_that_reads_the_data_shows_what_its_role_lacks(
    without: Without, pipeline: Pipeline, seen: str, action: str
) -> None:
    with without("reader", action):
        if seen == LOG_IS_LOST:
            ended = pipeline.execute_without_data()
        else:
            ended = pipeline.execute_on_new_data()
    if seen == LOG_IS_LOST:
        assert ended.status == "Failed"
        assert pipeline.logs_of_jobs(ended) == []
    else:
        _fails_for_want_of(action, ended)


def _fails_for_want_of(action: str, ended: Execution) -> None:
    assert ended.status == "Failed"
    assert f"is not authorized to perform: {action} " in ended.reasons


def test_with_every_permission_a_failed_job_leaves_a_log(pipeline: Pipeline) -> None:
    assert pipeline.logs_of_jobs(pipeline.execute_without_data())
