"""The notifiers of the settings: Airflow's own classes, made anew for each message, which they take as a template."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from airflow.sdk import BaseNotifier

from include.settings import ConfigurationError, Notifier, SystemSettings

log = logging.getLogger(__name__)
SMTP: Final = "airflow.providers.smtp.notifications.smtp.SmtpNotifier"


@dataclass(frozen=True)
class Alert:
    """One message, as templates in a notifier's arguments see it; `is_over`: the state does not stand any more."""

    system: str
    group: str
    kind: str
    subject: str
    text: str
    html: str
    link: str
    is_over: bool = False


@dataclass(frozen=True)
class Way:
    """One way on which messages go out, under a name that stays while the settings do."""

    name: str
    kind: type[BaseNotifier]
    arguments: Mapping[str, Any]

    def send(self, alert: Alert) -> bool:
        """Hand a message over; False if it could not be, or nobody knows. What the other side says is not passed on, as
        it may name recipients.
        """
        context: Any = {"alert": alert}
        try:
            notifier = self.kind(**self.arguments)
            # not by calling it, which would log what the other side says
            notifier.render_template_fields(context)
            notifier.notify(context)
        except Exception as error:
            log.warning("%s: a message could not be handed over (%s); it is tried again", self.name, _of(error))
            return False
        return True


def ways(settings: SystemSettings) -> list[Way]:
    """Return the ways of the settings; raises ConfigurationError with what is wrong about one."""
    found: list[Way] = []
    for place, one in enumerate(settings.alerts.notifiers):
        where = f"config/{settings.system}.yaml: alerts.notifiers.{place}"
        kind = _class(f"{where}.notifier", one)
        arguments = {**(_of_smtp(settings) if one.notifier == SMTP else {}), **one.arguments}
        _check(where, kind, arguments)
        same = sum(way.kind is kind for way in found)
        found.append(Way(f"{kind.__name__}{f' {same + 1}' if same else ''}", kind, arguments))
    return found


def _of_smtp(settings: SystemSettings) -> dict[str, str]:
    """Return what the notifier for e-mails need not be told."""
    message = {"subject": "{{ alert.subject }}", "html_content": "{{ alert.html }}"}
    return {"smtp_conn_id": settings.mail_connection, **message}


def _class(where: str, one: Notifier) -> type[BaseNotifier]:
    module, _, name = one.notifier.rpartition(".")
    try:
        kind = getattr(import_module(module), name, None)
    except ImportError:
        raise ConfigurationError(
            f"{where}: there is no {module} here; check the name, or install the provider that has it"
        ) from None
    if not (isinstance(kind, type) and issubclass(kind, BaseNotifier)):
        raise ConfigurationError(f"{where}: {name} is no notifier; write a class that is an Airflow BaseNotifier")
    return kind


def _check(where: str, kind: type[BaseNotifier], arguments: Mapping[str, Any]) -> None:
    try:
        kind(**arguments)
    except Exception as error:  # whatever a provider's class says of its arguments
        raise ConfigurationError(f"{where}.arguments: {kind.__name__} does not take these ({error})") from None
    templates = [value for name, value in arguments.items() if name in kind.template_fields]
    if "alert." not in str(templates):
        raise ConfigurationError(
            f"{where}.arguments: none of them holds the message; "
            f"write {{{{ alert.text }}}} in one of {', '.join(kind.template_fields)}"
        )


def _of(error: Exception) -> str:
    return type(error).__name__
