"""Adds the pages of include/pages to Airflow: an entry in the navigation and a tab on each DAG run."""

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from airflow.configuration import conf
from airflow.plugins_manager import AirflowPlugin

from include.vocabulary.addresses import PAGES

BELOW = urlsplit(conf.get("api", "base_url", fallback="")).path.rstrip("/")
"""Where Airflow itself lies behind a proxy, e.g. /airflow."""


class ServiceportalPlugin(AirflowPlugin):
    """The pages; every Airflow process loads this class, only the API server pays for the app."""

    name = "serviceportal"
    external_views = [  # noqa: RUF012 - the name and type that Airflow asks for
        {
            "name": "Serviceportal",
            "href": f"{BELOW}{PAGES}/today",
            "destination": "nav",
            "url_route": "serviceportal",
        },
        {
            "name": "Serviceportal",
            "href": f"{BELOW}{PAGES}/dag-run?dag_id={{DAG_ID}}&run_id={{RUN_ID}}",
            "destination": "dag_run",
            "url_route": "serviceportal-run",
        },
    ]

    @cached_property
    def fastapi_apps(self) -> list[dict[str, Any]]:  # type: ignore[override]
        """Return the app of the pages, made when it is first asked for."""
        from include.pages.app import create_app

        return [{"app": create_app(), "url_prefix": PAGES, "name": "Serviceportal"}]
