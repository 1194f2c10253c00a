"""The stack of one stage. What the settings cannot say stands here; README.md has an example."""

import sys
from pathlib import Path

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT / "vendor"))

from deploy_endpoint.stack.endpoint_stack import EndpointStack
from deploy_endpoint.stack.stage_app import synthesize


class Endpoint(EndpointStack):
    """The endpoint of one stage, as its settings want it."""

    def customize(self) -> None:
        """Change or add what no setting can, in every stage or by `self.stage.name`."""


if __name__ == "__main__":
    synthesize(Endpoint, ROOT)
