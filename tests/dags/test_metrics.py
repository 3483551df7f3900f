"""Numbers of a run as StatsD receives them."""

import pytest

from include.vocabulary.metrics import DURATION, ENDED, METRICS, OF_RUN, OF_WHOLE_RUN
from tests.dags.rig import Rig, airflow_run
from tests.statsd import statsd

pytestmark = airflow_run


def test_a_run_sends_its_numbers(synced: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    synced.sql("UPDATE SP_OBJEKT SET STRASSE = 'Neue Straße 7' WHERE OBJEKT_NR = '100'")
    with statsd(monkeypatch) as server:
        run = synced.run("casavi_objects").protocol
        samples = server.samples()
    of_group = {"system": "production", "group": "objects"}
    assert [one.labels for one in samples] == [
        {**of_group, "status": "ok"} if one.name == ENDED.name else of_group for one in samples
    ]
    sent = {one.name: one for one in samples}
    assert set(sent) == {one.name for one in (ENDED, DURATION, *OF_RUN.values(), *OF_WHOLE_RUN.values())}
    for name, metric in (OF_RUN | OF_WHOLE_RUN).items():
        assert sent[metric.name].value == run[name], name
    assert run["sent"] > 0
    kinds = {"counter": "c", "gauge": "g", "timer": "ms"}
    assert all(sent[one.name].kind == kinds[one.kind] for one in METRICS if one.name in sent)
    assert sent[DURATION.name].value > 0


def test_a_run_over_a_part_says_nothing_of_the_whole(synced: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    with statsd(monkeypatch) as server:
        synced.run("casavi_objects", properties="100")
        names = {one.name for one in server.samples()}
    assert names == {one.name for one in (ENDED, DURATION, *OF_RUN.values())}
