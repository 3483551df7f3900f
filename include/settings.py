"""What one system (production or test) is configured to do.

Read from config/<system>.yaml; addresses, keys and passwords are not in here but in Airflow connections. Every field
carries the label and the explanation that staff read (R56); docs/settings.md is generated from them. A mistake raises
ConfigurationError with one sentence per field: which file and field, what is wrong, what to write.
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from croniter import croniter
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, field_validator
from pydantic import model_validator as model_check
from pydantic.config import JsonDict
from pydantic_core import ErrorDetails

CONFIG_FOLDER = Path(os.environ.get("SERVICEPORTAL_CONFIG", Path(__file__).parent.parent / "config"))
"""Where the settings files lie: config/ beside this package, or wherever SERVICEPORTAL_CONFIG says."""
REQUIRED_WHEN_ACTIVE = ("properties", "person_types", "portal_access_lead_days", "report_user")


class ConfigurationError(Exception):
    """A setting is wrong or missing; the message is a sentence for the person who has to mend it."""


class _Yaml(yaml.SafeLoader):
    """YAML whose plain words and numbers all stay text: the standard reads 010 as eight, and 1.10 as 1.1."""


_Yaml.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.endswith((":null", ":merge"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PropertyRange(_Strict):
    """Property numbers and ranges of them (R13); empty releases nothing (E60)."""

    numbers: frozenset[str] = frozenset()
    spans: tuple[tuple[int, int], ...] = ()

    @classmethod
    def parse(cls, value: object) -> PropertyRange:
        """Read "100-199, 250" or a list of such entries; raises ValueError with what to write."""
        if isinstance(value, PropertyRange):
            return value
        if isinstance(value, dict) and set(value) == {"numbers", "spans"}:  # a run's snapshot
            return cls.model_validate(value)
        entries = value if isinstance(value, list) else str("" if value is None else value).split(",")
        numbers, spans = set(), []
        for entry in (str(entry).strip() for entry in entries):
            if span := re.fullmatch(r"([0-9]+)\s*-\s*([0-9]+)", entry):
                first, last = int(span[1]), int(span[2])
                if first > last:
                    raise ValueError(f'the range "{entry}" runs backwards; write "{last}-{first}"')
                spans.append((first, last))
            elif re.fullmatch(r"[\w./]+", entry):
                numbers.add(entry)
            elif entry:
                raise ValueError(
                    f'"{entry}" is neither a property number nor a range; write for example "100-199, 250"'
                )
        return cls(numbers=frozenset(numbers), spans=tuple(spans))

    def __contains__(self, number: object) -> bool:
        """Whether a property number, as the ERP writes it, is in the range."""
        if number in self.numbers:
            return True
        digits = str(number)
        return digits.isascii() and digits.isdigit() and any(a <= int(digits) <= b for a, b in self.spans)


def _names(value: object) -> object:
    """Accept one name, a comma-separated text, a list of names, or nothing."""
    if value is None:
        return ()
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def _report_user(value: object) -> object:
    if value is None or (isinstance(value, str) and re.fullmatch(r"[0-9]{3}", value)):
        return value
    padded = str(value).zfill(3)
    advice = f'write "{padded}"' if re.fullmatch(r"[0-9]{3}", padded) else 'write three digits in quotes, such as "007"'
    raise ValueError(f'"{value}" is not a three-digit user number; {advice}')


Properties = Annotated[PropertyRange, BeforeValidator(PropertyRange.parse)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
EXPERT: JsonDict = {"expert": True}
"""Set by consultants, shown apart from the daily settings (R57)."""


class DocuWareCondition(_Strict):
    """One condition of a DocuWare filter row (R30, O21)."""

    field: str = Field(title="Feld", description="Name des Feldes im DMS.")
    operator: Literal["=", "!=", "in", "starts_with"] = Field("=", title="Vergleich", description="Art des Vergleichs.")
    value: str | list[str] = Field(title="Wert", description="Wert oder Werte, mit denen verglichen wird.")


class Schedules(_Strict):
    """When each group runs by itself: a cron expression in local time, or empty for never."""

    objects: str | None = Field(
        "0 2 * * *", title="Objekte", description="Objekte und Flächen; vorgegeben: nachts um zwei."
    )
    persons: str | None = Field(
        "30 2 * * *",
        title="Personen",
        description="Personen und Verträge; außerdem immer, wenn die Objekte abgeglichen sind.",
    )
    documents: str | None = Field("0 3 * * *", title="Dokumente", description="Dokumente; vorgegeben: nachts um drei.")
    owners_caretakers: str | None = Field(
        "45 2 * * *", title="Eigentümer und Hausmeister", description="Objekteigentümer und Hausmeister."
    )
    reports: str | None = Field(
        "*/5 * * * *", title="Meldungen", description="Meldungen und Notizen; Sicherheitsnetz neben den Ereignissen."
    )

    @field_validator("*")
    @classmethod
    def _is_cron(cls, value: str | None) -> str | None:
        if value is not None and not (len(value.split()) == 5 and croniter.is_valid(value)):
            raise ValueError(
                f'"{value}" is not a cron expression; write five fields such as "0 2 * * *", or null for never'
            )
        return value


class Limits(_Strict):
    """How hard the portal may be used and how long a run may wait."""

    requests_per_second: float = Field(
        10,
        gt=0,
        title="Anfragen je Sekunde",
        description="Obergrenze über alle gleichzeitigen Übertragungen eines Systems.",
    )
    parallel_requests: int = Field(
        4,
        ge=1,
        le=64,
        title="Gleichzeitige Anfragen",
        description="Anfragen, die eine Übertragung gleichzeitig offen hat.",
    )
    parallel_loads: int = Field(
        1,
        ge=1,
        le=16,
        title="Gleichzeitige Übertragungen",
        description="Größe des Airflow-Pools; mehr als 1 nur, wenn das Portal mehrere Anmeldungen zugleich erlaubt.",
        json_schema_extra=EXPERT,
    )
    batch_size: int = Field(
        5000,
        ge=1,
        title="Datensätze je Übertragung",
        description="So viele Datensätze bearbeitet eine Airflow-Task.",
        json_schema_extra=EXPERT,
    )
    timeout_seconds: float = Field(
        60,
        gt=0,
        title="Zeitgrenze je Anfrage",
        description="Nach so vielen Sekunden gilt eine Anfrage als unbeantwortet.",
    )
    attempts: int = Field(
        4,
        ge=1,
        le=10,
        title="Versuche je Datensatz",
        description="Versuche bei vorübergehenden Störungen, mit wachsenden Pausen.",
    )
    max_wait_seconds: float = Field(
        600,
        ge=0,
        title="Längste Wartezeit",
        description="So lange wartet eine Übertragung insgesamt auf Wunsch des Portals.",
    )
    failures_in_a_row: int = Field(
        20,
        ge=1,
        title="Abbruch nach Fehlern",
        description="So viele Störungen in Folge beenden eine Übertragung.",
        json_schema_extra=EXPERT,
    )
    lease_seconds: float = Field(
        60,
        gt=0,
        title="Sperrdauer",
        description="Nach so vielen Sekunden ohne Lebenszeichen gilt ein Lauf als abgebrochen.",
        json_schema_extra=EXPERT,
    )


class RemovalGuard(_Strict):
    """From how many removals on a run asks before it removes."""

    max_percent: float = Field(
        10,
        ge=0,
        le=100,
        title="Anteil",
        description="Mehr als dieser Anteil (in Prozent) der Datensätze im Portal wartet auf Freigabe.",
    )
    max_count: int = Field(200, ge=0, title="Anzahl", description="Mehr als diese Anzahl wartet auf Freigabe.")


class SystemSettings(_Strict):
    """Settings of one system: the register "Einstellungen" of the interface."""

    system: Literal["production", "test"] = Field(
        title="System", description="Produktivsystem oder Testsystem; ergibt sich aus dem Dateinamen (R7)."
    )
    active: bool = Field(
        False,
        title="Schnittstelle ein",
        description="Schaltet die Schnittstelle dieses Systems ein; aus, bis es ausdrücklich gewollt ist (R8).",
    )
    properties: Properties = Field(
        PropertyRange(),
        title="Objektbereich",
        description="Freigegebene Objekte: Nummern und Bereiche wie 100-199; leer gibt nichts frei (R13).",
    )
    properties_full_history: Properties = Field(
        PropertyRange(),
        title="Objektbereich mit vollständiger Meldungshistorie",
        description="Objekte, deren Meldungen vollständig übertragen werden, auch abgeschlossene (R14).",
        json_schema_extra=EXPERT,
    )
    person_types: Names = Field(
        (),
        title="Personentyp",
        description="Personentypen, die Portalnutzer werden; alle anderen gehen ohne Zugang hinaus (R17).",
    )
    document_types: Names = Field(
        (), title="Dokumententyp", description="Dokumententypen mit Zeitfilter: ab 1. Januar des Vorjahres (R26)."
    )
    document_types_without_time_filter: Names = Field(
        (),
        title="Dokumententypen ohne Zeitfilter",
        description="Dokumententypen, die unabhängig vom Datum übertragen werden (R26).",
    )
    user_teams: Names = Field(
        (),
        title="Benutzerteam",
        description="Nur Meldungen dieser Teams oder ohne Team; leer = alle; braucht das Komfortpaket (R12).",
    )
    docuware_filter: tuple[tuple[DocuWareCondition, ...], ...] = Field(
        (),
        title="DocuWare-Filter",
        description="Zeilen von Bedingungen: innerhalb einer Zeile UND, zwischen Zeilen ODER (R30).",
        json_schema_extra=EXPERT,
    )
    portal_access_lead_days: int = Field(
        0,
        ge=0,
        le=3650,
        title="Mieterportalaccount … Tage vor Vertragsbeginn",
        description="So viele Tage vor Vertragsbeginn öffnet der Zugang (R18).",
    )
    portal_access_trail_days: int | None = Field(
        None,
        ge=0,
        le=3650,
        title="Tage nach Auszug",
        description="So viele Tage nach Vertragsende bleibt der Zugang; leer = wie vor Vertragsbeginn (R19).",
    )
    report_user: Annotated[str | None, BeforeValidator(_report_user)] = Field(
        None,
        title="Meldung iX-Plus Benutzer",
        description="Dreistellige Benutzernummer, unter der Meldungen aus dem Portal angelegt werden (R47).",
    )
    ixhaus_connection: str = Field(
        "",
        validate_default=True,
        title="Verbindung iX-Haus",
        description="Airflow-Verbindung zur Datenbank; leer = ixhaus_<system>.",
        json_schema_extra=EXPERT,
    )
    portal_connection: str = Field(
        "",
        validate_default=True,
        title="Verbindung Portal",
        description="Airflow-Verbindung mit Link Datensynchronisation, Schlüssel und Secret; leer = casavi_<system>.",
        json_schema_extra=EXPERT,
    )
    schedules: Schedules = Field(
        Schedules(),
        title="Synchronisierungseinstellungen",
        description="Wann welche Gruppe von selbst läuft: ein Cron-Ausdruck in Ortszeit, leer = nie (R52).",
    )
    limits: Limits = Field(Limits(), title="Grenzen", description="Wie stark das Portal beansprucht werden darf.")
    removal_guard: RemovalGuard = Field(
        RemovalGuard(), title="Löschbremse", description="Ab wann Entfernungen auf eine Freigabe warten."
    )

    @model_check(mode="after")
    def _complete_when_active(self) -> SystemSettings:
        given = self.model_fields_set
        missing = [name for name in REQUIRED_WHEN_ACTIVE if name not in given or getattr(self, name) is None]
        if self.active and missing:
            raise ValueError(
                f"active: the interface cannot be switched on while these are missing; add {', '.join(missing)}"
            )
        return self

    @field_validator("ixhaus_connection", "portal_connection", mode="after")
    @classmethod
    def _default_connection(cls, value: str, info: ValidationInfo) -> str:
        side = "ixhaus" if info.field_name == "ixhaus_connection" else "casavi"
        return value or f"{side}_{info.data.get('system', '')}"

    @property
    def portal_access_lead(self) -> timedelta:
        """How long before its contract begins a person gets access (R18)."""
        return timedelta(days=self.portal_access_lead_days)

    @property
    def portal_access_trail(self) -> timedelta:
        """How long after its contract ends a person keeps access (R19, O4)."""
        days = self.portal_access_trail_days
        return timedelta(days=self.portal_access_lead_days if days is None else days)


_NESTED: dict[int | str, type[BaseModel]] = {
    "docuware_filter": DocuWareCondition, "limits": Limits, "removal_guard": RemovalGuard, "schedules": Schedules,
}  # fmt: skip


def configured_systems(folder: Path = CONFIG_FOLDER) -> list[str]:
    """Return the systems that have a settings file, production first."""
    return [system for system in ("production", "test") if (folder / f"{system}.yaml").exists()]


def load_settings(system: str, folder: Path = CONFIG_FOLDER) -> SystemSettings:
    """Read config/<system>.yaml; raises ConfigurationError with a sentence per mistake."""
    path = folder / f"{system}.yaml"
    where = f"{folder.name}/{path.name}"
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), _Yaml) or {}  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        raise ConfigurationError(f"{where}: there is no such file; copy config/test.yaml and adapt it") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{where}: this is not UTF-8; save the file with the encoding UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark else ""
        raise ConfigurationError(
            f"{where}: {line}this is not valid YAML; check indentation, colons and quotes"
        ) from None
    if not isinstance(values, dict):
        raise ConfigurationError(f"{where}: the file holds no settings; write lines such as active: true")
    if values.setdefault("system", system) != system:
        raise ConfigurationError(f"{where}: system: this file is for {system}; write {system} or leave the line out")
    return validate_settings(values, where)


def validate_settings(values: dict[str, Any], where: str) -> SystemSettings:
    """Check values and return the settings; `where` names their source in a ConfigurationError."""
    try:
        return SystemSettings.model_validate(values)
    except ValidationError as error:
        raise ConfigurationError("\n".join(f"{where}: {_sentence(detail)}" for detail in error.errors())) from None


def _sentence(detail: ErrorDetails) -> str:
    field = ".".join(str(part) for part in detail["loc"])
    what = detail["msg"].removeprefix("Value error, ")
    if detail["type"] == "extra_forbidden":
        model = _NESTED.get(detail["loc"][0], SystemSettings) if len(detail["loc"]) > 1 else SystemSettings
        near = get_close_matches(str(detail["loc"][-1]), model.model_fields, n=1)
        what = f"there is no such setting; {f'write {near[0]}' if near else 'remove it, or see docs/settings.md'}"
    elif detail["type"] != "value_error":
        what = f"{what[:1].lower()}{what[1:]}; see docs/settings.md for what to write"
    return f"{field}: {what}" if field else what
