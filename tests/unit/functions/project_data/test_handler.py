"""Behaviour of `Custom::ProjectData`."""

from typing import Any

import pytest

from invocation.aws_errors import is_absent
from project_data.handler import handle_request
from tests.unit.functions.invocation_fakes import (
    FakeContext,
    World,
    client_error,
    custom_resource_event,
)

BUCKET, KEY, GROUP, PIPELINE = "mlops-x", "11111111-2222", "rings-p-x", "rings-p-x"
PACKAGE = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/rings-p-x/1"
EXECUTION = "arn:aws:sagemaker:eu-west-1:111122223333:pipeline/rings-p-x/execution/abcdefghijkl"
MISSING = {"service_error_code": "ValidationException", "service_message": "It does not exist."}


def run(world: World, kind: str, left_seconds: float = 300, **changed: Any) -> dict[str, Any]:
    """Send one request and return what CloudFormation hears."""
    properties = {
        "BucketName": BUCKET,
        "KeyId": KEY,
        "ModelPackageGroupName": GROUP,
        "PipelineName": PIPELINE,
        "OnDelete": "keep",
        **changed,
    }
    more = {} if kind == "Create" else {"PhysicalResourceId": f"project-data:{BUCKET}"}
    more |= {"OldResourceProperties": properties} if kind == "Update" else {}
    event = custom_resource_event(kind, "Custom::ProjectData", properties, **more)
    handle_request(event, FakeContext(left_seconds), world.tools())
    for stub in world.stubs.values():
        stub.assert_no_pending_responses()
    return world.answers[-1]


class Expectations:
    """Calls that the function is to make, in order for each service."""

    def __init__(self, world: World) -> None:
        self.s3, self.kms = world.stub("s3"), world.stub("kms")
        self.sagemaker = world.stub("sagemaker")

    def pipeline_goes(self) -> None:
        """The pipeline is deleted at the first try."""
        self.sagemaker.add_response("delete_pipeline", {"PipelineArn": "arn:aws:x"})

    def packages(self, *arns: str) -> None:
        """The group holds these."""
        summaries = [
            {
                "ModelPackageArn": arn,
                "CreationTime": 0,
                "ModelPackageStatus": "Completed",
            }
            for arn in arns
        ]
        self.sagemaker.add_response(
            "list_model_packages",
            {"ModelPackageSummaryList": summaries},
            {"ModelPackageGroupName": GROUP},
        )

    def group_goes(self, *arns: str) -> None:
        """These packages and the group are deleted."""
        for arn in arns:
            self.sagemaker.add_response("delete_model_package", {}, {"ModelPackageName": arn})
        self.sagemaker.add_response(
            "delete_model_package_group", {}, {"ModelPackageGroupName": GROUP}
        )

    def versions(self, keys: int, markers: int = 0, size_bytes: int = 1) -> None:
        """The bucket holds these."""
        page = {
            "Versions": [
                {"Key": f"k{n}", "VersionId": f"v{n}", "Size": size_bytes} for n in range(keys)
            ],
            "DeleteMarkers": [{"Key": f"d{n}", "VersionId": f"m{n}"} for n in range(markers)],
        }
        self.s3.add_response("list_object_versions", page, {"Bucket": BUCKET})

    def delete_objects(self, *objects: tuple[str, str], errors: Any = ()) -> None:
        """These versions are deleted in one batch."""
        batch = [{"Key": key, "VersionId": version} for key, version in objects]
        self.s3.add_response(
            "delete_objects",
            {"Errors": list(errors)},
            {"Bucket": BUCKET, "Delete": {"Objects": batch, "Quiet": True}},
        )

    def bucket_and_key_go(self) -> None:
        """The unfinished upload, the bucket and the key go."""
        upload = {"Uploads": [{"Key": "u", "UploadId": "1"}]}
        self.s3.add_response("list_multipart_uploads", upload, {"Bucket": BUCKET})
        self.s3.add_response(
            "abort_multipart_upload", {}, {"Bucket": BUCKET, "Key": "u", "UploadId": "1"}
        )
        self.s3.add_response("delete_bucket", {}, {"Bucket": BUCKET})
        self.kms.add_response("schedule_key_deletion", {}, {"KeyId": KEY, "PendingWindowInDays": 7})


@pytest.fixture
def expect(world: World) -> Expectations:
    """What AWS is to be asked."""
    return Expectations(world)


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_create_and_update_call_nothing(world: World, kind: str) -> None:
    answer = run(world, kind)
    assert answer["Status"] == "SUCCESS"
    assert answer["PhysicalResourceId"] == f"project-data:{BUCKET}"


def test_delete_removes_everything_when_chosen(world: World, expect: Expectations) -> None:
    expect.pipeline_goes()
    expect.packages(PACKAGE)
    expect.group_goes(PACKAGE)
    expect.versions(2, markers=1)
    expect.delete_objects(("k0", "v0"), ("k1", "v1"), ("d0", "m0"))
    expect.bucket_and_key_go()
    answer = run(world, "Delete", OnDelete="delete")
    assert answer["Status"] == "SUCCESS"
    assert answer["Reason"] == (
        "No data stays and nothing costs any more; the key is gone in 7 days."
    )


def test_keep_says_what_stays_and_what_it_costs(world: World, expect: Expectations) -> None:
    expect.pipeline_goes()
    expect.packages(PACKAGE)
    expect.versions(2, size_bytes=50 * 1024**3)
    reason = run(world, "Delete")["Reason"]
    assert reason == (
        f"As chosen, these stay: model package group {GROUP} with 1 versions (free of charge), "
        f"bucket {BUCKET} (100.0 GB, 2.30 US dollars a month), key {KEY} (1.00 US dollars a month)."
    )


def test_a_bucket_too_large_to_measure_in_time_costs_at_least(
    world: World, expect: Expectations
) -> None:
    expect.pipeline_goes()
    expect.packages(PACKAGE)
    expect.versions(1, size_bytes=3 * 1024**2)
    reason = run(world, "Delete", left_seconds=20)["Reason"]
    assert "(at least 3.0 MB, at least under 0.01 US dollars a month)" in reason


def test_an_empty_object_is_data(world: World, expect: Expectations) -> None:
    expect.pipeline_goes()
    expect.packages(PACKAGE)
    expect.versions(1, size_bytes=0)
    assert f"bucket {BUCKET} (0 bytes, under 0.01" in run(world, "Delete")["Reason"]


def test_keep_removes_what_is_empty(world: World, expect: Expectations) -> None:
    expect.pipeline_goes()
    expect.packages()
    expect.group_goes()
    expect.versions(0, markers=1)
    expect.versions(0, markers=1)
    expect.delete_objects(("d0", "m0"))
    expect.bucket_and_key_go()
    assert run(world, "Delete")["Reason"].startswith("No data stays")


@pytest.mark.parametrize("choice", ["keep", "delete"])
def test_delete_passes_over_what_is_already_gone(
    world: World, expect: Expectations, choice: str
) -> None:
    expect.sagemaker.add_client_error("delete_pipeline", "ResourceNotFound")
    expect.sagemaker.add_client_error("list_model_packages", **MISSING)
    expect.sagemaker.add_client_error("delete_model_package_group", **MISSING)
    for _ in range(1 if choice == "delete" else 2):
        expect.s3.add_client_error("list_object_versions", "NoSuchBucket")
    expect.kms.add_client_error("schedule_key_deletion", "KMSInvalidStateException")
    answer = run(world, "Delete", OnDelete=choice)
    assert answer["Status"] == "SUCCESS"


def test_a_running_execution_is_stopped_first(world: World, expect: Expectations) -> None:
    expect.sagemaker.add_client_error("delete_pipeline", "ConflictException")
    summary = {"PipelineExecutionArn": EXECUTION, "PipelineExecutionStatus": "Executing"}
    expect.sagemaker.add_response(
        "list_pipeline_executions", {"PipelineExecutionSummaries": [summary]}
    )
    expect.sagemaker.add_response("stop_pipeline_execution", {"PipelineExecutionArn": EXECUTION})
    expect.pipeline_goes()
    expect.packages(PACKAGE)
    expect.versions(1)
    assert run(world, "Delete")["Status"] == "SUCCESS"
    assert world.time.slept == [5.0]


def test_a_refused_pipeline_deletion_is_told(world: World, expect: Expectations) -> None:
    expect.sagemaker.add_client_error("delete_pipeline", "AccessDeniedException", "no right")
    expect.sagemaker.add_response("list_pipeline_executions", {"PipelineExecutionSummaries": []})
    answer = run(world, "Delete")
    assert answer["Status"] == "FAILED"
    assert f"AWS refused to delete pipeline {PIPELINE}" in answer["Reason"]


@pytest.mark.parametrize(
    ("listing", "told"),
    [
        ("AccessDeniedException", f"AWS refused to list the executions of pipeline {PIPELINE}"),
        ("ResourceNotFound", f"AWS refused to delete pipeline {PIPELINE}"),
    ],
)
def test_a_refusal_beside_a_refused_pipeline_deletion_is_told(
    world: World, expect: Expectations, listing: str, told: str
) -> None:
    expect.sagemaker.add_client_error("delete_pipeline", "AccessDeniedException", "no right")
    expect.sagemaker.add_client_error("list_pipeline_executions", listing, "no right either")
    answer = run(world, "Delete")
    assert answer["Status"] == "FAILED"
    assert told in answer["Reason"]


def test_an_object_that_stays_is_told(world: World, expect: Expectations) -> None:
    expect.pipeline_goes()
    expect.packages()
    expect.group_goes()
    expect.versions(1)
    locked = {"Key": "k0", "Code": "AccessDenied", "Message": "locked"}
    expect.delete_objects(("k0", "v0"), errors=[locked])
    answer = run(world, "Delete", OnDelete="delete")
    assert answer["Status"] == "FAILED"
    assert (
        f"delete 1 objects of bucket {BUCKET}, k0 first (AccessDenied: locked)" in answer["Reason"]
    )


def test_too_little_time_is_told_before_the_function_is_cut_off(
    world: World, expect: Expectations
) -> None:
    expect.pipeline_goes()
    expect.packages()
    expect.group_goes()
    expect.versions(1)
    answer = run(world, "Delete", left_seconds=8, OnDelete="delete")
    assert answer["Status"] == "FAILED"
    assert "delete the stack again" in answer["Reason"]


def test_a_bad_choice_is_told(world: World) -> None:
    answer = run(world, "Create", OnDelete="burn")
    assert answer["Reason"].startswith("The property OnDelete must be one of keep, delete")


BUSY = {"Key": "k0", "VersionId": "v0", "Code": "SlowDown", "Message": "slow"}


def test_what_s3_is_too_busy_to_delete_is_deleted_a_little_later(
    world: World, expect: Expectations
) -> None:
    expect.pipeline_goes()
    expect.packages()
    expect.group_goes()
    expect.versions(2)
    marker = {"Key": "k1", "Code": "InternalError", "Message": "no"}
    expect.delete_objects(("k0", "v0"), ("k1", "v1"), errors=[BUSY, marker])
    again = [{"Key": "k0", "VersionId": "v0"}, {"Key": "k1"}]
    expect.s3.add_response(
        "delete_objects",
        {"Errors": []},
        {"Bucket": BUCKET, "Delete": {"Objects": again, "Quiet": True}},
    )
    expect.bucket_and_key_go()
    assert run(world, "Delete", OnDelete="delete")["Status"] == "SUCCESS"
    assert world.time.slept == [5.0]


def test_what_s3_is_too_busy_to_delete_for_too_long_is_told(
    world: World, expect: Expectations
) -> None:
    expect.pipeline_goes()
    expect.packages()
    expect.group_goes()
    expect.versions(1)
    for _ in range(2):
        expect.delete_objects(("k0", "v0"), errors=[BUSY])
    answer = run(world, "Delete", left_seconds=20, OnDelete="delete")
    assert answer["Reason"] == (
        f"AWS was not able to delete 1 objects of bucket {BUCKET}, k0 first (SlowDown: slow); "
        "delete the stack again, which goes on from there."
    )


@pytest.mark.parametrize("codes", [("SlowDown", "AccessDenied"), ("AccessDenied", "SlowDown")])
def test_of_several_objects_that_stay_one_is_told_that_waiting_does_not_help(
    world: World, expect: Expectations, codes: tuple[str, str]
) -> None:
    expect.pipeline_goes()
    expect.packages()
    expect.group_goes()
    expect.versions(2)
    errors = [
        {"Key": f"k{n}", "VersionId": f"v{n}", "Code": code, "Message": code.lower()}
        for n, code in enumerate(codes)
    ]
    expect.delete_objects(("k0", "v0"), ("k1", "v1"), errors=errors)
    key = f"k{codes.index('AccessDenied')}"
    assert run(world, "Delete", OnDelete="delete")["Reason"] == (
        f"AWS refused to delete 2 objects of bucket {BUCKET}, {key} first "
        "(AccessDenied: accessdenied); remove what it names, then delete the stack again."
    )


def test_more_objects_than_s3_takes_at_once_are_deleted_a_thousand_at_a_time(
    world: World, expect: Expectations
) -> None:
    expect.pipeline_goes()
    expect.packages()
    expect.group_goes()
    expect.versions(2001)
    for start in (0, 1000, 2000):
        numbers = range(start, min(start + 1000, 2001))
        expect.delete_objects(*((f"k{n}", f"v{n}") for n in numbers))
    expect.bucket_and_key_go()
    assert run(world, "Delete", OnDelete="delete")["Status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("service", "operation", "what"),
    [
        ("sagemaker", "list_model_packages", f"to list model package group {GROUP}"),
        ("sagemaker", "delete_model_package", f"to delete {PACKAGE}"),
        ("sagemaker", "delete_model_package_group", f"to delete model package group {GROUP}"),
        ("s3", "list_object_versions", f"to remove bucket {BUCKET}"),
        ("s3", "list_multipart_uploads", f"to remove bucket {BUCKET}"),
        ("s3", "abort_multipart_upload", f"to remove bucket {BUCKET}"),
        ("s3", "delete_bucket", f"to remove bucket {BUCKET}"),
        ("kms", "schedule_key_deletion", f"to schedule the deletion of key {KEY}"),
    ],
)
def test_each_step_that_aws_refuses_is_named(
    world: World, expect: Expectations, service: str, operation: str, what: str
) -> None:
    upload = {"Uploads": [{"Key": "u", "UploadId": "1"}]}
    summary = {"ModelPackageArn": PACKAGE, "CreationTime": 0, "ModelPackageStatus": "Completed"}
    for name, call, answer in (
        ("sagemaker", "delete_pipeline", {"PipelineArn": "arn:aws:x"}),
        ("sagemaker", "list_model_packages", {"ModelPackageSummaryList": [summary]}),
        ("sagemaker", "delete_model_package", {}),
        ("sagemaker", "delete_model_package_group", {}),
        ("s3", "list_object_versions", {}),
        ("s3", "list_multipart_uploads", upload),
        ("s3", "abort_multipart_upload", {}),
        ("s3", "delete_bucket", {}),
        ("kms", "schedule_key_deletion", {}),
    ):
        if call == operation:
            world.stub(name).add_client_error(call, "AccessDenied", "no right")
            break
        world.stub(name).add_response(call, answer)
    answer = run(world, "Delete", OnDelete="delete")
    assert answer["Status"] == "FAILED"
    assert answer["Reason"] == (
        f"AWS refused {what} (AccessDenied: no right); remove what it names, then delete the "
        "stack again."
    )


def test_an_upload_that_is_gone_meanwhile_is_passed_over(
    world: World, expect: Expectations
) -> None:
    expect.pipeline_goes()
    expect.packages()
    expect.group_goes()
    expect.versions(0)
    expect.s3.add_response("list_multipart_uploads", {"Uploads": [{"Key": "u", "UploadId": "1"}]})
    expect.s3.add_client_error("abort_multipart_upload", "NoSuchUpload")
    expect.s3.add_response("delete_bucket", {}, {"Bucket": BUCKET})
    expect.kms.add_response("schedule_key_deletion", {}, {"KeyId": KEY, "PendingWindowInDays": 7})
    assert run(world, "Delete", OnDelete="delete")["Status"] == "SUCCESS"


def test_a_bucket_that_may_not_be_measured_is_told(world: World, expect: Expectations) -> None:
    expect.pipeline_goes()
    expect.packages()
    expect.group_goes()
    expect.s3.add_client_error("list_object_versions", "AccessDenied", "no right")
    reason = run(world, "Delete")["Reason"]
    assert reason.startswith(f"AWS refused to list bucket {BUCKET} (AccessDenied: no right)")


@pytest.mark.parametrize(
    ("left_seconds", "what"),
    [
        (3.0, f"deleting the model packages of {GROUP}"),
        (9.0, f"emptying bucket {BUCKET}"),
    ],
)
def test_what_there_was_no_time_for_is_named(
    world: World, expect: Expectations, left_seconds: float, what: str
) -> None:
    expect.pipeline_goes()
    expect.packages(PACKAGE)
    if "bucket" in what:
        expect.group_goes(PACKAGE)
        expect.versions(1)
    answer = run(world, "Delete", left_seconds=left_seconds, OnDelete="delete")
    assert answer["Reason"] == (
        f"The time did not suffice for {what}; delete the stack again, which goes on from there."
    )


def test_an_execution_that_does_not_stop_in_time_is_named(
    world: World, expect: Expectations
) -> None:
    summary = {"PipelineExecutionArn": EXECUTION, "PipelineExecutionStatus": "Stopping"}
    for _ in range(2):
        expect.sagemaker.add_client_error("delete_pipeline", "ConflictException")
        expect.sagemaker.add_response(
            "list_pipeline_executions", {"PipelineExecutionSummaries": [summary]}
        )
    assert run(world, "Delete", left_seconds=20)["Reason"] == (
        f"The time did not suffice for stopping the executions of pipeline {PIPELINE}; delete the "
        "stack again, which goes on from there."
    )


@pytest.mark.parametrize("kind", ["Create", "Update"])
def test_the_physical_id_is_that_of_the_bucket_from_the_first(world: World, kind: str) -> None:
    event = custom_resource_event(kind, "Custom::ProjectData", {"BucketName": BUCKET})
    handle_request(event, FakeContext(), world.tools())
    told = world.answers[-1]
    assert (told["Status"], told["PhysicalResourceId"]) == ("FAILED", f"project-data:{BUCKET}")


def test_what_was_never_made_is_not_deleted(world: World) -> None:
    event = custom_resource_event(
        "Delete", "Custom::ProjectData", {"BucketName": BUCKET}, PhysicalResourceId="2026/11/x"
    )
    handle_request(event, FakeContext(), world.tools())
    told = world.answers[-1]
    assert (told["Status"], told["Reason"]) == ("SUCCESS", "Nothing had been made.")
    assert world.stubs == {}


def test_an_answer_that_is_not_taken_is_given_again(world: World) -> None:
    world.put_statuses = [503]
    assert run(world, "Create")["Status"] == "SUCCESS"
    assert len(world.time.slept) == 1


@pytest.mark.parametrize(
    ("code", "said", "absent"),
    [
        *((code, "no", True) for code in ("NoSuchBucket", "NoSuchUpload", "NotFoundException")),
        *((code, "no", True) for code in ("ResourceNotFound", "404")),
        *(
            (code, f"It {said}", True)
            for code in ("ValidationException", "ResourceNotFoundException")
            for said in ("does not exist", "was Not Found", "cannot find x", "Could not find x")
        ),
        ("ValidationException", "The name is too long", False),
        ("ResourceNotFoundException", "no", False),
        ("AccessDenied", "It does not exist", False),
    ],
)
def test_what_is_gone_is_told_by_the_code_or_the_words_of_aws(
    code: str, said: str, absent: bool
) -> None:
    assert is_absent(client_error("Any", code, said)) == absent


SHARED = {"EncryptionKey": "shared"}


def test_a_key_that_projects_share_is_not_scheduled_for_deletion(
    world: World, expect: Expectations
) -> None:
    expect.pipeline_goes()
    expect.packages()
    expect.group_goes()
    expect.versions(0)
    expect.versions(0)
    expect.s3.add_response("list_multipart_uploads", {}, {"Bucket": BUCKET})
    expect.s3.add_response("delete_bucket", {}, {"Bucket": BUCKET})
    answer = run(world, "Delete", **SHARED)
    assert answer["Reason"] == (
        "No data stays and nothing costs any more; the key stays, which projects share."
    )


def test_a_key_that_projects_share_is_no_cost_of_one(world: World, expect: Expectations) -> None:
    expect.pipeline_goes()
    expect.packages(PACKAGE)
    expect.versions(2, size_bytes=50 * 1024**3)
    assert "key" not in run(world, "Delete", **SHARED)["Reason"]


@pytest.mark.parametrize(
    ("before", "now", "status"),
    [
        ({}, {}, "SUCCESS"),
        ({}, {"EncryptionKey": "own"}, "SUCCESS"),
        ({"EncryptionKey": "own"}, {}, "SUCCESS"),
        (SHARED, SHARED, "SUCCESS"),
        (SHARED, {}, "FAILED"),
        (SHARED, {"EncryptionKey": "own"}, "FAILED"),
        ({}, SHARED, "SUCCESS"),  # a rollback; an update is refused before it comes here
    ],
)
def test_a_project_does_not_leave_the_key_that_it_shares(
    world: World, before: dict[str, str], now: dict[str, str], status: str
) -> None:
    properties = {
        "BucketName": BUCKET,
        "KeyId": KEY,
        "ModelPackageGroupName": GROUP,
        "PipelineName": PIPELINE,
        "OnDelete": "keep",
    }
    event = custom_resource_event(
        "Update",
        "Custom::ProjectData",
        {**properties, **now},
        PhysicalResourceId=f"project-data:{BUCKET}",
        OldResourceProperties={**properties, **before},
    )
    handle_request(event, FakeContext(300), world.tools())
    assert world.answers[-1]["Status"] == status
