"""A stand-in for a DocuWare Platform: its login and the download of documents, which are PDFs made on the spot."""

import secrets
from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from demo.portal.portal import KeyPair

PLATFORM: Final = "/docuware/DocuWare/Platform"
CABINET: Final = "demo"
"""The only file cabinet there is."""
_IDENTITY: Final = f"{PLATFORM}/Identity"
_LIFE_SECONDS: Final = 3600


def docuware_routes(keys: KeyPair) -> list[Route]:
    """Return the routes below `PLATFORM`. Who logs in with the key pair can download
    `FileCabinets/demo/Documents/<n>/FileDownload`: a PDF whose text is "Dokument <n>". Tokens end with the process.
    """
    tokens: set[str] = set()

    async def service(request: Request) -> Response:
        return JSONResponse({"IdentityServiceUrl": _absolute(request, _IDENTITY)})

    async def configuration(request: Request) -> Response:
        return JSONResponse({"token_endpoint": _absolute(request, f"{_IDENTITY}/connect/token")})

    async def token(request: Request) -> Response:
        if not _may_log_in(parse_qs((await request.body()).decode("utf-8", "replace")), keys):
            return JSONResponse({"error": "invalid_grant"}, 400)
        tokens.add(new := secrets.token_urlsafe(24))
        return JSONResponse({"access_token": new, "expires_in": _LIFE_SECONDS, "token_type": "Bearer"})

    async def download(request: Request) -> Response:
        if request.headers.get("authorization", "").removeprefix("Bearer ") not in tokens:
            return Response(status_code=401)
        number = request.path_params["document"]
        if request.path_params["cabinet"] != CABINET or not (number.isascii() and number.isdigit()):
            return Response(status_code=404)
        if request.query_params.get("TargetFileType", "Auto") not in ("Auto", "PDF"):
            return Response(status_code=400)
        return Response(pdf_saying(f"Dokument {number}"), media_type="application/pdf")

    return [
        Route(f"{PLATFORM}/Home/IdentityServiceInfo", service),
        Route(f"{_IDENTITY}/.well-known/openid-configuration", configuration),
        Route(f"{_IDENTITY}/connect/token", token, methods=["POST"]),
        Route(f"{PLATFORM}/FileCabinets/{{cabinet}}/Documents/{{document}}/FileDownload", download),
    ]


def pdf_saying(text: str) -> bytes:
    """Return a PDF of one page with a line of text in ASCII letters and digits; the same every time."""
    line = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(line)}>>stream\n{line}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    pdf, offsets = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(pdf))
        pdf += f"{number} 0 obj{content}endobj\n"
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    return f"{pdf}{head}trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(pdf)}\n%%EOF\n".encode("ascii")


def _absolute(request: Request, path: str) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{path}"


def _may_log_in(form: dict[str, list[str]], keys: KeyPair) -> bool:
    expected = {
        "grant_type": ["password"],
        "scope": ["docuware.platform"],
        "client_id": ["docuware.platform.net.client"],
        "username": [keys.key],
        "password": [keys.secret],
    }
    return form == expected
