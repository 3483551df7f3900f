"""What a reader looks for may name a person, so it stands in addresses only in a form that no log can be read by.

Encrypted, not sent anew with every page: so the address of a list is still one, to go back to, to reload and to turn
pages of. The key is that of Airflow's API servers.
"""

import base64
import hmac
from hashlib import sha256

from airflow.configuration import conf
from cryptography.fernet import Fernet, InvalidToken


def concealed(text: str) -> str:
    """Return a text as it may stand in an address, each time in another form; "" stays."""
    return _cipher().encrypt(text.encode()).decode() if text else ""


def revealed(form: str) -> str:
    """Return the text that was concealed; raises ValueError for what these servers have not concealed."""
    try:
        return _cipher().decrypt(form.encode()).decode() if form else ""
    except InvalidToken:
        raise ValueError("not one of ours") from None


def _cipher() -> Fernet:
    secret = conf.get_mandatory_value("api", "secret_key")
    return Fernet(base64.urlsafe_b64encode(hmac.new(secret.encode(), b"serviceportal search", sha256).digest()))
