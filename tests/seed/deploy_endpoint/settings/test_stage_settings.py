"""The stages: what is taken, and how the rest is refused, each in one sentence."""

from pathlib import Path

import pytest

from deploy_endpoint.errors import SettingsError
from deploy_endpoint.settings.project_settings import ProjectSettings, load_project
from deploy_endpoint.settings.serving_settings import AllAtOnce, Canary, Realtime, Serverless
from deploy_endpoint.settings.stage_settings import StagesSettings, load_stages

from ..conftest import ACCOUNT, OTHER_ACCOUNT

DEV = "  - {name: dev, approval: automatic, serving: {mode: serverless}}\n"
PROD = "  - name: prod\n    approval: environment\n"
SERVERLESS = "serving: {mode: serverless}"
ONE = "serving: {mode: realtime, instance_type: ml.m5.large, instance_count: 1}"
TWO = ONE.replace("count: 1", "count: 2")
TEN = ONE.replace("count: 1", "count: 10")
INFERENTIA = TWO.replace("ml.m5.large", "ml.inf1.xlarge")


def scaled(serving: str, max_instances: int) -> str:
    rate = "invocations_per_instance_per_minute: 60"
    scaling = "{max_instances: " + str(max_instances) + ", " + rate + "}"
    return serving.removesuffix("}") + ", autoscaling: " + scaling + "}"


def prod(*lines: str) -> str:
    return "stages:\n" + DEV + PROD + "".join(f"    {line}\n" for line in lines)


def load(repository: Path, text: str, project: ProjectSettings | None = None) -> StagesSettings:
    path = repository / "config" / "stages.yml"
    path.write_text(text)
    return load_stages(path, project)


def refusal(repository: Path, text: str, project: ProjectSettings | None = None) -> str:
    with pytest.raises(SettingsError) as error:
        load(repository, text, project)
    sentence = str(error.value)
    assert sentence.startswith("config/stages.yml")
    assert sentence.endswith(".")
    assert ". " not in sentence
    return sentence.removeprefix("config/stages.yml").removeprefix(": ")


def test_the_shipped_settings_cost_nothing_while_idle(
    repository: Path, project: ProjectSettings
) -> None:
    stages = load_stages(repository / "config" / "stages.yml", project)
    assert [stage.name for stage in stages.stages] == ["dev"]
    assert stages.first.serving == Serverless(mode="serverless", memory_mib=2048, max_concurrency=5)
    assert stages.first.deployment == AllAtOnce(policy="all_at_once")
    assert stages.first.data_capture is None


def test_the_stages_that_the_shipped_file_proposes_are_valid(repository: Path) -> None:
    path = repository / "config" / "stages.yml"
    head, proposed = path.read_text().split("# Add them when")
    lines = proposed.splitlines()[1:]
    stages = load(repository, head + "".join(line.removeprefix("#") + "\n" for line in lines))
    assert [stage.name for stage in stages.stages] == ["dev", "staging", "prod"]


def test_stages_are_found_by_name_and_order(repository: Path) -> None:
    stages = load(repository, prod(SERVERLESS))
    assert stages.first is stages.stage("dev")
    assert stages.after("dev") is stages.stage("prod")
    assert stages.after("prod") is None


def test_an_absent_stage_names_those_that_exist(repository: Path) -> None:
    stages = load(repository, prod(SERVERLESS))
    with pytest.raises(SettingsError) as error:
        stages.stage("staging")
    assert str(error.value) == (
        "config/stages.yml has no stage 'staging'; add it or choose one of: dev, prod; if it "
        "still serves a model, the workflow Remove endpoint takes that away."
    )


def test_every_setting_is_read(repository: Path, project: ProjectSettings) -> None:
    settings = (
        'account: "111122223333"',
        "region: eu-west-1",
        scaled(TWO, 4),
        "deployment: {policy: canary, canary_percent: 25, bake_minutes: 7, "
        "alarms: {errors_percent: 2, latency_ms: 300}}",
    )
    stage = load(repository, prod(*settings), project).stage("prod")
    assert stage.account == ACCOUNT
    assert isinstance(stage.serving, Realtime)
    assert stage.serving.most_instances == 4
    assert isinstance(stage.deployment, Canary)
    assert stage.deployment.canary_percent == 25
    assert stage.deployment.alarms.latency_ms == 300
    assert stage.deployment.alarms.count == 2


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            (SERVERLESS, "approvals: registry"),
            "stage prod: approvals is not a known setting; remove it or use one of: account, "
            "approval, data_capture, deployment, name, region, security_groups, serving, subnets.",
        ),
        (
            ("serving: {mode: serverless, memory: 2048}",),
            "stage prod: serving.memory is not a known setting; remove it or use one of: "
            "max_concurrency, memory_mib, mode.",
        ),
        (
            (TWO, "deployment: {policy: canary, step_percent: 20}"),
            "stage prod: deployment.step_percent is not a known setting; remove it or use one of: "
            "alarms, bake_minutes, canary_percent, policy.",
        ),
        (
            ("account: 222233334444", SERVERLESS),
            "stage prod: account is 222233334444; give the 12 digits of an AWS account in "
            "quotes, or leave it out.",
        ),
        (
            ("account: '22223333444'", SERVERLESS),
            "stage prod: account is '22223333444'; give the 12 digits of an AWS account in "
            "quotes, or leave it out.",
        ),
        (
            ("region: Ireland", SERVERLESS),
            "stage prod: region is 'Ireland'; give the project's region, or leave it out.",
        ),
        ((), "stage prod: serving is missing; give a mapping with mode serverless or realtime."),
        (
            ("serving: realtime",),
            "stage prod: serving is 'realtime'; give a mapping with mode serverless or realtime.",
        ),
        (
            ("serving: {instance_count: 1}",),
            "stage prod: serving.mode is missing; give serverless or realtime.",
        ),
        (
            ("serving: {mode: batch}",),
            "stage prod: serving.mode is 'batch'; give serverless or realtime.",
        ),
        (
            ("serving: {mode: serverless, memory_mib: 2000}",),
            "stage prod: serving.memory_mib is 2000; give 1024, 2048, 3072, 4096, 5120 or 6144.",
        ),
        (
            ("serving: {mode: serverless, max_concurrency: 201}",),
            "stage prod: serving.max_concurrency is 201; "
            "give a whole number of requests at a time from 1 to 200.",
        ),
        (
            (ONE.replace("ml.m5.large", "m5.large"),),
            "stage prod: serving.instance_type is 'm5.large'; "
            "give an instance type such as ml.m5.large.",
        ),
        (
            (ONE.replace("count: 1", "count: '1'"),),
            "stage prod: serving.instance_count is '1'; "
            "give a whole number of instances from 1 to 100.",
        ),
        (
            ("serving: {mode: realtime, instance_type: ml.m5.large}",),
            "stage prod: serving.instance_count is missing; "
            "give a whole number of instances from 1 to 100.",
        ),
        (
            (scaled(ONE, 101),),
            "stage prod: serving.autoscaling.max_instances is 101; "
            "give a whole number of instances, 2 to 100.",
        ),
        (
            (scaled(ONE, 2).replace(": 60", ": 0"),),
            "stage prod: serving.autoscaling.invocations_per_instance_per_minute is 0; "
            "give a whole number of requests a minute that one instance should get, from 1.",
        ),
        (
            (TWO, "deployment: {policy: blue_green}"),
            "stage prod: deployment.policy is 'blue_green'; "
            "give all_at_once, canary, linear or rolling.",
        ),
        (
            (TWO, "deployment: {policy: canary, canary_percent: 51}"),
            "stage prod: deployment.canary_percent is 51; give a whole number from 1 to 50, "
            "since SageMaker takes no canary above half of the instances.",
        ),
        (
            (TWO, "deployment: {policy: linear, step_percent: 9}"),
            "stage prod: deployment.step_percent is 9; give a whole number from 10 to 50, "
            "since SageMaker takes only such steps.",
        ),
        (
            (TWO, "deployment: {policy: rolling, batch_percent: 4}"),
            "stage prod: deployment.batch_percent is 4; give a whole number from 5 to 50, "
            "since SageMaker takes only such batches.",
        ),
        (
            (TWO, "deployment: {policy: canary, bake_minutes: 1}"),
            "stage prod: deployment.bake_minutes is 1; give a whole number of minutes "
            "from 2 to 30.",
        ),
        (
            (TWO, "deployment: {policy: canary, alarms: {errors_percent: 0}}"),
            "stage prod: deployment.alarms.errors_percent is 0; "
            "give a whole number from 1 to 99, the share of 5xx answers.",
        ),
        (
            (TWO, "deployment: {policy: canary, alarms: {latency_ms: 0.5}}"),
            "stage prod: deployment.alarms.latency_ms is 0.5; give a whole number of "
            "milliseconds from 1 to 60000 for the slowest of 100 requests, or leave it out.",
        ),
        (
            (TWO, "data_capture: {sampling_percentage: 0}"),
            "stage prod: data_capture.sampling_percentage is 0; give a whole number from 1 to 100.",
        ),
        (
            (TWO, "data_capture: 50"),
            "stage prod: data_capture is 50; "
            "give a mapping with sampling_percentage, or leave it out.",
        ),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_give(
    repository: Path, lines: tuple[str, ...], sentence: str
) -> None:
    assert refusal(repository, prod(*lines)) == sentence


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (
            (SERVERLESS, "deployment: {policy: rolling}"),
            "stage prod: deployment.policy is rolling, but SageMaker shifts the requests of a "
            "serverless endpoint only at once; write all_at_once or serve with mode realtime.",
        ),
        (
            (SERVERLESS, "deployment: {policy: all_at_once, alarms: {latency_ms: 9}}"),
            "stage prod: deployment.alarms is set, but SageMaker watches no alarms while a "
            "serverless endpoint changes; remove it or serve with mode realtime.",
        ),
        (
            (SERVERLESS, "data_capture: {sampling_percentage: 9}"),
            "stage prod: data_capture is set, but SageMaker captures nothing at a serverless "
            "endpoint; remove it or serve with mode realtime.",
        ),
        (
            (SERVERLESS, "subnets: [subnet-01234567]", "security_groups: [sg-01234567]"),
            "stage prod: subnets is set, but SageMaker connects a serverless endpoint to no VPC; "
            "remove it and security_groups, or serve with mode realtime.",
        ),
        (
            (TWO, "subnets: [subnet-01234567]"),
            "stage prod: subnets and security_groups belong together; name both, or neither.",
        ),
        (
            (TWO, "security_groups: [sg-01234567]"),
            "stage prod: subnets and security_groups belong together; name both, or neither.",
        ),
        (
            (TWO, "deployment: {policy: all_at_once, bake_minutes: 5}"),
            "stage prod: deployment.bake_minutes is set, but without alarms nothing is watched "
            "meanwhile; add deployment.alarms or remove bake_minutes.",
        ),
        (
            (scaled(ONE.replace("ml.m5.large", "ml.t2.medium"), 2),),
            "stage prod: serving.autoscaling is set, but SageMaker does not scale burstable "
            "instances such as ml.t2.medium; choose another instance_type or remove autoscaling.",
        ),
        (
            (scaled(TWO, 2),),
            "stage prod: serving.autoscaling.max_instances is 2, which leaves nothing to add to "
            "instance_count 2; raise it or remove autoscaling.",
        ),
        (
            (ONE, "deployment: {policy: canary}"),
            "stage prod: deployment.policy is canary, which moves at most half of the instances "
            "at a time, but serving.instance_count is 1; give 2 or more or write all_at_once.",
        ),
        (
            (INFERENTIA, "deployment: {policy: linear}"),
            "stage prod: deployment.policy is linear with alarms, but SageMaker ignores both with "
            "ml.inf1.xlarge; choose another instance_type or write all_at_once without alarms.",
        ),
        (
            (TEN, "deployment: {policy: rolling, batch_percent: 10, bake_minutes: 4}"),
            "stage prod: deployment bakes for 40 minutes in all, but the workflow's credentials "
            "last 60 and the instances must start too; keep it to 30 by fewer bake_minutes or "
            "larger steps.",
        ),
        (
            ("region: us-east-1", SERVERLESS),
            "stage prod: region is us-east-1, but SageMaker takes a model only from its own "
            "region, eu-west-1; remove region.",
        ),
        (
            (f"account: '{OTHER_ACCOUNT}'", TWO, "data_capture: {sampling_percentage: 9}"),
            f"stage prod: data_capture is set, but account is {OTHER_ACCOUNT}, and what is asked "
            "there does not leave that account for the project's bucket; remove data_capture.",
        ),
    ],
)
def test_settings_that_cannot_stand_together_are_refused_with_the_reason(
    repository: Path, project: ProjectSettings, lines: tuple[str, ...], sentence: str
) -> None:
    assert refusal(repository, prod(*lines), project) == sentence


@pytest.mark.parametrize(
    "lines",
    [
        (INFERENTIA,),
        (TWO, "deployment: {policy: rolling, batch_percent: 5, bake_minutes: 15}"),
        ("account: '111122223333'", TWO, "data_capture: {sampling_percentage: 9}"),
        (f"account: '{OTHER_ACCOUNT}'", TWO),
        (TWO, "deployment: {policy: all_at_once, bake_minutes: 5, alarms: {}}"),
    ],
)
def test_what_is_only_near_a_refusal_is_taken(
    repository: Path, project: ProjectSettings, lines: tuple[str, ...]
) -> None:
    assert load(repository, prod(*lines), project).stage("prod")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "stages:\n" + DEV.replace("automatic", "environment"),
            "stage dev: approval is environment, but the approval of the model is what starts "
            "dev; write automatic.",
        ),
        (
            "stages:\n" + DEV.replace("name", "account: '222233334444', name"),
            "stage dev: account is 222233334444, but dev lies in the project's account, where "
            "the model is; remove account.",
        ),
        ("stages:\n" + DEV + DEV, "stage dev is there 2 times; keep one."),
        *(
            (
                "stages:\n" + DEV.replace("dev", name),
                f"stage 1: name is '{name}'; give one of the names in the project's parameter "
                "Stages, up to 20 lower-case letters and digits that begin with a letter.",
            )
            for name in ("Dev", "1st", "pre-prod", "a" * 21)
        ),
        ("stages: [dev]\n", "stage 1 is 'dev'; write a mapping that begins with its name."),
        ("stages: []\n", "stages is []; give a list of stages, first to last."),
        ("stages:\n  dev: {}\n", "stages is {'dev': {}}; give a list of stages, first to last."),
        (
            "stage: []\n",
            "stage is not a known setting; remove it or use one of: stages.",
        ),
        (
            "stages:\n" + DEV + "stages:\n" + DEV,
            "stages stands twice in one mapping; remove it in line 3.",
        ),
        ("", " holds no settings; write them as `name: value` lines."),
        ("\na: b: c\n", " is not YAML; correct line 2."),
    ],
)
def test_a_wrong_file_is_refused(repository: Path, text: str, sentence: str) -> None:
    assert refusal(repository, text) == sentence


def test_bytes_that_are_not_text_are_refused(repository: Path) -> None:
    path = repository / "config" / "stages.yml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match=r"is not text; write it as YAML in UTF-8\.$"):
        load_stages(path)


def test_an_absent_file_is_refused(repository: Path) -> None:
    with pytest.raises(SettingsError, match=r"^There is no config/absent\.yml; restore it"):
        load_stages(repository / "config" / "absent.yml")


def _of(repository: Path, stages: str) -> ProjectSettings:
    """The project with other stages."""
    file = repository / "project.env"
    file.write_text(f"{file.read_text()}PROJECT_STAGES={stages}\n")
    return load_project(file, {})


def _listed(*names: str) -> str:
    """A file with these stages."""
    first, *later = names
    return (
        "stages:\n"
        + DEV.replace("dev", first)
        + "".join(
            PROD.replace("prod", name).replace("environment", "registry") + f"    {SERVERLESS}\n"
            for name in later
        )
    )


@pytest.mark.parametrize(
    ("stages", "names"),
    [
        ("qa,live", ("qa", "live")),
        ("qa", ("qa",)),
        ("qa,,live", ("qa", "live")),
        ("a,b,c,d,e,f", tuple("abcdef")),
        # A stage keeps its place in the parameter; a model passes them as this file has them.
        ("dev,prod,staging", ("dev", "staging", "prod")),
    ],
)
def test_a_project_names_its_stages(repository: Path, stages: str, names: tuple[str, ...]) -> None:
    loaded = load(repository, _listed(*names), _of(repository, stages))
    assert tuple(stage.name for stage in loaded.stages) == names
    assert loaded.stage("").name == names[0]


@pytest.mark.parametrize(
    ("stages", "names", "sentence"),
    [
        (
            "qa,live",
            ("qa", "prod"),
            "stage prod: the project has roles for qa, live, and for no stage prod; add it to the "
            "parameter Stages of the project in Studio, or remove it here.",
        ),
        (
            "qa,live",
            ("live", "qa"),
            "the first stage is live; put qa before it, which the project's parameter Stages has "
            "first.",
        ),
        (
            "dev",
            ("qa",),
            "stage qa: the project has roles for dev, and for no stage qa; add it to the parameter "
            "Stages of the project in Studio, or remove it here.",
        ),
    ],
)
def test_a_stage_without_roles_is_refused(
    repository: Path, stages: str, names: tuple[str, ...], sentence: str
) -> None:
    assert refusal(repository, _listed(*names), _of(repository, stages)) == sentence


def test_a_project_from_before_the_parameter_has_three_stages(
    repository: Path, project: ProjectSettings
) -> None:
    assert project.stage_names == ("dev", "staging", "prod")
    assert "for no stage live" in refusal(repository, _listed("dev", "live"), project)
