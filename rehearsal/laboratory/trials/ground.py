"""The ground of the trials: both servers, the template registered, no runner.

Stages: a world of its own folder with one GitHub user per lane; the account set up as the
rehearsal does it; the product registered with `cdk`, without looks by the clock. Who asks for a
second version of the product has it registered over the first.
"""

import contextlib
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlops_sm_project_template.config import names
from rehearsal.conductor.acts import set_up
from rehearsal.conductor.acts.current_play import Options, Play
from rehearsal.conductor.cdk import Cdk
from rehearsal.conductor.github_setup import PLATFORM_ENGINEER, SCOPES, GitHubSetup
from rehearsal.conductor.scenarios.clock_looks import stop_looks
from rehearsal.conductor.world import World
from rehearsal.laboratory.trials.second_version import change_sources, copy_sources

USER_AGENT = "mlops-sm-project-template"
READ_TIMEOUT_SECONDS = 3
_FULL = ["repo", "workflow", "delete_repo"]
Say = Callable[[str], None]


@dataclass
class Ground:
    """A world in which projects can be tried.

    Attributes:
        lanes: GitHub users; what hits one lane's requests hits no other's.
        sources: the copy of the project that was registered.
        settings: of the registration, as environment variables.
        first_version: id of the product's version as it is in this folder.
        closed_keys: keys that were seen on their way out, where they stay.
    """

    play: Play
    lanes: tuple[str, ...]
    sources: Path
    settings: Mapping[str, str]
    product_id: str
    first_version: str
    closed_keys: set[str] = field(default_factory=set)
    _registering: threading.Lock = field(default_factory=threading.Lock)
    _second_version: str = ""

    @property
    def world(self) -> World:
        """Both servers."""
        return self.play.world

    @property
    def second_version(self) -> str:
        """Id of the same template with another seed and one more variable.

        It is registered when it is asked for first. Then the first one is opened again, as an
        administrator may do, since the trials launch it over and over.
        """
        with self._registering:
            if not self._second_version:
                self._second_version = self.register_second_version()
                self.play.world.administrator.client("servicecatalog").update_provisioning_artifact(
                    ProductId=self.product_id,
                    ProvisioningArtifactId=self.first_version,
                    Active=True,
                    Guidance="DEFAULT",
                )
        return self._second_version

    def register_second_version(self) -> str:
        """Register the changed template over the first one; returns the id of the new version."""
        change_sources(self.sources)
        return self.register()

    def register_other_sources(self, root: Path, settings: Mapping[str, str]) -> str:
        """Register another folder's sources with settings over what is there; the version's id."""
        for entry in self.sources.iterdir():
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
        copy_sources(root, self.sources)
        self.settings = {**self.settings, **settings}
        return self.register()

    def register(self) -> str:
        """Register the sources as they are; returns the id of the version."""
        register_by_hand(self.play, self.sources, self.settings)
        _product_id, version = _find_latest(self.play)
        return version


@contextlib.contextmanager
def open_ground(
    root: Path,
    state: Path,
    *,
    lanes: int,
    content_limit: str | None = None,
    expires_at: dict[str, str] | None = None,
    read_timeout_seconds: int | None = READ_TIMEOUT_SECONDS,
    settings: Callable[[World], Mapping[str, str]] = lambda _world: {},
    registered: Path | None = None,
    say: Say = lambda _sentence: None,
) -> Iterator[Ground]:
    """Make the ground, and stop its servers in the end.

    Args:
        root: the project's folder.
        state: empty or absent folder for everything that is made.
        lanes: how many GitHub users, `lane-01` and so on.
        content_limit: as for the local GitHub; None: GitHub's own.
        expires_at: when a lane's token runs out, by login.
        read_timeout_seconds: of the functions; None: as in a registration without a word. A lost
            answer is noticed after it in real time, and a matrix of faults loses a hundred of
            them. The local GitHub took up to 2 s on a machine with five times too much to do.
        settings: makes what the company has, and says what it registers with.
        registered: folder whose sources are registered first; None for those of `root`.
        say: hears what is done.
    """
    logins = tuple(f"lane-{number:02}" for number in range(1, lanes + 1))
    setup = GitHubSetup(
        scopes={PLATFORM_ENGINEER: SCOPES[PLATFORM_ENGINEER], **dict.fromkeys(logins, _FULL)},
        expires_at=expires_at or {},
        jobs_at_once=0,
        content_limit=content_limit,
    )
    play = Play(World.create(root, state=state, github=setup), Options(), say)
    try:
        set_up.perform(play)
        set_up.prepare_account(play)
        sources = play.world.state / "project"
        copy_sources(registered or root, sources)
        wishes = {  # what is empty counts as missing
            "GITHUB_READ_TIMEOUT_SECONDS": str(read_timeout_seconds or ""),
            **settings(play.world),
        }
        register_by_hand(play, sources, wishes)
        stop_looks(play.world.administrator.client)
        found = _find_latest(play)
        yield Ground(play, logins, sources, wishes, *found)
    finally:
        play.world.stop()


def register_by_hand(play: Play, sources: Path, settings: Mapping[str, str]) -> None:
    """Deploy the registration stack as the documents' command line does."""
    cdk = Cdk(play.world, sources, settings)
    cdk.synthesize()
    cdk.deploy()
    play.say("the template is registered")


def _find_latest(play: Play) -> tuple[str, str]:
    """Ids of the product and of its latest version."""
    catalog = play.studio.client("servicecatalog")
    (product_id,) = (
        view["ProductId"]
        for view in catalog.search_products()["ProductViewSummaries"]
        if view["Name"] == names.PRODUCT
    )
    versions: list[dict[str, Any]] = catalog.describe_product(Id=product_id)[
        "ProvisioningArtifacts"
    ]
    latest = max(versions, key=lambda version: version["CreatedTime"])
    play.say(f"the latest version of the product is {latest['Name']}")
    return str(product_id), str(latest["Id"])
