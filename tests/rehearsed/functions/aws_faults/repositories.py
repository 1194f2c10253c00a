"""Faults of AWS at each call of an operation on a project's repositories, alone or in pairs."""

from tests.rehearsed.functions.aws_faults.faulty_aws import Call, number
from tests.rehearsed.functions.fault_matrix.matrix import Matrix, Operation
from tests.unit.functions.fake_aws import AwsFault


def name_fault(call: Call, kind: str, *, lasts: bool, github: str = "") -> str:
    """Name a fault at one call, and beside it one of GitHub's kinds at one of its requests.

    Args:
        call: where AWS's fault begins.
        kind: of AWS's fault.
        lasts: until the rollback, or a deletion is asked for again.
        github: a kind and the number of a request, as `502@4`.
    """
    words = (call.operation, kind.replace(" ", "_"), "on" if lasts else "once", github)
    return " ".join(filter(None, words))


class AwsMatrix(Matrix):
    """Injects what `name_fault` names; the number is that of the call."""

    def calls_of(self, operation: Operation) -> list[Call]:
        """Return the calls of AWS that the operation makes when nothing goes wrong."""
        stack = self.project(operation)
        before = len(self._stage.aws.calls)
        assert operation.run(stack), stack.reasons
        self.forget(stack)
        return number(self._stage.aws.calls[before:])

    def inject(self, fault: str, number: int) -> None:
        """Let the calls and the request that the fault names go wrong."""
        operation, kind, lasting, *github = fault.split()
        times = 0 if lasting == "on" else 1
        kind = kind.replace("_", " ")
        self._stage.aws.faults.append(AwsFault(operation, kind, nth=number, times=times))
        for pair in github:
            kind, _, at = pair.partition("@")
            super().inject(kind, int(at))

    def heal(self) -> None:
        """Let nothing go wrong any more."""
        super().heal()
        self._stage.aws.faults.clear()

    def was_hit(self) -> bool:
        """Tell whether AWS's fault met a call."""
        return any(fault.hits for fault in self._stage.aws.faults)
