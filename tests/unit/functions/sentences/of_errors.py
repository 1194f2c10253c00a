"""What each error of the functions says, in each of its variants."""

from __future__ import annotations

from collections.abc import Iterator

from botocore.exceptions import ReadTimeoutError

from cloudformation_response.properties import PropertyError
from cloudformation_response.response import (
    AnswerLaterError,
    RepeatRequestError,
    ResponseNotDeliveredError,
)
from daily_look.invocations import InvocationsUnknownError
from deploy_dispatch.decide import AskAgain
from deploy_dispatch.dispatch_workflow import DispatchRefusedError
from deploy_dispatch.handler import UnknownEventError
from deploy_dispatch.project import ProjectParameterError
from deploy_dispatch.project_stages import StagesError
from deploy_dispatch.reconcile import RestlessError, _HeldUpError
from deploy_dispatch.stage_report import ReportError
from deploy_dispatch.start_run import ClaimBusyError
from git_client import errors as git
from github_client import errors as github
from invocation import http_pool
from product_versions import errors as versions
from project_data import errors as data
from project_data import kept_stages
from project_data.encryption_key import FoundKey, KeyRequest, Registered, choose_key
from project_repository.content_target import (
    BranchGoneError,
    ForeignContentError,
    TargetGoneError,
)
from project_repository.credential_use import CredentialRefusedError, CredentialSwitchError
from project_repository.launcher import LauncherUnknownError
from project_repository.replacement import NameUsedBeforeError
from project_repository.seed.bundle import SeedError
from project_repository.session import StackUnknownError
from project_repository.write_configuration import UnwritableFolderError
from tests.unit.functions.invocation_fakes import client_error
from tests.unit.functions.sentences.project import PROJECT
from token_check.handler import ProjectsUncheckedError

_SECRET, _REPOSITORY, _VERSION = "arn:secret", "acme/rings-deploy", "arn:model-package/rings-p-x/7"
_BUSY = client_error("Do", "ThrottlingException", "Rate exceeded")
_DENIED = client_error("Do", "AccessDenied", "no right")
_OF_KEY = client_error("Do", "KMS.DisabledException", "is disabled")
_SILENT = ReadTimeoutError(endpoint_url="https://aws.test")
_AWS = (_BUSY, _DENIED, _OF_KEY, _SILENT)


def errors() -> Iterator[Exception]:
    """One of each variant of each error."""
    for make in (_of_tokens, _of_repositories, _of_requests, _of_pushes, _of_seeds, _of_stages):
        yield from make()
    for make in (_of_custom_resources, _of_versions, _of_data):
        yield from make()


def _of_tokens() -> Iterator[Exception]:
    for kind in (
        github.TokenSecretError,
        github.TokenSecretGoneError,
        github.UnusableTokenError,
    ):
        yield kind(_SECRET, "it is empty")
    yield github.TokenSecretError(_SECRET, "AWS was busy", is_passing=True)
    yield github.TokenSecretError(_SECRET, "its key is off", remedy="enable the key.")
    yield github.InvalidTokenError()
    yield github.ForbiddenTokenError("`acme` forbids access via a token.")
    yield github.ForbiddenTokenError(
        "`acme` forbids access via a personal access token (classic). Please use a GitHub App."
    )
    yield github.MissingScopeError(["repo"])
    yield github.MissingScopeError(["repo", "workflow"])
    for accepted in ("", "contents=write", "contents=write, pull_requests=write; issues=write"):
        yield github.MissingPermissionError(accepted)
    yield github.MissingPermissionError("administration=write", "acme")
    yield ProjectsUncheckedError(2, 5)
    yield InvocationsUnknownError("rings-prod", "InternalError")
    secret = "mlops-sm-project/owner/acme/github-token"
    yield github.OwnerCredentialMissingError(secret, "acme")
    yield LauncherUnknownError("acme", "Service Catalog does not know pp-x")
    yield CredentialRefusedError("acme", "111122223333 role Team-B")
    yield CredentialSwitchError("acme")


def _of_repositories() -> Iterator[Exception]:
    yield github.OwnerNotFoundError("acme")
    yield github.OtherUserError("acme", "anna")
    yield github.OrganizationPermissionError("acme", "anna", "no right")
    yield github.RepositoryExistsError(_REPOSITORY)
    yield github.ArchivedRepositoryError(_REPOSITORY, "p-abcdefghijkl")
    yield github.ArchivedRepositoryError(_REPOSITORY, None)
    yield github.RepositoryOutOfReachError(_REPOSITORY)
    yield github.RepositoryGoneError(_REPOSITORY)
    yield github.RepositoryNotOursError(_REPOSITORY, "1", "2")
    yield NameUsedBeforeError(_REPOSITORY)


def _of_requests() -> Iterator[Exception]:
    yield github.RefusedError("POST", "/repos/acme", 422, "it is taken")
    yield github.OutOfTimeError("GitHub was away", resume_at=1_800_000_000.2)
    yield github.UnreachableError("github.com", "it answered 502")
    yield github.ForeignServerError("evil.test", "github.com")
    yield github.SettingError("A_SETTING", "x", "a number")
    yield http_pool.AnswerTooSlowError(12.4)
    yield http_pool.AnswerTooLargeError(1024)


def _of_pushes() -> Iterator[Exception]:
    yield git.BranchMovedError(_REPOSITORY, ["main"])
    yield git.BranchMovedError(_REPOSITORY, ["template", "main"])
    yield git.UnreadableAnswerError(_REPOSITORY, "it is cut off")
    for words in (
        "refusing to allow a Personal Access Token to create it without `workflow` scope",
        "refusing to allow a GitHub App to create it without `workflows` permission",
        "GH013: Repository rule violations found\nfor main",
        "the disk is full",
        "",
    ):
        yield git.explain_refusal(_REPOSITORY, ["no"] if words else [], words)


def _of_seeds() -> Iterator[Exception]:
    yield SeedError("s3://b/k", "is empty")
    yield SeedError("s3://b/k", "cannot be read", is_passing=True)
    yield SeedError("s3://b/k", "cannot be read", remedy="enable the key.")
    yield TargetGoneError(_REPOSITORY)
    yield ForeignContentError(_REPOSITORY, "main")
    yield BranchGoneError(_REPOSITORY, "main")
    yield UnwritableFolderError(_REPOSITORY)
    yield StackUnknownError()


def _of_stages() -> Iterator[Exception]:
    yield UnknownEventError("Something Else")
    yield ProjectParameterError("/projects/rings", "'owner' is missing")
    yield StagesError(PROJECT, "config/stages.yml is no file", "restore it")
    yield RestlessError("rings-p-x", AskAgain(_VERSION))
    yield _HeldUpError(f"Deploy {_VERSION} to dev")
    yield ReportError("its stage is unknown")
    yield ClaimBusyError(f"Deploy {_VERSION} to dev")
    yield DispatchRefusedError(_REPOSITORY, "deploy.yml", "it is archived", "unarchive it")


def _of_custom_resources() -> Iterator[Exception]:
    yield PropertyError("Owner", "is missing")
    yield ResponseNotDeliveredError("status 503")
    yield AnswerLaterError()
    yield RepeatRequestError("ReadTimeoutError")


def _of_versions() -> Iterator[Exception]:
    yield versions.SourceError("s3://b/k", "cannot be read")
    yield versions.SourceError("s3://b/k", "cannot be read", "do the same again")
    yield versions.BucketTakenError("kept")
    yield versions.TemplateRefusedError("1.0-0123")
    yield versions.VersionsInUseError("prod-1", 100)
    for error in _AWS:
        yield versions.RefusedError("publish version 1.0", error)


def _of_data() -> Iterator[Exception]:
    yield data.OutOfTimeError("emptying bucket b")
    yield data.StepRefusedError("to delete key k", "it is used")
    yield data.StepUndoneError("to delete key k", "SlowDown")
    yield from _of_keys()
    for error in _AWS:
        yield data.refused("to delete key k", error)
    yield kept_stages.StageMovedError("live", 2, 3)
    yield kept_stages.StageServesError("live", "stack mlops-p-x-live")
    yield kept_stages.StagesUnknownError("whether stack mlops-p-x-live is there", _BUSY)


def _of_keys() -> Iterator[Exception]:
    own, shared = FoundKey("own", "arn:own"), FoundKey("shared", "arn:shared")
    for wanted, registered, has, accounts in (
        ("shared", Registered("shared", "arn:new"), own, ""),
        ("own", Registered("shared", "arn:shared"), shared, ""),
        ("shared", Registered("shared", "arn:new"), shared, ""),
        ("shared", Registered("shared", "arn:shared"), shared, "111122223333"),
        ("own", Registered("shared", "arn:shared"), None, ""),
        ("shared", Registered("", ""), None, ""),
    ):
        try:
            choose_key(KeyRequest("b", wanted, "shared", accounts), registered, has)
        except data.KeyRefusedError as error:
            yield error
