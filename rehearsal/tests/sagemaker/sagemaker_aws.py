"""A local AWS with a bucket, a role and data, on which SageMaker is played with real clients."""

from __future__ import annotations

import io
import json
import random
import tarfile
import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rehearsal.tests.emulator.local_aws import LocalAws, allow, trust, wait_for

BUCKET = "sagemaker-tests"
IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:3.2-0"
UNKNOWN_IMAGE = "141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.7-1"
SAGEMAKER = {"Service": "sagemaker.amazonaws.com"}
INSTANCE = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 30}
# Copies the first input file to the output and measures it; fails when it is told to.
SCRIPT = """
import json, pathlib, sys
source, target, wish = sys.argv[1:4]
if wish == "fail":
    sys.exit("the wish was to fail")
text = next(p for p in pathlib.Path(source).rglob("*") if p.is_file()).read_text()
(pathlib.Path(target) / "report.json").write_text(json.dumps({"size": {"value": len(text)}}))
print("measured", len(text))
"""
SLOW_SCRIPT = "import time; print('sleeping', flush=True); time.sleep(60)"


@dataclass
class SageMakerAws(LocalAws):
    """A local AWS with what SageMaker's jobs and endpoints need, once it is prepared."""

    role_arn: str = ""

    @cached_property
    def sagemaker(self) -> Any:
        return self.client("sagemaker")

    @cached_property
    def runtime(self) -> Any:
        return self.client("sagemaker-runtime")

    @cached_property
    def s3(self) -> Any:
        return self.client("s3")

    def prepare(self) -> SageMakerAws:
        """Make the role, the bucket and the data."""
        permissions = allow(
            ["cloudwatch:DescribeAlarms", "ecr:*", "logs:*", "s3:*", "sagemaker:*", "iam:PassRole"]
        )
        self.role_arn = self.role("sagemaker-execution", trust(SAGEMAKER), permissions)
        place = {"LocationConstraint": "eu-west-1"}
        self.s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
        self.put("code/measure.py", SCRIPT)
        self.put("code/slow.py", SLOW_SCRIPT)
        self.put("data/input.csv", "1,2\n3,4\n")
        dice = random.Random(7)
        for channel in ("train", "validation"):
            rows = [[dice.random() for _ in range(3)] for _ in range(200)]
            lines = [f"{10 * a + b},{a},{b},{c}" for a, b, c in rows]
            self.put(f"data/{channel}/rows.csv", "\n".join(lines))
        return self

    def put(self, key: str, body: str | bytes) -> str:
        """Address of a new object."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return f"s3://{BUCKET}/{key}"

    def read(self, uri: str) -> str:
        key = uri.removeprefix(f"s3://{BUCKET}/")
        return str(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode())

    def finished_job(self, kind: str, name: str) -> dict[str, Any]:
        """A job's description once it has ended."""
        describe = getattr(self.sagemaker, f"describe_{kind.lower()}_job")

        def ended() -> dict[str, Any] | None:
            job: dict[str, Any] = describe(**{f"{kind}JobName": name})
            going_on = job[f"{kind}JobStatus"] in ("InProgress", "Stopping")
            return None if going_on else job

        return dict(wait_for(ended, what=f"job {name}"))

    def run_processing_job(self, name: str, **changes: Any) -> dict[str, Any]:
        """Run a processing job to its end."""
        request = {
            "ProcessingJobName": name,
            **processing_arguments(self.role_arn, f"s3://{BUCKET}/out/{name}"),
            **changes,
        }
        self.sagemaker.create_processing_job(**request)
        return self.finished_job("Processing", name)

    def finished_execution(self, arn: str) -> dict[str, Any]:
        """An execution's description once it has ended."""

        def ended() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.sagemaker.describe_pipeline_execution(
                PipelineExecutionArn=arn
            )
            going_on = shown["PipelineExecutionStatus"] in ("Executing", "Stopping")
            return None if going_on else shown

        return dict(wait_for(ended, what=f"execution {arn}"))

    def steps(self, arn: str) -> dict[str, dict[str, Any]]:
        """Steps of an execution by name."""
        shown = self.sagemaker.list_pipeline_execution_steps(PipelineExecutionArn=arn)
        return {step["StepName"]: step for step in shown["PipelineExecutionSteps"]}

    def create_pipeline(self, name: str, definition: dict[str, Any], **more: Any) -> str:
        answer = self.sagemaker.create_pipeline(
            PipelineName=name,
            PipelineDefinition=json.dumps(definition),
            RoleArn=more.pop("role", self.role_arn),
            ClientRequestToken=token(),
            **more,
        )
        return str(answer["PipelineArn"])

    def start_execution(
        self, name: str, parameters: dict[str, str] | None = None, **more: Any
    ) -> str:
        """ARN of a new execution."""
        values = [{"Name": key, "Value": value} for key, value in (parameters or {}).items()]
        answer = self.sagemaker.start_pipeline_execution(
            PipelineName=name,
            PipelineParameters=values,
            **{"ClientRequestToken": token(), **more},
        )
        return str(answer["PipelineExecutionArn"])

    def settled_endpoint(self, name: str) -> dict[str, Any]:
        """An endpoint once nothing happens to it any more."""

        def settled() -> dict[str, Any] | None:
            shown: dict[str, Any] = self.sagemaker.describe_endpoint(EndpointName=name)
            return shown if shown["EndpointStatus"] in ("InService", "Failed") else None

        return dict(wait_for(settled, what=f"endpoint {name}"))

    def create_config(self, name: str, model_data_url: str) -> None:
        """A model and a configuration that serves it, both of the same name."""
        self.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=self.role_arn,
            PrimaryContainer={"Image": IMAGE, "ModelDataUrl": model_data_url},
        )
        variant = {
            "VariantName": "AllTraffic",
            "ModelName": name,
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 1,
        }
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])

    def predict(self, endpoint: str, body: str, **more: Any) -> str:
        answer = self.runtime.invoke_endpoint(
            EndpointName=endpoint, ContentType="text/csv", Accept="text/csv", Body=body, **more
        )
        return str(answer["Body"].read().decode())


def token() -> str:
    return uuid.uuid4().hex


def s3_input(name: str, uri: Any, path: str) -> dict[str, Any]:
    place = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File"}
    return {"InputName": name, "S3Input": place}


def processing_arguments(
    role: str, output: Any, *, script: str = "measure.py", wish: Any = "work"
) -> dict[str, Any]:
    """Arguments of a processing job that runs one of the scripts."""
    root = "/opt/ml/processing"
    target = {"S3Uri": output, "LocalPath": f"{root}/report", "S3UploadMode": "EndOfJob"}
    return {
        "RoleArn": role,
        "ProcessingResources": {"ClusterConfig": dict(INSTANCE)},
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", f"{root}/input/code/{script}"],
            "ContainerArguments": [f"{root}/input/data", f"{root}/report", wish],
        },
        "ProcessingInputs": [
            s3_input("data", f"s3://{BUCKET}/data/input.csv", f"{root}/input/data"),
            s3_input("code", f"s3://{BUCKET}/code/{script}", f"{root}/input/code"),
        ],
        "ProcessingOutputConfig": {"Outputs": [{"OutputName": "report", "S3Output": target}]},
    }


def training_arguments(role: str) -> dict[str, Any]:
    """Arguments of a training job in algorithm mode."""

    def channel(name: str) -> dict[str, Any]:
        uri = f"s3://{BUCKET}/data/{name}"
        source = {"S3DataType": "S3Prefix", "S3Uri": uri}
        return {
            "ChannelName": name,
            "DataSource": {"S3DataSource": source},
            "ContentType": "text/csv",
        }

    return {
        "RoleArn": role,
        "AlgorithmSpecification": {"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "HyperParameters": {"objective": "reg:squarederror", "num_round": "5"},
        "InputDataConfig": [channel("train"), channel("validation")],
        "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/models"},
        "ResourceConfig": dict(INSTANCE),
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
    }


def archive(*, of: bytes = b"", **files: str) -> bytes:
    """A `tar.gz` of text files, after those of another one."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        if of:
            with tarfile.open(fileobj=io.BytesIO(of)) as other:
                for entry in other:
                    tar.addfile(entry, other.extractfile(entry))
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return stream.getvalue()
