"""Who may what, asked of Airflow's auth manager; and forms that only the pages themselves can send.

Airflow protects nothing in a plugin by itself: may_read and from_own_page are dependencies of the whole app, the others
of single routes. Airflow answers 401 to who is not logged in.
"""

import hmac
from hashlib import sha256
from typing import Final

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import ConnectionDetails, DagAccessEntity, DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep, requires_access_dag
from airflow.configuration import conf
from airflow.models.dag import DagModel
from fastapi import HTTPException, Request

from include.groups import REPORTS
from include.sync.flow import dag_name

TOKEN_FIELD: Final = "token"  # noqa: S105 - the name of a form's field
_SAFE: Final = ("GET", "HEAD")
_reads_runs = requires_access_dag("GET", DagAccessEntity.RUN)


def may_read(request: Request, user: GetUserDep) -> None:
    """Let pass who may read DAG runs, of the DAG named by the parameter dag_id if there is one; 403 otherwise."""
    _reads_runs(request, user)
    request.state.page_user = user


async def from_own_page(request: Request, user: GetUserDep) -> None:
    """Let a form pass only if it comes from a page that was made for this user; 403 otherwise."""
    if request.method in _SAFE:
        return
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise HTTPException(403, "cross_site")
    token = (await request.form()).get(TOKEN_FIELD, "")
    if not hmac.compare_digest(form_token(user).encode(), str(token).encode()):
        raise HTTPException(403, "cross_site")


def form_token(user: BaseUser) -> str:
    """Return what a user's forms carry; other sites cannot read it, all API servers of one Airflow agree on it."""
    secret = conf.get_mandatory_value("api", "secret_key")
    return hmac.new(secret.encode(), f"serviceportal form {user.get_id()}".encode(), sha256).hexdigest()


def can_trigger(user: BaseUser, dag_id: str | None = None) -> bool:
    """Whether a user may trigger a DAG; without one, whether DAGs at all."""
    team = DagModel.get_team_name(dag_id) if dag_id else None
    return get_auth_manager().is_authorized_dag(
        method="POST", access_entity=DagAccessEntity.RUN, details=DagDetails(id=dag_id, team_name=team), user=user
    )


def reads_texts(user: BaseUser, system: str) -> bool:
    """Whether a user is shown what tenants and staff have written about reports, and may look for words in it: whoever
    may trigger the DAG that exchanges them.
    """
    return can_trigger(user, dag_name(REPORTS.name, system))


def can_edit_connections(user: BaseUser, connection_id: str | None = None) -> bool:
    """Whether a user may edit a connection; without one, whether connections at all."""
    return get_auth_manager().is_authorized_connection(
        method="PUT", details=ConnectionDetails(conn_id=connection_id), user=user
    )


def may_trigger(user: GetUserDep) -> None:
    """Let pass who may trigger DAGs; 403 otherwise. A route that knows its DAG also asks can_trigger."""
    if not can_trigger(user):
        raise HTTPException(403)


def may_edit_connections(user: GetUserDep) -> None:
    """Let pass who may edit connections; 403 otherwise."""
    if not can_edit_connections(user):
        raise HTTPException(403)
