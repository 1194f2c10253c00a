"""What the repository function does about faults, beyond what its client does."""

from tests.rehearsed.functions.mutants.mutant import Mutant, project, row

_ENDURANCE = "project_repository/endurance.py"
_ENVIRONMENTS = "project_repository/environments.py"
_FIND = "project_repository/find_repository.py"
_HANDLER = "project_repository/handler.py"
_OFFER = "project_repository/upgrade_offer.py"
_REMOVAL = "project_repository/removal.py"
_REPOSITORY = "project_repository/repository.py"

_TAKEN = 'if error.status == 422 and "already exists" in error.said:'
_HIDDEN = "test_a_repository_that_is_too_new_is_not_taken_for_one_without_environments"


def _outage(test: str) -> str:
    return project("outages", test)


_TOO_NEW = (
    Mutant(
        ("404",),
        "a repository that hides from its number is gone",
        _FIND,
        "_get(api, identity.full_name, not_ready=NOT_READY)",
        "_get(api, identity.full_name)",
        (
            project("removal", "test_delete_finds_a_repository_that_github_hides_for_a_moment"),
            row("archive", "404"),
        ),
    ),
    Mutant(
        ("404",),
        "a repository that hides from its marker is gone",
        _FIND,
        "    repository = _get(api, request.full_name, not_ready=NOT_READY)\n"
        "    if repository is None:\n",
        "    repository = _get(api, request.full_name)\n    if repository is None:\n",
        (project("removal", "test_an_interrupted_create_that_github_hides_is_taken_back"),),
    ),
    Mutant(
        ("404",),
        "a name that is taken and hides is somebody else's",
        _FIND,
        "    repository = _get(api, request.full_name, not_ready=NOT_READY)\n"
        "    if repository is not None",
        "    repository = _get(api, request.full_name)\n    if repository is not None",
        (
            project(
                "repository",
                "test_create_waits_for_its_own_repository_that_github_hides_at_first",
            ),
        ),
    ),
    Mutant(
        ("404",),
        "what differs is not corrected where it hides",
        _REPOSITORY,
        "_path(repository), differing, not_ready=NOT_READY",
        "_path(repository), differing",
        (project("repository", "test_create_corrects_a_repository_that_is_not_ready"),),
    ),
    Mutant(
        ("404",),
        "a description is not written where it hides",
        _REPOSITORY,
        "_path(repository), description, not_ready=NOT_READY)",
        "_path(repository), description)",
        (project("repository", "test_update_waits_for_a_repository_that_is_not_ready"),),
    ),
    Mutant(
        ("404",),
        "a subject that hides is the old one",
        _REPOSITORY,
        "path, accept=(404,), not_ready=NOT_READY)",
        "path, accept=(404,))",
        (project("repository", "test_create_waits_for_a_repository_that_is_not_ready"),),
    ),
    Mutant(
        ("404",),
        "a repository that is too new has no environments",
        _ENVIRONMENTS,
        "accept=(403, 404), not_ready=not_ready)",
        "accept=(403, 404))",
        (project("environments", f"{_HIDDEN}[/environments$]"),),
    ),
    Mutant(
        ("404",),
        "an environment is not made where its repository hides",
        _ENVIRONMENTS,
        "accept=_REFUSALS, not_ready=(404,))",
        "accept=_REFUSALS)",
        (project("environments", f"{_HIDDEN}[/environments/staging$]"),),
    ),
    Mutant(
        ("404",),
        "what hides in a repository is not there",
        "project_repository/content_target.py",
        'f"{self.path}{path}", not_ready=NOT_READY)',
        'f"{self.path}{path}")',
        (project("upgrade_offer", "test_an_offer_waits_for_what_is_not_ready"),),
    ),
    Mutant(
        ("404",),
        "a default branch is not set where it hides",
        "project_repository/seed/repository.py",
        "target.path, wanted, not_ready=NOT_READY)",
        "target.path, wanted)",
        (
            project(
                "content", "test_main_becomes_the_default_where_the_owner_set_another[template]"
            ),
        ),
    ),
    Mutant(
        ("404",),
        "an offer is not opened where its branch hides",
        _OFFER,
        "wish, not_ready=NOT_READY)",
        "wish)",
        (project("upgrade_offer", "test_an_offer_waits_for_what_is_not_ready"),),
    ),
    Mutant(
        ("404",),
        "what is taken back is not renamed where it hides",
        _REMOVAL,
        "accept=(422,), not_ready=NOT_READY,",
        "accept=(422,),",
        (
            project(
                "removal",
                "test_a_failed_launch_that_may_not_delete_makes_room_for_the_next[404-scope]",
            ),
        ),
    ),
    Mutant(
        ("404",),
        "what is not needed any more is not archived where it hides",
        _REMOVAL,
        "accept=(403,), not_ready=NOT_READY)",
        "accept=(403,))",
        (row("rename", "404"),),
    ),
)
_LOST_ANSWERS = (
    Mutant(
        ("502-after", "lost"),
        "a repository that was made is somebody else's",
        _REPOSITORY,
        _TAKEN,
        "if False:",
        (
            project("repository", "test_create_makes_one_repository_although_an_answer_is_lost"),
            row("rename", "502-after"),
        ),
    ),
    Mutant(
        ("502-after", "reset-after", "cut", "lost"),
        "an archiving that was done is a refusal",
        _REMOVAL,
        "wish, accept=(403,), not_ready=NOT_READY)",
        "wish, not_ready=NOT_READY)",
        tuple(
            project("removal", f"test_an_archiving_whose_answer_is_lost_is_told_as_done[{kind}]")
            for kind in ("502-after", "reset-after", "cut", "lost")
        ),
    ),
    Mutant(
        ("lost",),
        "a deletion that was done is a refusal",
        _REMOVAL,
        "accept=(403, 404))",
        "accept=(403,))",
        (project("removal", "test_delete_whose_answer_is_lost_deletes_once"),),
    ),
    Mutant(
        ("lost",),
        "an offer that was opened is a refusal",
        _OFFER,
        _TAKEN,
        "if False:",
        (project("upgrade_offer", "test_an_interrupted_offer_is_finished_once[10-lost]"),),
    ),
    Mutant(
        ("kill-after",),
        "what CloudFormation has no number of stays",
        _REMOVAL,
        "else find_marked(api, request)",
        "else None",
        (project("removal", "test_an_interrupted_create_is_taken_back_by_its_marker"),),
    ),
)
_LASTING = (
    Mutant(
        ("502 on",),
        "a rollback leaves a replacement that nobody knew",
        "project_repository/repository_work.py",
        "            remove_unfilled(api, previous)\n",
        "            pass\n",
        (
            project("removal", "test_a_replacement_that_nobody_knew_is_removed_by_the_rollback"),
            row("rename", "502 on"),
        ),
    ),
    Mutant(
        ("502 on", "reset on"),
        "a deletion that cannot be done now is told as done",
        _REMOVAL,
        "except TokenError as error:",
        "except (TokenError, UnreachableError) as error:",
        (
            project("removal", "test_delete_fails_while_github_is_down_so_that_it_can_be_repeated"),
            row("archive", "502 on"),
            row("archive", "reset on"),
        ),
    ),
    Mutant(
        ("403 on",),
        "no fresh invocation goes on",
        _ENDURANCE,
        "                self._pass_on(error)\n",
        "",
        (
            project("hand_over", "test_a_wait_that_does_not_fit_is_left_to_a_fresh_invocation"),
            project("hand_over", "test_hand_overs_are_counted"),
        ),
    ),
    Mutant(
        ("403 on",),
        "fresh invocations have no end",
        "project_repository/hand_over.py",
        "self.count >= MOST_HAND_OVERS or ",
        "",
        (project("hand_over", "test_hand_overs_are_counted"),),
    ),
    Mutant(
        ("502 on", "reset on"),
        "an outage ends a launch",
        _ENDURANCE,
        "if not error.is_passing:",
        "if True:",
        (_outage("test_what_an_outage_interrupts_ends_whole"),),
    ),
    Mutant(
        ("502 on", "reset on"),
        "each invocation has an hour of its own",
        "project_repository/hand_over.py",
        'began_at=float(told["began_at"])',
        "began_at=now",
        (
            project("hand_over", "test_no_invocation_works_on_after_the_request_is_given_up"),
            _outage(
                "test_an_hour_is_counted_from_the_first_request_although_an_invocation_dies_at_its_limit"
            ),
        ),
    ),
    Mutant(
        ("502 on", "reset on"),
        "an attempt takes an earlier one's id for CloudFormation's",
        _HANDLER,
        "            physical_id.value = known_id\n",
        "",
        (row("rename", "reset on"),),
    ),
    Mutant(
        ("401 on",),
        "a deletion fails for want of a token",
        _REMOVAL,
        "    except TokenError as error:\n        return left_behind(request, error)\n",
        "",
        (project("removal", "test_delete_answers_when_the_token_has_expired"),),
    ),
)

REPOSITORY_MUTANTS = (*_TOO_NEW, *_LOST_ANSWERS, *_LASTING)
