"""Scripts are addressed by their content and encrypted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ml_pipelines.code_upload import code_folder


class RecordingS3:
    """Keeps what was put."""

    def __init__(self) -> None:
        self.requests: list[dict[str, Any]] = []

    def put_object(self, **request: Any) -> None:
        self.requests.append(request)


def test_the_address_follows_the_content_alone(tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    for folder in (first, second):
        folder.mkdir()
        (folder / "x.py").write_text("x = 1\n")
    same = [
        code_folder([folder / "x.py"], bucket="b", parent="p").uri for folder in (first, second)
    ]
    (second / "x.py").write_text("x = 2\n")
    changed = code_folder([second / "x.py"], bucket="b", parent="p").uri
    assert same[0] == same[1]
    assert changed != same[0]


def test_scripts_are_uploaded_encrypted_with_the_project_s_key(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("x = 1\n")
    s3 = RecordingS3()
    folder = code_folder([tmp_path / "x.py"], bucket="b", parent="p")
    folder.upload(folder.objects(), s3, kms_key_arn="arn:key")
    (request,) = s3.requests
    assert f"s3://{request['Bucket']}/{request['Key']}" == f"{folder.uri}/x.py"
    assert request["Body"] == b"x = 1\n"
    assert (request["ServerSideEncryption"], request["SSEKMSKeyId"]) == ("aws:kms", "arn:key")
