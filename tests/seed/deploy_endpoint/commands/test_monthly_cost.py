"""What the stages cost, from invented prices that are easy to add up."""

from pathlib import Path

import pytest

from deploy_endpoint.commands.monthly_cost import Load, RegionPrices, estimate, load_prices
from deploy_endpoint.errors import SettingsError
from deploy_endpoint.settings.stage_settings import load_stages, parse_stages

from ..conftest import run_command

PRICES = RegionPrices(
    serverless_gib_second=0.001,
    alarm_month=0.25,
    key_month=2.0,
    secret_month=0.5,
    instance_hour={"ml.m5.large": 0.5},
)
# Each request takes a second, so the seconds of work are as many as the requests.
LOAD = Load(requests_per_day=240, milliseconds=1000)
SERVERLESS = {"mode": "serverless", "memory_mib": 3072}
REALTIME = {"mode": "realtime", "instance_type": "ml.m5.large", "instance_count": 2}
HOURS = 730


def costs(load: Load = LOAD, **dev: object) -> tuple[float, float]:
    """Idle and loaded, of the stage alone."""
    entry = {"name": "dev", "approval": "automatic", **dev}
    ((project, stage), _) = estimate(parse_stages({"stages": [entry]}, "test"), PRICES, load)
    assert project.idle == project.loaded == 2.5
    return stage.idle, stage.loaded


def test_serverless_costs_its_seconds_of_work_and_nothing_else() -> None:
    idle, loaded = costs(serving=SERVERLESS)
    assert idle == 0
    # 10 requests an hour, 3 GiB.
    assert loaded == pytest.approx(10 * HOURS * 3 * 0.001)


@pytest.mark.parametrize("has_secret", [True, False])
def test_a_project_with_the_credential_of_its_owner_pays_no_secret(has_secret: bool) -> None:
    entry = {"name": "dev", "approval": "automatic", "serving": SERVERLESS}
    stages = parse_stages({"stages": [entry]}, "test")
    (project, _), _notes = estimate(stages, PRICES, LOAD, has_secret=has_secret)
    assert project.idle == project.loaded == 2.0 + (0.5 if has_secret else 0)
    assert ("secret" in project.what) == has_secret


@pytest.mark.parametrize("region", ["eu-west-1", "us-east-1"])
def test_with_a_shared_key_and_a_shared_credential_an_idle_project_costs_ten_cents_at_most(
    region: str,
) -> None:
    seed = Path(__file__).resolve().parents[4] / "seed_code" / "deploy_app" / "config"
    prices = load_prices(seed / "prices.yml").regions[region]
    shared_key = prices.model_copy(update={"key_month": 0.0})
    nothing = Load(requests_per_day=0, milliseconds=0)
    costs, _ = estimate(load_stages(seed / "stages.yml"), shared_key, nothing, has_secret=False)
    assert sum(cost.idle for cost in costs) <= 0.10


def test_serverless_works_no_more_than_it_takes_at_a_time() -> None:
    serving = {**SERVERLESS, "max_concurrency": 1}
    most = Load(requests_per_day=86_400, milliseconds=1000)
    over = Load(requests_per_day=8_640_000, milliseconds=1000)
    assert costs(over, serving=serving) == costs(most, serving=serving)
    entry = {"name": "dev", "approval": "automatic", "serving": serving}
    _, notes = estimate(parse_stages({"stages": [entry]}, "test"), PRICES, over)
    assert notes == [
        "dev gets 100.0 requests at a time and takes 1; it refuses the rest, which costs nothing."
    ]


def test_instances_cost_the_same_idle_and_busy() -> None:
    assert costs(serving=REALTIME) == (2 * 0.5 * HOURS, 2 * 0.5 * HOURS)


def test_alarms_are_counted() -> None:
    one = costs(serving=REALTIME, deployment={"policy": "canary"})
    two = costs(serving=REALTIME, deployment={"policy": "canary", "alarms": {"latency_ms": 9}})
    assert one[0] == pytest.approx(2 * 0.5 * HOURS + 0.25)
    assert two[0] == pytest.approx(2 * 0.5 * HOURS + 0.5)


@pytest.mark.parametrize(("a_minute", "instances"), [(0, 2), (20, 2), (21, 3), (1000, 4)])
def test_scaled_instances_follow_the_load_within_their_bounds(
    a_minute: int, instances: int
) -> None:
    scaling = {"max_instances": 4, "invocations_per_instance_per_minute": 10}
    load = Load(requests_per_day=a_minute * 24 * 60, milliseconds=1)
    idle, loaded = costs(load, serving={**REALTIME, "autoscaling": scaling})
    # Scaling has two alarms of its own.
    assert idle == pytest.approx(2 * 0.5 * HOURS + 0.5)
    assert loaded == pytest.approx(instances * 0.5 * HOURS + 0.5)


def priced(repository: Path, region: str, capsys: pytest.CaptureFixture[str]) -> str:
    """What the command prints for a realtime stage in a region."""
    env, stages = repository / "project.env", repository / "config" / "stages.yml"
    env.write_text(env.read_text().replace("AWS_REGION=eu-west-1", f"AWS_REGION={region}"))
    serving = "{mode: realtime, instance_type: ml.p5.48xlarge, instance_count: 1}"
    stages.write_text(f"stages: [{{name: dev, approval: automatic, serving: {serving}}}]\n")
    run_command("monthly_cost")
    return capsys.readouterr().out


def test_a_price_that_nobody_wrote_is_told(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = priced(repository, "eu-west-1", capsys)
    assert "| dev     | 1 x ml.p5.48xlarge |    ? |          ? |" in told
    assert "| total   |                    |    ? |          ? |" in told
    assert "KMS key, secret    | 1.40 |       1.40 |" in told
    assert (
        "- There is no price of ml.p5.48xlarge in eu-west-1; add it to instance_hour in "
        "config/prices.yml.\n" in told
    )


def test_a_region_that_nobody_wrote_prices_of_is_told(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = priced(repository, "eu-north-1", capsys)
    assert "| project | KMS key, secret    |    ? |          ? |" in told
    assert "- There are no prices of eu-north-1; add them to config/prices.yml.\n" in told
    assert "There is no price" not in told


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"2026', '"26', "date is '26-11-25'; give a date such as 2026-11-25 in quotes."),
        ("key_month: 1.00", "key_month: -1", "key_month is -1; give a price in US dollars, 0 or"),
        ("ml.m5.large: 0.128", "ml.m5.large: free", "is 'free'; give a mapping of instance types"),
    ],
)
def test_a_wrong_price_file_is_refused(repository: Path, old: str, new: str, sentence: str) -> None:
    path = repository / "config" / "prices.yml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    with pytest.raises(SettingsError) as error:
        load_prices(path)
    assert str(error.value).startswith("config/prices.yml: ")
    assert sentence in str(error.value)


@pytest.mark.usefixtures("repository")
def test_the_shipped_settings_idle_for_less_than_a_dollar_and_a_half(
    capsys: pytest.CaptureFixture[str],
) -> None:
    run_command("monthly_cost", "--requests-per-day", "20000", "--milliseconds", "50")
    lines = capsys.readouterr().out.splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    assert rows == [
        ["stage", "what is kept", "idle", "under load"],
        ["-------", "-----------------", "---:", "---------:"],
        ["project", "KMS key, secret", "1.40", "1.40"],
        ["dev", "serverless, 2 GiB", "0.00", "1.22"],
        ["total", "", "1.40", "2.62"],
    ]
    assert "- Load: 20,000 requests a day of 50 ms each, at every stage." in lines


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("arguments", [["--milliseconds", "fast"], ["--requests-per-day", "-1"]])
def test_a_load_that_is_no_number_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        run_command("monthly_cost", *arguments)
    assert "is not a whole number, 0 or more" in capsys.readouterr().err


def test_wrong_settings_are_refused_in_one_sentence(repository: Path) -> None:
    (repository / "config" / "stages.yml").write_text("stages: []\n")
    with pytest.raises(SystemExit, match=r"^error: config/stages\.yml: stages is \[\]; give"):
        run_command("monthly_cost")
