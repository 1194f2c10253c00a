"""Any order of what people, runs, events and faults do to the stages of a project."""

from collections import Counter
from contextlib import ExitStack

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.rehearsed.functions.deploy_dispatch.stages_play import StagesPlay, open_play
from tests.rehearsed.functions.deploy_dispatch.step_kinds import KINDS, LISTS

TOTAL: Counter[str] = Counter()  # of all machines since it was cleared


class StagesMachine(RuleBasedStateMachine):
    """One project, of which a step that has nothing to do is not drawn."""

    play: StagesPlay

    def __init__(self) -> None:
        super().__init__()
        self._closing = ExitStack()

    def teardown(self) -> None:
        """Let everything come to rest, and look."""
        try:
            if hasattr(self, "play"):
                self.play.come_to_rest()
        finally:
            if hasattr(self, "play"):
                TOTAL.update(self.play.project.counts)
            self._closing.close()

    @initialize(listed=st.sampled_from(LISTS))
    def choose(self, listed: dict[str, str]) -> None:
        """How the stages are approved."""
        self.play = self._closing.enter_context(open_play(listed))

    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        """Any step that has something to do; one rule for all, lest whole kinds be left out."""
        project = self.play.project
        possible = [kind for kind in KINDS for _ in range(kind.weight) if kind.is_possible(project)]
        kind = data.draw(st.sampled_from(possible))
        self.play.do(kind.name, **data.draw(kind.arguments))
