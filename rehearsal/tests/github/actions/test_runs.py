"""Workflows that run for real, with act."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import jwt
import pytest

from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.world import World
from rehearsal.tests.github.actions.test_secrets import seal
from rehearsal.tests.github.served_github import FULL, ServedGitHub

CHECKOUT = "actions/checkout@8e8c483db84b4bee98b60c0593521ed34d9990e8"
HEAD = "name: Work\non: {push: {branches: [main]}, workflow_dispatch: {}}\npermissions: {}\n"


def jobs_text(**jobs: str) -> str:
    """Jobs by name; each text is the job without ``runs-on``."""
    lines = ["jobs:"]
    for key, text in jobs.items():
        lines += [f"  {key}:", "    runs-on: ubuntu-24.04"]
        lines += [f"    {line}" for line in text.strip("\n").split("\n")]
    return "\n".join(lines) + "\n"


CONTEXT_NAMES = (
    *("sha", "ref", "ref_name", "ref_type", "repository", "repository_id", "repository_owner_id"),
    *("run_number", "actor", "actor_id", "triggering_actor", "workflow", "workflow_ref"),
    *("event_name", "server_url", "api_url"),
)
TOKEN_STEP = """
permissions: {id-token: write}
environment: ENVIRONMENT
steps:
  - run: |
      curl -sf -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \\
        "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=sts.amazonaws.com" > token.json
      tr . '\\n' < token.json | sed 's/^/part /'; echo
      echo "url $ACTIONS_ID_TOKEN_REQUEST_URL"
"""


def claims_of(github: ServedGitHub, log: str) -> dict[str, Any]:
    """The verified token that a job printed in parts, so that nothing masks it."""
    parts = [line.split("part ", 1)[1] for line in log.splitlines() if " part " in line]
    token = json.loads(".".join(parts))["value"]
    issuer = f"{github.url}/_services/token"
    configuration = json.loads(github.fetch(f"{issuer}/.well-known/openid-configuration").body)
    assert configuration["issuer"] == issuer
    keys = jwt.PyJWKClient(configuration["jwks_uri"])
    key = keys.get_signing_key_from_jwt(token).key
    claims: dict[str, Any] = jwt.decode(
        token, key, algorithms=["RS256"], audience="sts.amazonaws.com", issuer=issuer
    )
    return claims


def test_push_runs_two_jobs_with_checkout_outputs_and_signed_token(github: ServedGitHub) -> None:
    first = f"""
permissions: {{contents: read}}
outputs: {{said: "${{{{ steps.say.outputs.word }}}}"}}
steps:
  - uses: {CHECKOUT}
    with: {{persist-credentials: false}}
  - id: say
    run: |
      echo "word=it's ${{{{ github.repository_id }}}}" >> "$GITHUB_OUTPUT"
      test "$(git rev-parse HEAD)" = "$GITHUB_SHA"
      test -f README.md
      ! grep -q extraheader .git/config
"""
    second = "needs: first\nname: Second of ${{ needs.first.outputs.said }}" + TOKEN_STEP
    text = HEAD + jobs_text(first=first, second=second.replace("ENVIRONMENT", "dev"))
    started = time.perf_counter()
    sha = github.workflow("two", text)
    run = github.run("two")
    assert run["conclusion"] == "success", github.logs("two")
    assert time.perf_counter() - started < 10
    assert run["head_sha"] == sha
    id_ = github.rest("GET", "/repos/octo/two").body["id"]
    jobs = github.jobs("two", run)
    assert set(jobs) == {"first", f"Second of it's {id_}"}
    steps = [step["name"] for step in jobs["first"]["steps"]]
    assert steps[0] == "Set up job"
    assert steps[1] == f"Run {CHECKOUT}"
    claims = claims_of(github, github.log("two", jobs[f"Second of it's {id_}"]))
    assert claims["sub"] == f"repo:octo@1001/two@{id_}:environment:dev"
    assert claims["repository_id"] == str(id_)
    assert (claims["sha"], claims["ref"], claims["actor"]) == (sha, "refs/heads/main", "octo")
    assert claims["job_workflow_ref"].startswith("octo/two/.github/workflows/work.yml@")
    assert claims["exp"] - claims["iat"] == 300
    assert github.rest("GET", "/repos/octo/two/environments/dev").status == 200


def test_a_later_job_has_the_same_folder_empty_again(github: ServedGitHub) -> None:
    step = 'steps:\n  - run: test -z "$(ls -A)" && echo "in $(pwd -P)" && touch left\n'
    github.workflow("place", HEAD + jobs_text(one=step, two="needs: one\n" + step))
    run = github.run("place")
    assert run["conclusion"] == "success", github.logs("place")
    found = [
        line.rpartition(" in ")[2]
        for job in github.jobs("place", run).values()
        for line in github.log("place", job).splitlines()
        if " in /" in line
    ]
    assert len(found) == 2
    assert len(set(found)) == 1


def test_the_conductor_reads_the_log_of_a_run_that_failed(
    github: ServedGitHub, tmp_path: Path
) -> None:
    github.workflow("failing", HEAD + jobs_text(only="steps:\n  - run: echo so it is && false\n"))
    run_id = github.run("failing")["id"]
    record = SimpleNamespace(tokens={"octo": FULL})
    world = SimpleNamespace(github_url=github.url, record=record, logs=tmp_path)
    play = Play(cast(World, world), Options(), print)
    repository = play.github("octo").get_repo("octo/failing")
    log = play.save_run_log(repository, repository.get_workflow_run(run_id))
    assert "so it is" in log.read_text(encoding="utf-8")


def test_token_endpoint_is_closed_without_permission_and_after_the_job(
    github: ServedGitHub,
) -> None:
    closed = 'steps:\n  - run: test -z "$ACTIONS_ID_TOKEN_REQUEST_URL$LEAKED"; env | sort'
    opened = TOKEN_STEP.replace("environment: ENVIRONMENT\n", "")
    github.workflow("closing", HEAD + jobs_text(closed=closed, opened=opened))
    run = github.run("closing")
    assert run["conclusion"] == "success", github.logs("closing")
    jobs = github.jobs("closing", run)
    assert "FROM_MACHINE=yes" in github.log("closing", jobs["closed"])
    log = github.log("closing", jobs["opened"])
    assert claims_of(github, log)["sub"].endswith(":ref:refs/heads/main")
    url = next(line.split("url ", 1)[1] for line in log.splitlines() if " url " in line)
    with pytest.raises(urllib.error.HTTPError, match="401") as refusal:
        urllib.request.urlopen(f"{url}&audience=x")
    refusal.value.close()


def test_job_token_has_the_granted_rights_only_and_dies_with_the_job(github: ServedGitHub) -> None:
    call = 'curl -s -o /dev/null -w "%{http_code}" -H "Authorization: Bearer $TOKEN"'
    path = "$GITHUB_API_URL/repos/octo/rights/statuses/$GITHUB_SHA"
    status = f'{call} -d \'{{"state":"success"}}\' {path}'
    steps = f"""
env: {{TOKEN: "${{{{ github.token }}}}"}}
steps:
  - run: |
      echo "status $({status})"
      echo "read $({call} $GITHUB_API_URL/repos/octo/rights/contents/README.md)"
      echo "create $({call} -d '{{"name":"x"}}' $GITHUB_API_URL/user/repos)"
      echo "parts ${{TOKEN%????????}} ${{TOKEN#????????????????????????????????????}}"
"""
    github.workflow(
        "rights",
        HEAD
        + jobs_text(
            may="permissions: {statuses: write}" + steps,
            reads="permissions: {contents: read}" + steps,
        ),
    )
    run = github.run("rights")
    assert run["conclusion"] == "success", github.logs("rights")
    jobs = github.jobs("rights", run)
    may, reads = (github.log("rights", jobs[key]) for key in ("may", "reads"))
    assert [word in may for word in ("status 201", "read 403", "create 403")] == [True] * 3
    assert [word in reads for word in ("status 403", "read 200")] == [True] * 2
    token = "".join(next(x for x in may.splitlines() if " parts " in x).split()[-2:])
    assert token.startswith("ghs_")
    assert github.rest("GET", "/user", token=token).status == 401


def test_contexts_are_those_of_the_push(github: ServedGitHub) -> None:
    lines = "\n".join(f"      {name}=${{{{ github.{name} }}}}" for name in CONTEXT_NAMES)
    step = f"steps:\n  - run: |\n      cat <<'END'\n{lines}\n      END\n      env | grep ^GITHUB_\n"
    extra = "  - run: echo event=${{ github.event.head_commit.id }} on=${{ runner.environment }}\n"
    sha = github.workflow("context", HEAD + jobs_text(only=step + extra))
    run = github.run("context")
    log = github.log("context", github.jobs("context", run)["only"])
    id_ = github.rest("GET", "/repos/octo/context").body["id"]
    expected = {
        "sha": sha,
        "ref": "refs/heads/main",
        "ref_name": "main",
        "ref_type": "branch",
        "repository": "octo/context",
        "repository_id": id_,
        "repository_owner_id": 1001,
        "run_number": 1,
        "actor": "octo",
        "actor_id": 1001,
        "triggering_actor": "octo",
        "workflow": "Work",
        "workflow_ref": "octo/context/.github/workflows/work.yml@refs/heads/main",
        "event_name": "push",
        "server_url": github.url,
        "api_url": f"{github.url}/api/v3",
    }
    for name, value in expected.items():
        assert f" {name}={value}\n" in log
        assert f" GITHUB_{name.upper()}={value}\n" in log
    assert f"event={sha} on=self-hosted" in log


def test_secrets_are_masked_also_in_pieces_and_encoded(github: ServedGitHub) -> None:
    github.create("masked")
    base = "/repos/octo/masked/actions"
    value = "first-li$ne\nsecond'line"
    github.rest("PUT", f"{base}/secrets/DEEP", seal(github, base, value))
    github.rest("PUT", f"{base}/secrets/PLAIN", seal(github, base, "open-sesame"))
    github.rest("POST", f"{base}/variables", {"name": "SHOWN", "value": "va$lue"})
    job = """
env: {DEEP: "${{ secrets.DEEP }}", PLAIN: "${{ secrets.PLAIN }}"}
outputs: {leak: "x ${{ secrets.PLAIN }}", fine: "${{ vars.SHOWN }}"}
steps:
  - name: Say ${{ secrets.PLAIN }}
    run: |
      test "$DEEP" = "$(printf 'first-li$ne\\nsecond\\047line')"
      echo "$DEEP"; echo "$PLAIN" '${{ vars.SHOWN }}'
      printf %s "$PLAIN" | base64
      printf 'xx%s' "$PLAIN" | base64
      echo "::add-mask::made-up-here"; echo made-up-here
      printf %s made-up-here | base64
  - run: echo "${{ secrets.PLAIN }}" >&2; exit 3
"""
    after = """
needs: leaky
if: ${{ always() && needs.leaky.result == 'failure' }}
steps:
  - run: echo 'leak=${{ needs.leaky.outputs.leak }}= fine=${{ needs.leaky.outputs.fine }}='
"""
    github.commit(
        "octo/masked", {".github/workflows/work.yml": HEAD + jobs_text(leaky=job, after=after)}
    )
    run = github.run("masked")
    assert run["conclusion"] == "failure"
    jobs = github.jobs("masked", run)
    log = github.log("masked", jobs["leaky"])
    for secret in (
        "first-li",
        "second'line",
        "open-sesame",
        "b3Blbi1zZXNhbW",
        "eHhvcGVuLXNlc2FtZ",
        "made-up-here",
        "bWFkZS11cC1oZXJl",
    ):
        assert secret not in log.replace("b64", ""), secret
    assert "va$lue" in log
    assert "##[error]Process completed with exit code 3." in log
    assert "Skip output 'leak' since it may contain secret." in log
    assert "open-sesame" not in json.dumps(jobs)
    assert "leak== fine=va$lue=" in github.log("masked", jobs["after"])


def test_dispatch_checks_inputs_and_gives_them_typed(github: ServedGitHub) -> None:
    trigger = """name: Deploy
on:
  workflow_dispatch:
    inputs:
      model: {type: string, required: true}
      size: {type: choice, options: [small, large], default: small}
      dry: {type: boolean, default: true}
permissions: {}
run-name: Deploy ${{ inputs.model }}
"""
    job = """
steps:
  - run: echo "got ${{ inputs.model }} ${{ inputs.size }} ${{ github.event.inputs.dry }}"
  - if: inputs.dry == true
    run: echo dry run
"""
    github.workflow("manual", trigger + jobs_text(only=job))
    base = "/repos/octo/manual/actions/workflows"
    path = f"{base}/work.yml/dispatches"
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:model-package/x/1"
    for body, word in (
        ({"ref": "none", "inputs": {"model": arn}}, "No ref found for: none"),
        (
            {"ref": "main", "inputs": {"model": arn, "no": "1"}},
            'Unexpected inputs provided: ["no"]',
        ),
        ({"ref": "main"}, "Required input 'model' not provided"),
        ({"ref": "main", "inputs": {"model": arn, "size": "odd"}}, "not in the list"),
    ):
        refused = github.rest("POST", path, body)
        assert (refused.status, word in refused.body["message"]) == (422, True), refused.body
    assert github.rest("POST", f"{base}/none.yml/dispatches", {"ref": "main"}).status == 404
    assert github.rest("POST", path, {"ref": "main", "inputs": {"model": arn}}).status == 204
    run = github.run("manual")
    assert (run["event"], run["display_title"]) == ("workflow_dispatch", f"Deploy {arn}")
    log = github.log("manual", github.jobs("manual", run)["only"])
    assert f"got {arn} small true" in log
    assert " dry run\n" in log
    workflow = github.rest("GET", f"{base}/work.yml").body
    body = {"ref": "main", "inputs": {"model": "m"}, "return_run_details": True}
    details = github.rest("POST", f"{base}/{workflow['id']}/dispatches", body)
    assert details.body["workflow_run_id"] > run["id"]
    assert github.rest("GET", f"{base}/{workflow['id']}/runs").body["total_count"] == 2
    github.run("manual", number=2)


def test_dispatch_needs_its_trigger(github: ServedGitHub) -> None:
    github.workflow("pushed", "on: push\n" + jobs_text(only="steps: [{run: 'true'}]"))
    path = "/repos/octo/pushed/actions/workflows/work.yml/dispatches"
    refused = github.rest("POST", path, {"ref": "main"})
    assert refused.body["message"] == "Workflow does not have 'workflow_dispatch' trigger"
    github.run("pushed")
