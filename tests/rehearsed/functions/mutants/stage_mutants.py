"""What keeps each invariant of the stages: a rule is taken out, and the machine names the number.

`stage_invariants.py` has the seven; the plays that show them were found by the state machine.
"""

from tests.rehearsed.functions.mutants.mutant import Mutant, dispatch

_DECIDE, _RECORD = "deploy_dispatch/decide.py", "deploy_dispatch/stage_record.py"


def _broken(invariant: int) -> tuple[str, ...]:
    test = f"test_a_recorded_play_keeps_its_invariant[invariant-{invariant}]"
    return (dispatch("recorded_plays", test),)


STAGE_MUTANTS = (
    Mutant(
        (),
        "invariant 1: a version need not be healthy in the stages before",
        _DECIDE,
        "        and all(_has_passed(view, earlier.name, version) for earlier in "
        "view.stages[:place])\n",
        "",
        _broken(1),
    ),
    Mutant(
        (),
        "invariant 2: a stage whose run was cut is believed to serve what it did",
        _RECORD,
        "is_unknown = self.is_unknown or end.outcome == SKIPPED or not end.is_untouched",
        "is_unknown = self.is_unknown",
        _broken(2),
    ),
    Mutant(
        (),
        "invariant 3: a decision is carried out again and again",
        _RECORD,
        "tried=max(before.tried, end.order.decision)",
        "tried=before.tried",
        _broken(3),
    ),
    Mutant(
        (),
        "invariant 4: a role of the project decides",
        "deploy_dispatch/people.py",
        "if name == function or _PROJECT_ROLE.fullmatch(role):",
        "if name == function and not _PROJECT_ROLE.fullmatch(role):",
        _broken(4),
    ),
    Mutant(
        (),
        "invariant 5: a stage in the registry is open to all",
        _DECIDE,
        'return stage.approval != REGISTRY or opener not in ("", self.approved_by)',
        'return stage.approval != REGISTRY or opener != "nobody"',
        _broken(5),
    ),
    Mutant(
        (),
        "invariant 6: nobody asks GitHub how a run ended",
        "deploy_dispatch/handler.py",
        "done = [*reconciler.take_in_silent_ends(), *reconciler.settle(hands.look.around())]",
        "done = [*reconciler.settle(hands.look.around())]",
        _broken(6),
    ),
    Mutant(
        (),
        "invariant 7: an older version comes after a newer one",
        _DECIDE,
        "        and version.number > _newest_possible(record)\n",
        "",
        _broken(7),
    ),
)
