"""Which errors of AWS pass by themselves, and which a key is the cause of."""

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from invocation.aws_errors import AwsError, is_of_key, is_passing
from tests.unit.functions.invocation_fakes import client_error

PASSING = {
    "Throttling": 400,
    "ThrottlingException": 400,
    "TooManyRequestsException": 429,
    "RequestLimitExceeded": 400,
    "RequestTimeout": 400,
    "SlowDown": 400,
    "ProvisionedThroughputExceededException": 400,
    "InternalError": 500,
    "ServiceUnavailable": 503,
}
LASTING = ("AccessDenied", "AccessDeniedException", "ValidationException", "NoSuchKey")
OF_KEY = (
    ("KMS.DisabledException", "it is disabled"),
    ("KMSDisabledException", "it is disabled"),
    ("DecryptionFailure", "no"),
    ("KMSInvalidStateException", "it is pending deletion"),
    ("AccessDeniedException", "Access to KMS is not allowed"),
    ("AccessDenied", "The ciphertext refers to a customer master key that does not exist"),
)


@pytest.mark.parametrize("code", PASSING)
def test_what_passes(code: str) -> None:
    assert is_passing(client_error("Any", code, status=PASSING[code]))


@pytest.mark.parametrize(
    "error",
    [
        ReadTimeoutError(endpoint_url="https://x.test"),
        ConnectTimeoutError(endpoint_url="https://x.test"),
        EndpointConnectionError(endpoint_url="https://x.test"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_silence_passes(error: AwsError) -> None:
    assert is_passing(error)


@pytest.mark.parametrize("code", LASTING)
def test_what_lasts(code: str) -> None:
    error = client_error("Any", code)
    assert not is_passing(error)
    assert not is_of_key(error)


def test_a_request_of_the_wrong_form_lasts() -> None:
    assert not is_passing(ParamValidationError(report="x"))


@pytest.mark.parametrize(("code", "said"), OF_KEY)
def test_what_a_key_is_the_cause_of(code: str, said: str) -> None:
    error = client_error("Any", code, said)
    assert is_of_key(error)
    assert not is_passing(error)
