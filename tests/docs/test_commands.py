"""Every command line of the documents can be typed as it stands."""

import functools
import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import click
import pytest

from console.command import console
from mlops_sm_project_template.config import names
from operations.cli import cli as operations
from rehearsal.conductor.cli import cli as rehearsal
from tests.docs.aws_command import CommandError, read_aws_command
from tests.docs.code_blocks import blocks, lines
from tests.docs.gh_command import GhCommandError, read_gh_command
from tests.documents import DOCUMENTS, ROOT, read
from tests.github_openapi import validate_exchange


def _command_lines() -> Iterator[str]:
    for document in DOCUMENTS:
        for block in blocks(read(document), "sh"):
            yield from lines(block)


def _inline_commands() -> Iterator[str]:
    for document in DOCUMENTS:
        for inline in re.findall(r"`((?:make|cdk|aws|pip) [^`…<]+)`", read(document)):
            yield " ".join(inline.split())


def _options(words: list[str]) -> list[str]:
    return [word.split("=")[0] for word in words if word.startswith("--")]


def _check_make(words: list[str]) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    target, *settings = words
    assert re.search(rf"^{re.escape(target)}:.*## ", makefile, re.MULTILINE), target
    for setting in settings:
        name, _, value = setting.partition("=")
        assert re.search(rf"^{re.escape(name)} *\?=", makefile, re.MULTILINE), name
        if name == "ARGS":
            _check_arguments(target, shlex.split(value))


def _check_arguments(target: str, words: list[str]) -> None:
    """Of a target that is one of our command lines."""
    if target in ("rehearse", "console"):
        _check_words({"rehearse": rehearsal, "console": console}[target], words)
    else:
        _check_words(operations, [target, *words])
        assert target in operations.commands


def _check_words(group: click.Command, words: list[str]) -> None:
    command = group
    position = 0
    while position < len(words):
        word = words[position]
        known_commands = command.commands if isinstance(command, click.Group) else {}
        if word in known_commands:
            command = known_commands[word]
        elif word.startswith("--"):
            known = {
                option: one for one in command.params for option in (*one.opts, *one.secondary_opts)
            }
            assert word == "--help" or word in known, word
            if word in known and not getattr(known[word], "is_flag", False):
                position += 1
                if isinstance(known[word].type, click.Choice):
                    assert words[position] in known[word].type.choices
        else:
            assert [one for one in command.params if isinstance(one, click.Argument)], word
        position += 1


@functools.cache
def _cdk_options(subcommand: str) -> set[str]:
    """From the description of which the CDK command line's own parser is made."""
    text = (ROOT / "node_modules/aws-cdk/lib/cli/cli-type-registry.json").read_text(
        encoding="utf-8"
    )
    registry = json.loads(text)
    known = registry["globalOptions"] | registry["commands"][subcommand]["options"]
    return {f"--{option}" for option in known}


def _check_cdk(words: list[str]) -> None:
    subcommands = ("bootstrap", "synth", "deploy", "destroy")
    (subcommand,) = [word for word in words if word in subcommands]
    assert set(_options(words)) <= _cdk_options(subcommand)
    # An app would be synthesized first, even to bootstrap, and then needs settings.
    app = {"bootstrap": "", "synth": None}.get(subcommand, "./cdk.out/assembly-dev")
    assert app == (words[words.index("--app") + 1] if "--app" in words else None)
    if "--parameters" in words:
        stack, parameter = words[words.index("--parameters") + 1].split("=")[0].split(":")
        sources = (ROOT / "mlops_sm_project_template").rglob("*.py")
        assert stack == names.STACK
        assert any(f'"{parameter}"' in file.read_text(encoding="utf-8") for file in sources)


def _check_aws(words: list[str]) -> None:
    if words[:2] == ["configure", "sso"]:  # asks for everything itself
        assert _options(words) == ["--profile"]
        return
    read_aws_command(words, ROOT).check()


def _check_gh(words: list[str]) -> None:
    command = read_gh_command(words, "OWNER/REPOSITORY", "main")
    validate_exchange(command.method, command.path, command.body, 404, {"message": "Not Found"})
    workflow = re.search(r"/workflows/([^/]+)/", command.path)
    assert workflow is None or (ROOT / ".github" / "workflows" / workflow[1]).is_file()


def _check_pip(words: list[str]) -> None:
    assert words[:2] == ["install", "-r"]
    assert (ROOT / words[2]).is_file()


def _check_cp(words: list[str]) -> None:
    assert (ROOT / words[0]).is_file()


def _check_with_settings(words: list[str]) -> None:
    while re.fullmatch(r"AWS_(PROFILE|REGION)=[\w-]+", words[0]):
        words = words[1:]
    CHECKS[words[0]](words[1:])


def _check_shell(words: list[str]) -> None:
    assert words == [".venv/bin/activate"] or words[0].startswith("PATH=$PWD/node_modules/.bin:")


CHECKS = {
    "make": _check_make,
    "cdk": _check_cdk,
    "aws": _check_aws,
    "gh": _check_gh,
    "pip": _check_pip,
    "cp": _check_cp,
    ".": _check_shell,
    "export": _check_shell,
    "settings": _check_with_settings,
}


@pytest.mark.parametrize("line", sorted(set(_command_lines())))
def test_a_command_line_exists(line: str) -> None:
    program, *words = shlex.split(line, comments=True)
    if program.startswith("AWS_"):
        program, words = "settings", [program, *words]
    assert program in CHECKS, f"{program} is not one of the programs that the documents install"
    CHECKS[program](words)


@pytest.mark.parametrize("line", sorted(set(_inline_commands())))
def test_a_command_that_a_sentence_names_exists(line: str) -> None:
    program, *words = shlex.split(line, comments=True)
    if program == "aws" and words[0] != "configure":
        read_aws_command(words, ROOT)  # a sentence does not give every parameter
    else:
        CHECKS[program](words)


@pytest.mark.parametrize(
    "line",
    [
        "make rehearsal",
        "make redrive ARGS=--all",
        "make register ARGS=--everything",
        "make proof ARGS=--dry-run",
        'make rehearse ARGS="--date x"',
        'make rehearse ARGS="--until deploy"',
        "cdk deploy --everything",
        "cdk bootstrap aws://111122223333/eu-west-1",
        "cdk deploy --all",
        "aws sagemaker approve-model",
        "aws sagemaker delete-project --project-id 1",
        "aws sagemaker delete-project",
        "aws sagemaker delete-project --project-name a b",
        "aws sagemaker list-projects --max-results many",
        "aws sagemaker update-model-package --model-life-cycle Stage=prod,Status=Approved",
        "aws sagemaker create-project --project-name a --tags Key=k",
        "aws cloudformation deploy --stack-name a --template-file cdk.json "
        "--parameter-overrides Nothing=1",
        "gh workflow run other.yml",
        "gh workflow run audit.yml --everything",
        "gh api repos/OWNER/REPOSITORY/nothing",
        "gh repo fork",
        "pip install -r other.txt",
    ],
)
def test_a_command_line_that_does_not_exist_is_found(line: str) -> None:
    program, *words = shlex.split(line)
    with pytest.raises((AssertionError, KeyError, CommandError, GhCommandError)):
        CHECKS[program](words)


@pytest.mark.parametrize(
    ("line", "parameters"),
    [
        (
            "sagemaker update-model-package --model-package-arn A "
            "--model-life-cycle Stage=prod,StageStatus=Approved",
            {
                "ModelPackageArn": "A",
                "ModelLifeCycle": {"Stage": "prod", "StageStatus": "Approved"},
            },
        ),
        (
            "sagemaker update-project --project-name n "
            "--service-catalog-provisioning-update-details "
            "ProvisioningArtifactId=pa-1,ProvisioningParameters=[{Key=a,Value=b},{Key=c,Value=}]",
            {
                "ProjectName": "n",
                "ServiceCatalogProvisioningUpdateDetails": {
                    "ProvisioningArtifactId": "pa-1",
                    "ProvisioningParameters": [
                        {"Key": "a", "Value": "b"},
                        {"Key": "c", "Value": ""},
                    ],
                },
            },
        ),
        (
            "sagemaker create-project --project-name n --tags Key=a,Value=1 Key=b,Value=2",
            {
                "ProjectName": "n",
                "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}],
            },
        ),
        (
            "sagemaker-runtime invoke-endpoint --endpoint-name e --body YQ== out.csv",
            {"EndpointName": "e", "Body": b"a"},
        ),
        ("sagemaker list-projects --max-results 5", {"MaxResults": 5}),
    ],
)
def test_parameters_are_read_as_the_aws_command_line_reads_them(
    line: str, parameters: dict[str, Any]
) -> None:
    command = read_aws_command(line.split(), ROOT)
    assert command.parameters == parameters
    command.check()
