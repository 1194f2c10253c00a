"""All that is taken out of the functions, one piece at a time."""

from tests.rehearsed.functions.mutants.client_mutants import CLIENT_MUTANTS
from tests.rehearsed.functions.mutants.dispatch_mutants import DISPATCH_MUTANTS
from tests.rehearsed.functions.mutants.ledger_mutants import LEDGER_MUTANTS
from tests.rehearsed.functions.mutants.repository_mutants import REPOSITORY_MUTANTS
from tests.rehearsed.functions.mutants.stage_mutants import STAGE_MUTANTS

MUTANTS = (*CLIENT_MUTANTS, *REPOSITORY_MUTANTS, *DISPATCH_MUTANTS, *LEDGER_MUTANTS, *STAGE_MUTANTS)
