"""Forgetting a person at the request of one and with the approval of another, in the DAG casavi_forget."""

from typing import Any

from include.erasure.forget import examine, forget
from include.settings import load_settings
from include.vocabulary.clock import utc_now


def look(asked: dict[str, Any]) -> dict[str, int]:
    """Return what the request would concern, as `examine` does; `asked` are the parameters of the run."""
    settings = load_settings(asked["system"])
    return examine(settings, asked["person"], utc_now(), although_sent=asked["although_sent"])


def carry_out(asked: dict[str, Any], by: str) -> dict[str, Any]:
    """Forget the person but for Airflow's own database, which `tidy` sees to; returns the receipt.

    by: who has approved it
    """
    settings, sent = load_settings(asked["system"]), asked["although_sent"]
    return forget(settings, asked["person"], by, utc_now(), although_sent=sent, in_airflow=False)
