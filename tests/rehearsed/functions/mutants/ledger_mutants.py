"""What keeps the dispatch function from believing what a version says of itself."""

from tests.rehearsed.functions.mutants.mutant import Mutant, dispatch

_LOOK, _PEOPLE = "deploy_dispatch/look.py", "deploy_dispatch/people.py"


def _forged(test: str) -> str:
    return dispatch("forged_versions", test)


LEDGER_MUTANTS = (
    Mutant(
        (),
        "a role of the project approves",
        _PEOPLE,
        "if name == function or _PROJECT_ROLE.fullmatch(role):",
        "if name == function:",
        (_forged("test_a_role_of_the_project_approves_nothing"),),
    ),
    Mutant(
        (),
        "a gate opens that nobody was asked to open",
        _LOOK,
        "if known.gate != stage:",
        "if False:",
        (dispatch("promotion", "test_a_stage_that_a_version_has_not_come_to_is_not_opened"),),
    ),
    Mutant(
        (),
        "what a version carried stays on the display",
        _LOOK,
        "is_clean=not carries_anything(version)",
        "is_clean=True",
        (_forged("test_what_a_version_carried_is_not_shown_any_more"),),
    ),
    Mutant(
        (),
        "an approval after a rejection is not seen as another",
        _LOOK,
        "return _withdrawn(known) if known.is_approved else known",
        "return known",
        (dispatch("promotion", "test_whoever_approved_last_is_who_may_not_open_a_stage"),),
    ),
    Mutant(
        (),
        "what another event wrote meanwhile is written over",
        "deploy_dispatch/ledger.py",
        "            known = self.decisions(known.arn)\n",
        "            known = replace(known, revision=self.decisions(known.arn).revision)\n",
        (dispatch("ledger", "test_what_was_written_meanwhile_is_kept"),),
    ),
)
