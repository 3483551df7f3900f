"""The sandbox portal as a process of its own, with the few words that tests say to it."""

import http.client
import json
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).parents[1]
KEY, SECRET = "demo-key", "demo-secret"
BOUNDARY = "between-two-fields"
FORM = f"multipart/form-data; boundary={BOUNDARY}"

ANSWERS: dict[tuple[str, object], dict[str, object]] = {
    ("deleted_id", "taken"): {"deleted_ids": "taken", "post_archived": "conflict"},
    ("deleted_id", "free"): {"deleted_ids": "free", "post_archived": "free"},
    ("post_on_known_id", "doubles"): {"post_existing": "duplicate", "comment_ids": "duplicate"},
    ("post_on_known_id", "refused"): {"post_existing": "conflict", "comment_ids": "conflict"},
    ("post_on_known_id", "updates"): {"post_existing": "update", "comment_ids": "update"},
    ("omitted_field", "cleared"): {"put_omitted": "clear"},
    ("omitted_field", "stays"): {"put_omitted": "keep"},
    ("tickets_have_ids", True): {"ticket_ids": "generated"},
    ("tickets_have_ids", False): {"ticket_ids": "none"},
    ("comments_can_be_deleted", True): {"comment_delete": "deletes"},
    ("comments_can_be_deleted", False): {"comment_delete": "refuses"},
}
"""Setting of `portal` and its value → the switches with which the sandbox is such a portal."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; `json` is None when the body is none."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.text) if self.text else None


class Process(Protocol):
    """What is needed of subprocess.Popen."""

    pid: int

    def poll(self) -> int | None: ...

    def kill(self) -> None: ...

    def wait(self) -> int: ...


class SandboxProcess:
    """Starts `python -m demo.portal` on a free port with a database of its own; ends it on leaving."""

    def __init__(self, *arguments: str, database: Path | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sandbox-")
        self.database = database or Path(self._folder.name) / "sandbox.db"
        self._arguments = arguments
        self._process: Process | None = None
        self.url = ""
        """http://host:port, without a slash at the end."""

    @property
    def api(self) -> str:
        """The address for the portal's connection: with /v2."""
        return f"{self.url}/v2"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        self.kill()
        self._folder.cleanup()

    def start(self, port: int = 0) -> None:
        """Start (again, with the state there is); returns when connections are taken."""
        ready = Path(self._folder.name) / "ready"
        ready.unlink(missing_ok=True)
        given = ["--port", str(port), "--db", str(self.database), "--ready-file", str(ready), *self._arguments]
        self._process = self._begun(given, Path(self._folder.name) / "log")
        deadline = time.monotonic() + 30
        while not ready.exists():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The sandbox did not start: {self.log()}")
            time.sleep(0.005)
        self.url = ready.read_text(encoding="utf-8").strip()

    def _begun(self, arguments: list[str], log: Path) -> Process:
        command = [sys.executable, "-W", "error", "-m", "demo.portal", *arguments]
        with log.open("ab") as output:
            return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)

    def kill(self) -> None:
        """End the process at once, as a crash would; `start` brings it back."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def peak_memory(self) -> int:
        """The most bytes of memory that the process has held so far (Linux)."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def log(self) -> str:
        """What the process has written to its output."""
        return (Path(self._folder.name) / "log").read_text(encoding="utf-8")

    def send(self, method: str, path: str, body: object = None, *, headers: Mapping[str, str] | None = None) -> Reply:
        """One request on a connection of its own; the path goes out exactly as given; str and bytes are sent raw."""
        host = urlsplit(self.url).netloc
        connection = http.client.HTTPConnection(host, timeout=60)
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        given = {"content-type": "application/json"} if raw is not None else {}
        try:
            connection.request(method, path, raw, given | dict(headers or {}))
            answer = connection.getresponse()
            content = answer.read()
            return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)
        finally:
            connection.close()

    def login(self, key: str = KEY, secret: str = SECRET) -> str:
        """A fresh token."""
        return str(self.send("POST", "/v2/authenticate", {"key": key, "secret": secret}).json["token"])

    def behave(self, **switches: object) -> None:
        """Set switches of demo/portal/behaviour.py; the others stay."""
        self._control("PUT", "behaviour", switches)

    def answer(self, **answers: object) -> None:
        """Behave as these settings of `portal` say: deleted_id="free", comments_can_be_deleted=False, ..."""
        for name, answer in answers.items():
            self.behave(**ANSWERS[name, answer])

    def fault(self, kind: str, method: str = "*", path: str = "*", **more: object) -> None:
        """Script a fault; `more` are fields of Rule (body_id, skip, times) or Action (when, status, seconds, ...)."""
        rule: dict[str, object] = {name: more.pop(name) for name in ("body_id", "skip", "times") if name in more}
        self._control("POST", "faults", rule | {"method": method, "path": path, "action": {"kind": kind, **more}})

    def end_faults(self) -> None:
        """Forget all faults."""
        self._control("DELETE", "faults")

    def faults(self) -> list[dict[str, Any]]:
        """The faults in force with `seen` and `hits`."""
        return list(self._control("GET", "faults"))

    def requests(self) -> list[dict[str, Any]]:
        """The requests so far: method, path, body_id, status, started, seconds."""
        return list(self._control("GET", "requests")["requests"])

    def max_in_flight(self) -> int:
        """The most requests that were under way at once."""
        return int(self._control("GET", "requests")["max_in_flight"])

    def forget_requests(self) -> None:
        """Begin a new log."""
        self._control("DELETE", "requests")

    def state(self, kind: str) -> list[dict[str, Any]]:
        """All objects of a kind, archived ones and duplicates included."""
        return list(self._control("GET", f"state/{kind}")["objects"])

    def counts(self) -> dict[str, dict[str, int]]:
        """Kind → live, archived, duplicates."""
        return dict(self._control("GET", "counts"))

    def edit(self, kind: str, external_id: str, **fields: object) -> None:
        """Change an object by hand, as the manager's staff do in the portal."""
        self._control("PATCH", f"state/{kind}", {"id": external_id, "fields": fields})

    def make(
        self, kind: str, external_id: str | None = None, *, file: tuple[str, str, bytes] | None = None, **fields: object
    ) -> dict[str, Any]:
        """Make an object by hand in the portal, whatever has its id; None: one of the portal's own. Documents come with
        a file of (name, media type, content). Returns it as `state` does.
        """
        attached = {"file": _attached(file)["attachment"]} if file else {}
        return dict(self._control("POST", f"objects/{kind}", {"id": external_id, "fields": fields, **attached}))

    def forget(self, kind: str, external_id: str) -> None:
        """Wipe out all objects of a kind with that id, or that internal id where they have none: also their past."""
        self._control("DELETE", f"objects/{kind}", {"id": external_id})

    def snapshot(self, name: str = "backup") -> None:
        """Keep the portal's whole state, until `reset`."""
        self._control("POST", f"snapshots/{name}")

    def restore(self, name: str = "backup") -> None:
        """Bring back the state that was kept; switches, faults and logins stay as they are."""
        self._control("PUT", f"snapshots/{name}/restore")

    def folders(self, *names: str) -> None:
        """Replace the document types: DT-1 has the first name, and so on; without names there are none."""
        folders = [{"id": f"DT-{number}", "name": name} for number, name in enumerate(names, start=1)]
        self._control("PUT", "document-types", folders)

    def portal_type(self, external_id: str, name: str) -> None:
        """Staff make a ticket type in the portal, without a lock."""
        self._control("POST", "ticket-types", {"id": external_id, "name": name})

    def tenant_files(
        self,
        contact_id: str,
        ticket_type_id: str,
        title: str,
        text: str = "",
        unit_id: str | None = None,
        *,
        file: tuple[str, str, bytes] | None = None,
    ) -> dict[str, Any]:
        """A tenant files a report, with a file of (name, media type, content) if given; returns it as `state` does."""
        report = {"contactId": contact_id, "ticketTypeId": ticket_type_id, "title": title, "text": text}
        return dict(self._control("POST", "tenant-reports", report | {"unitId": unit_id} | _attached(file)))

    def tenant_comments(
        self, contact_id: str, ticket_id: str, text: str, *, file: tuple[str, str, bytes] | None = None
    ) -> dict[str, Any]:
        """A tenant comments on a ticket; returns the comment as `state` does."""
        comment = {"contactId": contact_id, "ticketId": ticket_id, "text": text}
        return dict(self._control("POST", "tenant-comments", comment | _attached(file)))

    def staff_comments(
        self, ticket_id: str, text: str, *, internal: bool = False, author: str = "Verwaltung"
    ) -> dict[str, Any]:
        """Staff comment on a ticket in the portal; returns the comment as `state` does."""
        comment = {"ticketId": ticket_id, "text": text, "isInternal": internal, "authorName": author}
        return dict(self._control("POST", "staff-comments", comment))

    def staff_edits_comment(self, number: int, *, text: str | None = None, internal: bool | None = None) -> None:
        """Staff change the comment with that internal id; None leaves it as it is."""
        self._control("PATCH", f"comments/{number}", {"text": text, "isInternal": internal})

    def staff_deletes_comment(self, number: int) -> None:
        """Staff delete the comment with that internal id, and its files with it."""
        self._control("DELETE", f"comments/{number}")

    def staff_sets_status(self, ticket_id: str, status: str) -> None:
        """Staff change a ticket to OPEN, IN_PROGRESS or CLOSED in the portal."""
        self._control("PUT", "ticket-status", {"ticketId": ticket_id, "status": status})

    def reset(self) -> None:
        """Back to an empty portal as it was started; tokens end too."""
        self._control("POST", "reset")

    def _control(self, method: str, path: str, body: object = None) -> Any:
        reply = self.send(method, f"/_sandbox/{path}", body)
        if reply.status >= 400:
            raise RuntimeError(f"The sandbox refused {method} {path}: {reply.text}")
        return reply.json


def _attached(file: tuple[str, str, bytes] | None) -> dict[str, object]:
    if file is None:
        return {}
    name, media_type, content = file
    return {"attachment": {"fileName": name, "mediaType": media_type, "content": b64encode(content).decode()}}


def form_field(name: str, content: str | bytes, extra: str = "", media_type: str | None = None) -> bytes:
    """One part of a form; `extra` goes behind the name in Content-Disposition: `; filename="a.pdf"`."""
    head = [f"--{BOUNDARY}", f'Content-Disposition: form-data; name="{name}"{extra}']
    head += [f"Content-Type: {media_type}"] if media_type else []
    raw = content.encode() if isinstance(content, str) else content
    return "\r\n".join([*head, "", ""]).encode() + raw + b"\r\n"


def form(*parts: bytes) -> bytes:
    """A whole form of parts made by `form_field`; its content type is FORM."""
    return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


class PortalUser:
    """A logged-in client that sends one request at a time."""

    def __init__(self, sandbox: SandboxProcess, key: str = KEY, secret: str = SECRET) -> None:
        self._sandbox = sandbox
        self.token = sandbox.login(key, secret)

    def send(self, method: str, path: str, body: object = None, **headers: str) -> Reply:
        """One request below /v2 with the token."""
        return self._sandbox.send(method, f"/v2{path}", body, headers={"token": self.token, **headers})

    def get(self, kind: str, external_id: str) -> Reply:
        return self.send("GET", f"/{kind}/{quote(external_id, safe='')}")

    def listed(self, kind: str, query: str = "") -> list[Any]:
        """The first page of a list."""
        return list(self.send("GET", f"/{kind}{query}").json["list"])

    def post(self, kind: str, **body: object) -> Reply:
        return self.send("POST", f"/{kind}", body)

    def put(self, kind: str, **body: object) -> Reply:
        return self.send("PUT", f"/{kind}/{quote(str(body['id']), safe='')}", body)

    def change(self, kind: str, external_id: str, **fields: object) -> Reply:
        """PATCH single fields."""
        return self.send("PATCH", f"/{kind}/{quote(external_id, safe='')}", fields)

    def comment(self, ticket_id: str, text: str, **fields: object) -> Reply:
        """Comment on a ticket; `fields` are id, isInternal and authorId."""
        return self.send("POST", f"/tickets/{quote(ticket_id, safe='')}/comments", {"text": text, **fields})

    def comments(self, ticket_id: str) -> list[Any]:
        """The first page of a ticket's comments."""
        return self.listed(f"tickets/{quote(ticket_id, safe='')}/comments")

    def attach(
        self,
        ticket_id: str,
        content: bytes = b"%PDF-1.7",
        *,
        file_name: str = "photo.jpg",
        media_type: str | None = "image/jpeg",
        **fields: str,
    ) -> Reply:
        """Put a file on a ticket; `fields` are those of the form: isInternal."""
        file = form_field("file", content, f'; filename="{file_name}"', media_type)
        parts = [form_field(name, text) for name, text in fields.items()]
        return self.post_form(*parts, file, path=f"/tickets/{quote(ticket_id, safe='')}/attachments")

    def archive(self, kind: str, external_id: str) -> Reply:
        return self.send("DELETE", f"/{kind}/{quote(external_id, safe='')}")

    def upload(
        self,
        external_id: str,
        content: bytes = b"%PDF-1.7",
        *,
        file_name: str = "letter.pdf",
        media_type: str | None = "application/pdf",
        **fields: object,
    ) -> Reply:
        """Send a document; `fields` are those of the form: title (there is one unless given), propertyId, ..."""
        given = {"id": external_id, "title": "Letter", **fields}
        texts = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}
        file = form_field("file", content, f'; filename="{file_name}"', media_type)
        return self.post_form(*(form_field(name, text) for name, text in texts.items()), file)

    def post_form(self, *parts: bytes, path: str = "/documents") -> Reply:
        """Send parts made by `form_field`."""
        return self.send("POST", path, form(*parts), **{"content-type": FORM})
