"""What the documents name exists, and what users may use is named in them."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from mlops_sm_project_template.config import names
from mlops_sm_project_template.config.settings import Settings, SettingsError
from rehearsal.conductor.acts import ACTS
from rehearsal.conductor.cli import cli
from tests.docs.code_blocks import blocks
from tests.documents import DOCUMENTS, read, section, tables

# Made by the commands that the documents give.
MADE = {
    ".env",
    ".rehearsal",
    ".rehearsal/report.json",
    ".images/own/NAME",
    "rehearsal/laboratory/benchmarks/results.json",
    "cdk.out",
    "sbom",
}
FILE = re.compile(r"[\w.<>-]+\.(?:py|ya?ml|md|txt|sh|svg|json|toml|ipynb)")
QUOTE = r"^\| (?:``(.+?)``|`([^`]+)`)(?:, [\w ]+)? \|"
REGISTRATION = ".github/workflows/sm_template_register_service_catalog.yml"
SUBSTITUTES = {
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::AccountId": "111122223333",
    "OpenIdConnectIssuer": "token.actions.githubusercontent.com",
    "RepositorySubject": "repo:OWNER@1/REPOSITORY@2",
    "BootstrapQualifier": "hnb659fds",
    "RolePrefix": "",
}


def _first_cells(rows_of: str) -> list[str]:
    rows = re.findall(r"^ *\| (.+?) \|", rows_of, re.M)
    return [row.strip("`") for row in rows if not row.startswith("---")]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_row_of_a_table_has_the_columns_of_its_head(document: str) -> None:
    for table in re.findall(r"(?:^ *\|.*\|\n)+", read(document), re.M):
        # A bar within code is none of the table's.
        rows = [re.sub(r"`[^`]*`", "", line) for line in table.splitlines()]
        assert {row.count("|") for row in rows} == {rows[0].count("|")}, rows[0]
        assert all(row.rstrip().endswith("|") for row in rows)


def test_make_targets_are_all_documented(text: str, root: Path) -> None:
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z-]+):.*## ", makefile, re.M)
    documented = [cell for cell in _first_cells(text) if cell.startswith("make ")]
    assert sorted(documented) == sorted(f"make {target}" for target in targets)


def test_options_of_the_rehearsal_are_all_documented() -> None:
    options, commands = section("Options of the rehearsal"), section("Commands of the rehearsal")
    own = {parameter.opts[0] for parameter in cli.params}
    documented = {cell.split()[0] for cell in _first_cells(options) if cell.startswith("--")}
    assert documented == own
    for name, command in cli.commands.items():
        (row,) = re.findall(rf"^\| `{name}` \| (.*) \|$", commands, re.M)
        for parameter in command.params:
            assert parameter.opts[0].upper().strip("-") in row.upper(), (name, parameter.name)


def test_commands_of_the_rehearsal_exist() -> None:
    table = section("Commands of the rehearsal").split("| command | does |")[1].split("```")[0]
    assert set(_first_cells(table)) == set(cli.commands)


def test_acts_are_all_named(text: str) -> None:
    (row,) = re.findall(r"^\| `--until ACT` \| (.*) \|$", text, re.M)
    assert re.findall(r"`([a-z-]+)`", row) == [act.name for act in ACTS]
    shown = re.findall(r"^\[\d/7\] (.*?)(?:  |$)", read("README.md"), re.M)
    assert shown == [act.title for act in ACTS]


@pytest.mark.parametrize("document", [*DOCUMENTS, "mlops_sm_project_template/README.md"])
def test_every_named_path_exists(document: str, root: Path) -> None:
    text = read(document)
    folders = [root, (root / document).parent]
    names_of_files = {path.name for path in _project_files(root)}
    top = {path.name for folder in folders for path in folder.iterdir()}
    for token in re.findall(r"(?<!`)`([^`\s]+)`(?!`)", text):
        path = token.rstrip("/")
        if path in MADE or "*" in path:
            continue
        if "/" in path and path.split("/")[0] in top:
            assert any((folder / path).exists() for folder in folders), token
        elif FILE.fullmatch(path):
            assert path in names_of_files, token


def _project_files(root: Path) -> Iterator[Path]:
    for path in root.iterdir():
        if path.name in {".git", ".venv", ".images", ".rehearsal", "node_modules", "cdk.out"}:
            continue
        yield path
        if path.is_dir():
            yield from path.rglob("*")


@pytest.mark.parametrize(
    "document",
    [
        *DOCUMENTS,
        "CHANGELOG.md",
        "mlops_sm_project_template/README.md",
        "docs/reference-coverage.md",
        "docs/decisions/README.md",
        "rehearsal/docs/decisions/README.md",
        "docs/decisions/template-supply-chain.md",
    ],
)
def test_every_link_leads_somewhere(document: str, root: Path) -> None:
    text = read(document)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        file = (root / document).parent / path if path else root / document
        assert file.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M)
            anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in anchors, target


def test_the_tree_shows_what_is_there(root: Path) -> None:
    (tree,) = blocks(section("Repository structure"), "text")
    branch: list[str] = []
    for line in tree.splitlines()[1:]:
        prefix, entry = re.split(r"(?<=──) ", line, maxsplit=1)
        entries = re.split(r"  +", entry)[0].split(", ")
        depth = len(prefix) // 4
        branch[depth:] = [entries[0]]
        for name in entries:
            assert root.joinpath(*branch[:depth], name).exists(), name


def test_both_ways_of_registration_are_described(root: Path) -> None:
    workflow = (root / REGISTRATION).read_text(encoding="utf-8")
    by_hand = section("By hand")
    deploy = "cdk --app ./cdk.out/assembly-dev deploy --all --import-existing-resources"
    assert deploy in workflow
    assert deploy in by_hand
    assert "`.env`" in by_hand
    assert Path(REGISTRATION).name in section("By workflow")
    short = section("Register")
    assert deploy in short
    assert Path(REGISTRATION).name in short


def test_secrets_are_those_of_the_workflow(root: Path) -> None:
    used = re.findall(r"secrets\.(\w+)", (root / REGISTRATION).read_text(encoding="utf-8"))
    table = section("By workflow").split("| secret | value |")[1].split("\n\n")[0]
    assert set(_first_cells(table)) == set(used)


def test_the_named_workflows_exist(text: str, root: Path) -> None:
    files = [
        *root.glob(".github/workflows/*.yml"),
        *root.glob("seed_code/*/.github/workflows/*.yml"),
    ]
    titles = {yaml.safe_load(file.read_text(encoding="utf-8"))["name"] for file in files}
    told = " ".join(text.split())
    named = {
        "Sagemaker Project Template Registration in Service Catalog",
        "Build model",
        "Deploy model",
        "Remove endpoint",
    }
    assert named <= titles
    assert all(re.search(rf"\*(Actions → )?{title}\*", told) for title in named)


def test_product_and_parameters_are_those_of_the_template(root: Path) -> None:
    told = section("Create a project")
    assert names.PRODUCT in " ".join(told.split())
    assert names.PRODUCT in " ".join(section("Create").split())
    folder = root / "mlops_sm_project_template"
    source = folder / "templates" / "pipeline_constructs" / "project_parameters.py"
    parameters = re.findall(r'self\._text\(\s*"(\w+)"', source.read_text(encoding="utf-8"))
    assert [cell for cell in _first_cells(told) if cell != "parameter"] == parameters


def test_stack_parameters_are_all_named(root: Path) -> None:
    source = root / "mlops_sm_project_template" / "service_catalog_stack.py"
    text = source.read_text(encoding="utf-8")
    parameters = re.findall(r'(?:_text\(|CfnParameter\(\s*self,)\s*"(\w+)"', text)
    assert len(parameters) == 3
    by_hand = section("By hand")
    assert [name for name in parameters if name not in by_hand] == []


def test_settings_are_all_named() -> None:
    (table,) = tables("| setting | says | [by workflow](register.md#by-workflow) |")
    told = {name for cell in _first_cells(table) for name in re.findall(r"\w+", cell)}
    assert told == {name.upper() for name in Settings.model_fields}


def test_settings_of_the_workflow_are_told_as_it_reads_them(root: Path) -> None:
    workflow = (root / REGISTRATION).read_text(encoding="utf-8")
    (table,) = tables("| setting | says | [by workflow](register.md#by-workflow) |")
    for kind, word in (("secrets", "secret"), ("vars", "variable")):
        rows = re.findall(rf"^\| (.+) \| .+ \| (?:a )?{word}s? \|$", table, re.M)
        told = {name for cell in rows for name in re.findall(r"\w+", cell)}
        read_there = set(re.findall(rf"{kind}\.(\w+)", workflow))
        assert told == read_there - {"AWS_ACCOUNT_OPENID_IAM_ROLE"}


class _CloudFormation(yaml.SafeLoader):
    """Reads !Sub with the documents' example values, and passes over other functions."""


def _intrinsic(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:
    if not isinstance(node, yaml.ScalarNode):
        return None
    value = str(loader.construct_scalar(node))
    if suffix == "Sub":
        return re.sub(r"\$\{([\w:]+)\}", lambda match: SUBSTITUTES[match[1]], value)
    return value


_CloudFormation.add_multi_constructor("!", _intrinsic)


def test_policies_by_hand_are_those_of_the_prerequisites(text: str, root: Path) -> None:
    source = (root / "prerequisites" / "prerequisites.yml").read_text(encoding="utf-8")
    resources = yaml.load(source, Loader=_CloudFormation)["Resources"]
    role = resources["RegistrationRole"]["Properties"]
    wanted = [
        resources["ProjectPermissions"]["Properties"]["PolicyDocument"],
        resources["WorkPermissions"]["Properties"]["PolicyDocument"],
        json.loads(role["AssumeRolePolicyDocument"]),
        role["Policies"][0]["PolicyDocument"],
    ]
    shown = [_lists(json.loads(block)) for block in blocks(text, "json")]
    assert shown == [_lists(document) for document in wanted]


def _lists(document: dict[str, Any]) -> dict[str, Any]:
    """Write single actions and resources as lists, as IAM reads them."""
    for statement in document["Statement"]:
        for key in ("Action", "Resource"):
            if isinstance(statement.get(key), str):
                statement[key] = [statement[key]]
    return document


def test_roles_are_those_of_the_template() -> None:
    roles = {cell for cell in _first_cells(section("Security")) if "-" in cell}
    duties = ("execution", "reader", "build", *names.stage_duties("<stage>"))
    project = {names.project_role("<id>", duty) for duty in duties}
    assert roles == project | {names.LAUNCH_ROLE, "mlops-sm-project-registration"}


def test_troubleshooting_quotes_what_the_programs_say(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [*_sentences(root), *_settings_sentences(tmp_path, monkeypatch)]
    rows = "".join(tables("| it says | do |"))
    quotes = [one or two for one, two in re.findall(QUOTE, rows, re.M)]
    assert len(quotes) >= 55
    unknown = [quote for quote in quotes if not any(map(_wanted(quote).search, said))]
    assert unknown == []


def _wanted(quote: str) -> re.Pattern[str]:
    """The quote's parts in their order; values are left open."""
    parts = [part.strip() for part in re.split(r"…|`[^`]+`", quote) if part.strip()]
    return re.compile(".*".join(map(re.escape, parts)))


def _sentences(root: Path) -> Iterator[str]:
    for page in (root / "console" / "templates").rglob("*.html"):
        yield page.read_text(encoding="utf-8")
    for folder in (
        "console",
        "functions",
        "mlops_sm_project_template",
        "operations",
        "rehearsal",
        "supply_chain",
    ):
        for file in (root / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value
                elif isinstance(node, ast.JoinedStr):
                    yield "".join(
                        str(part.value) if isinstance(part, ast.Constant) else "…"
                        for part in node.values
                    )


def _settings_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("GITHUB_SERVER_URL", "https://github.example.com/path")
    monkeypatch.setenv("GITHUB_READ_TIMEOUT_SECONDS", "0")
    monkeypatch.setenv("PRINCIPAL_ORG_ID", "x")
    # Locations and keys are read when account and region are known.
    place = {"AWS_ACCOUNT": "1" * 12, "AWS_REGION": "eu-b-1"}
    for more in ({}, {**place, "DATA_LOCATIONS": "s3://x", "KMS_KEY": "x"}):
        for name, value in more.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(SettingsError) as refused:
            Settings.load(tmp_path / ".env")
        yield str(refused.value)


def test_env_is_never_committed(root: Path) -> None:
    ignored = (root / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert ".env" in [line.strip().strip("/") for line in ignored]


def test_no_machine_shows_through(root: Path) -> None:
    pages = [str(page.relative_to(root)) for page in (root / "docs").rglob("*.md")]
    for document in {*DOCUMENTS, *pages, "CHANGELOG.md"}:
        assert re.findall(r"(?:/home/|/Users/|/tmp/|/work/)\S*", read(document)) == [], document
