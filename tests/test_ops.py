"""ops/ asks for nothing that the code does not send: the exporter's mapping, Prometheus' rules, Grafana's dashboard."""

import json
import re
from pathlib import Path
from typing import Any

import yaml

from include.vocabulary.metrics import METRICS, Metric

OPS = Path(__file__).parents[1] / "ops"
OBSERVED = ("_bucket", "_sum", "_count")
NAME = re.compile(r"\bserviceportal_\w+")


def mappings() -> dict[str, dict[str, Any]]:
    """What the exporter is told: name that Airflow sends → its line."""
    lines = yaml.safe_load((OPS / "statsd-mapping.yaml").read_text(encoding="utf-8"))["mappings"]
    return {line["match"].removeprefix("airflow."): line for line in lines}


def exported() -> dict[str, Metric]:
    """Names that Prometheus sees → what they are."""
    lines = mappings()
    found: dict[str, Metric] = {}
    for metric in METRICS:
        name = lines[metric.name]["name"]
        ends = OBSERVED if metric.kind == "timer" else ("",)
        found |= {f"{name}{end}": metric for end in ends}
    return found


def rules() -> list[dict[str, Any]]:
    [group] = yaml.safe_load((OPS / "prometheus-rules.yaml").read_text(encoding="utf-8"))["groups"]
    return list(group["rules"])


def queries() -> list[str]:
    """What the dashboard asks for."""
    board = json.loads((OPS / "grafana-dashboard.json").read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return asked + [one["query"] for one in board["templating"]["list"] if one["type"] == "query"]


def test_the_exporter_knows_each_number_by_its_kind() -> None:
    kinds = {"counter": "counter", "gauge": "gauge", "timer": "observer"}
    wanted = {metric.name: kinds[metric.kind] for metric in METRICS}
    assert {name: line["match_metric_type"] for name, line in mappings().items()} == wanted
    for name, metric in exported().items():
        assert (metric.kind == "counter") == name.endswith("_total"), name


def test_rules_and_dashboard_ask_for_what_is_sent_and_leave_nothing_out() -> None:
    judged = {name for rule in rules() for name in NAME.findall(rule["expr"])}
    drawn = {name for query in queries() for name in NAME.findall(query)}
    assert judged | drawn <= set(exported())
    assert {exported()[name] for name in judged | drawn} == set(METRICS)


def test_labels_are_those_that_a_number_has() -> None:
    asked = [*queries(), *(rule["expr"] for rule in rules())]
    for name, braces in re.findall(r"(serviceportal_\w+)\{([^}]*)\}", " ".join(asked)):
        assert set(re.findall(r"(\w+)\s*(?:=|!=|=~|!~)\"", braces)) <= set(exported()[name].labels), name
    for rule in rules():
        labels = {label for name in NAME.findall(rule["expr"]) for label in exported()[name].labels}
        assert set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"]))) <= labels, rule["alert"]
        assert rule["labels"]["severity"] in ("info", "warning", "critical")
