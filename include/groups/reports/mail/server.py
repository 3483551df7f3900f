"""The mail server of an Airflow connection."""

import smtplib
from contextlib import suppress
from email.message import EmailMessage
from enum import Enum, auto
from typing import cast

from airflow.providers.smtp.hooks.smtp import SmtpHook
from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowException, AirflowNotFoundException


class Handed(Enum):
    """What became of an e-mail."""

    SENT = auto()
    REFUSED = auto()
    """For good: this one will never be taken."""
    LATER = auto()
    """Not taken, and certainly not sent."""
    UNKNOWN = auto()


class ServerAwayError(Exception):
    """No e-mail can be handed over, and none was; the message names the connection."""


class MailServer(SmtpHook):
    """Hands over messages one at a time, each once.

    SmtpHook.send_email_smtp would write HTML only, and send again after a broken connection, when nobody knows whether
    the first one was taken.
    """

    @staticmethod
    def is_configured(connection: str) -> bool:
        """Return whether there is such an Airflow connection."""
        try:
            BaseHook.get_connection(connection)
        except AirflowNotFoundException:
            return False
        return True

    def connected(self) -> "MailServer":
        """Connect and log in; raises ServerAwayError."""
        try:
            self.get_conn()
        except (smtplib.SMTPException, OSError, AirflowException, RuntimeError) as error:
            self.quit()
            raise ServerAwayError(f"{self.smtp_conn_id}: no connection ({type(error).__name__})") from None
        if not self.from_email:
            self.quit()
            raise ServerAwayError(f"{self.smtp_conn_id}: from_email, the sender, is missing in the connection's extra")
        return self

    @property
    def sender(self) -> str:
        """The sender's address."""
        return self.from_email or ""

    @property
    def is_open(self) -> bool:
        """Whether another message can be handed over."""
        return self._client.sock is not None

    def hand_over(self, message: EmailMessage) -> Handed:
        """Send a message. What the server says is not passed on, as it names the recipient."""
        try:
            self._client.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            return _refused(max(code for code, _ in error.recipients.values()))
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code)
        except smtplib.SMTPNotSupportedError:
            return Handed.REFUSED
        except (smtplib.SMTPSenderRefused, smtplib.SMTPHeloError):
            return Handed.LATER
        except (smtplib.SMTPException, OSError):
            return Handed.UNKNOWN
        return Handed.SENT

    @property
    def _client(self) -> smtplib.SMTP:
        return cast("smtplib.SMTP", self._smtp_client)

    def quit(self) -> None:
        """End the session; whether the server hears of it is no matter."""
        if self._smtp_client is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._client.quit()
            self._client.close()


def _refused(code: int) -> Handed:
    return Handed.REFUSED if code >= 500 else Handed.LATER
