"""What a data scientist does in the Actions tab of a kept world, and whether it stays."""

import json
from pathlib import Path
from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts.current_play import FIRST_STAGE, Options, Play
from rehearsal.conductor.acts.deployments import Title, repository, wait_for_end
from rehearsal.conductor.scenarios.stage_knowledge import in_ledger
from rehearsal.conductor.world import World

REMOVAL = Title(f"Remove {FIRST_STAGE}")
DEPLOYMENT = Title(f"Deploy the newest approved model to {FIRST_STAGE}")


class ByHand:
    """A kept world, with a version in its first stage."""

    def __init__(self, clone: Path, arn: str) -> None:
        self._play = Play(World.open(clone), Options(), lambda _what: None)
        self._arn = arn

    def remove(self) -> None:
        """Start Remove endpoint, and wait until the ledger has it."""
        self._start("destroy.yml", REMOVAL, serves="")

    def deploy(self) -> None:
        """Start Deploy model with its defaults, and wait until the ledger has it."""
        self._start("deploy.yml", DEPLOYMENT, serves=self._arn)

    def check_it_stays(self) -> None:
        """Let the function look at the project, as it does for every event and by the clock."""
        group, before = self._arn.split("/")[-2], self._runs()
        look = {
            "id": "a look",
            "detail-type": "Project Look",
            "detail": {"modelPackageGroupName": group},
        }
        answer = self._play.world.administrator.client("lambda").invoke(
            FunctionName=names.DISPATCH_FUNCTION, Payload=json.dumps(look).encode()
        )
        assert json.loads(answer["Payload"].read()) == f"{group} is as it should be"
        assert self._runs() == before

    def _start(self, workflow: str, title: Title, *, serves: str) -> None:
        inputs = {"stage": FIRST_STAGE}
        assert repository(self._play).get_workflow(workflow).create_dispatch("main", inputs)
        wait_for_end(self._play, title)
        self._play.wait(f"{title.text!r} in the ledger", lambda: self._knows(serves), seconds=60)

    def _knows(self, serves: str) -> bool | None:
        record: dict[str, Any] = in_ledger(self._play, self._arn, FIRST_STAGE)
        return (record["serves"], record["under_way"]) == (serves, None) or None

    def _runs(self) -> int:
        return repository(self._play).get_workflow_runs().totalCount
