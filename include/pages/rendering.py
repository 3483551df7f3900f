"""From a template to an answer: texts in the reader's language, all escaped, numbers and times as one reads them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, get_args
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from include.lookup.kinds import ASKED_AS
from include.pages.access import form_token
from include.pages.frame_texts import FRAME
from include.pages.language import COOKIE, PARAMETER, chosen_language, language_of
from include.vocabulary.addresses import PAGES, why_address
from include.vocabulary.clock import BERLIN
from include.vocabulary.texts import Language, Text, Texts, translator

_DAY: Final = Text("%d.%m.%Y", "%Y-%m-%d")
_MOMENT: Final = Text("weniger als 1 Min.", "less than 1 min")
_DAYS, _ONE_DAY = Text("{number} Tagen", "{number} days"), Text("{number} Tag", "{number} day")
_HOURS, _MINUTES = Text("{number} Std.", "{number} h"), Text("{number} Min.", "{number} min")
_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(request: Request, template: str, texts: Texts, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a rendered template.

    texts:  the page's own; "title" is its heading. In the template t("key", place=...) is the text of a key.
    values: what else the template reads. There are also language, url(path, **query), airflow_run(dag_id, run_id),
            token (for forms: <input type="hidden" name="token" value="{{ token }}">), label("kind", code), which is
            t("kind_<code>") or the code itself where there is no such text, why(system, record_type, id), the address
            that says why such a record is in the portal or not, asked_as, the record types for which there is one, and
            the filters number, moment, minute, day, clock, duration, span.
    """
    language = language_of(request)
    known = {**FRAME, **texts}
    t = _marked(translator(known, language))
    user = getattr(request.state, "page_user", None)
    content = _ENVIRONMENT.get_template(template).render(
        t=t,
        label=lambda kind, code: t(f"{kind}_{code}") if f"{kind}_{code}" in known else code,
        language=language,
        url=partial(address, request),
        airflow_run=lambda dag_id, run_id: below(request, f"/dags/{quote(dag_id)}/runs/{quote(run_id)}"),
        why=lambda *record: below(request, why_address(*record)),
        asked_as=ASKED_AS,
        token=form_token(user) if user else "",
        navigation=_navigation(request, language),
        languages={code: _switched(request, code) for code in get_args(Language)},
        version=request.app.state.version,
        **values,
    )
    answer = HTMLResponse(content, status)
    if chosen := chosen_language(request):
        answer.set_cookie(
            COOKIE, chosen, max_age=365 * 86400, path=_root(request) or "/", samesite="lax", httponly=True
        )
    return answer


def _marked(t: Callable[..., str]) -> Callable[..., str]:
    """Let texts take times: one with a place for such a time is escaped here, all else by the template."""

    def marked(key: str, **places: object) -> str:
        if not any(isinstance(value, Markup) for value in places.values()):
            return t(key, **places)
        return escape(t(key)).format(**places)

    return marked


def below(request: Request, address: str) -> str:
    """Return the address of a page as this request's reader reaches it, also where Airflow lies below a path."""
    return _root(request).removesuffix(PAGES) + address


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


def address(request: Request, path: str, /, **query: object) -> str:
    """Return the address of one of the pages; parameters without a value are left out."""
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return f"{_root(request)}/{path}" + (f"?{urlencode(given)}" if given else "")


def _switched(request: Request, language: str) -> str:
    """Return the address of the same page in a language."""
    others = [(name, value) for name, value in request.query_params.multi_items() if name != PARAMETER]
    return f"{quote(request.url.path)}?{urlencode([*others, (PARAMETER, language)])}"


def _navigation(request: Request, language: Language) -> list[Mapping[str, Any]]:
    """Return the pages in their order, with path, title, and whether it is the current one."""
    path = request.url.path.removeprefix(_root(request)).strip("/")
    return [
        {"path": name, "title": title.said(language), "is_current": path.partition("/")[0] == name}
        for name, title in request.app.state.navigation.items()
    ]


@pass_context
def number(context: Context, value: float | None) -> str:
    """Return a whole number with its thousands apart, or a dash."""
    return "–" if value is None else f"{value:,.0f}".replace(",", "." if context["language"] == "de" else ",")


@pass_context
def moment(context: Context, value: datetime | None) -> str:
    """Return a zoned time as date and time of day, or a dash."""
    return _time(value, "second", f"{_DAY.said(context['language'])} %H:%M:%S") if value else "–"


@pass_context
def minute(context: Context, value: datetime) -> str:
    """Return a zoned time as date, hour and minute, where there is little room."""
    return _time(value, "minute", f"{_DAY.said(context['language'])} %H:%M")


def clock(value: datetime) -> str:
    """Return the time of day of a zoned time."""
    return _time(value, "clock", "%H:%M:%S")


def _time(value: datetime, to: str, style: str) -> Markup:
    """Return a time as in Europe/Berlin; script.js says it in the reader's zone."""
    berlin = value.astimezone(BERLIN)
    return Markup('<time class="nowrap" datetime="{}" data-zoned="{}">{}</time>').format(
        value.isoformat(), to, berlin.strftime(style)
    )


@pass_context
def day(context: Context, value: date) -> str:
    """Return a date; of a zoned time that in Europe/Berlin."""
    known = value.astimezone(BERLIN) if isinstance(value, datetime) else value
    return known.strftime(_DAY.said(context["language"]))


@pass_context
def duration(context: Context, seconds: float | None) -> str:
    """Return seconds as people read them, such as 4,2 s or 12:05 min, or a dash."""
    if seconds is None:
        return "–"
    if seconds < 100:
        return f"{seconds:.1f} s".replace(".", "," if context["language"] == "de" else ".")
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d} min"


@pass_context
def span(context: Context, seconds: float) -> str:
    """Return how long somebody waits, such as 3 Std. 20 Min., in the two largest units that are not nothing."""
    minutes = int(seconds) // 60
    if minutes < 1:
        return _MOMENT.said(context["language"])
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    counted = [(days, _DAYS if days != 1 else _ONE_DAY), (hours, _HOURS), (0 if days else minutes, _MINUTES)]
    return " ".join(unit.said(context["language"], number=number) for number, unit in counted if number)


_ENVIRONMENT.filters.update(
    number=number, moment=moment, minute=minute, clock=clock, day=day, duration=duration, span=span
)
