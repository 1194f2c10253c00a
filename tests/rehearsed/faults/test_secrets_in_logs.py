"""After everything that failed here, no log holds a token, a secret or an address that acts."""

from rehearsal.laboratory.trials.ground import Ground
from rehearsal.laboratory.trials.lane import Lane
from rehearsal.laboratory.trials.logged_secrets import find_secrets, read_files, read_log_groups
from rehearsal.laboratory.trials.project import TrialProject


def test_no_log_holds_a_secret(ground: Ground) -> None:
    project = TrialProject(Lane(ground, ground.lanes[0]), "quiet")
    refused = project.launch(GithubAccessToken="ghp_refused_and_never_to_be_logged")
    assert not refused.is_good
    assert "ghp_refused" not in refused.reason
    assert project.delete().is_good
    state = ground.world.state
    texts = read_files(state, "logs/*.log", "github/logs/*.txt", "aws/sagemaker/logs/**/*")
    texts |= read_log_groups(ground.world.administrator.client("logs"))
    assert any(name.startswith("/aws/lambda/") and text for name, text in texts.items())
    tokens = [*ground.world.record.tokens.values(), "ghp_refused_and_never_to_be_logged"]
    assert find_secrets(texts, tokens) == []
