"""What one system (production or test) is configured to do.

Read from config/<system>.yaml; addresses, keys and passwords are not in here but in Airflow connections. Every field
is `described`: it carries the label and the explanation that staff read, in both languages (R56); docs/settings.md is
generated from them. A mistake raises ConfigurationError with one sentence per field: which file and field, what is
wrong, what to write.
"""

from include.settings._address import EXAMPLE, AddressError, checked_address, is_here, is_safe
from include.settings._alerts import Alerts, Notifier
from include.settings._editing import lines_of
from include.settings._effective import Section, Setting, effective, explanation_of, label_of
from include.settings._entered import TRIED, Plain, Tried, as_entered, try_entries, value_at
from include.settings._files import (
    Configured,
    alerts_of,
    changed_at,
    config_folder,
    configured_systems,
    load_each,
    load_settings,
    portal_connection_of,
    validate_settings,
)
from include.settings._guard import RemovalGuard
from include.settings._parts import DocuWareCondition, DocuWareRow, Limits, Retention, Schedules
from include.settings._portal import PortalAnswers
from include.settings._saving import NotSavedError, Saved, digest_of, may_save, save_settings, saved_changes
from include.settings._system import REQUIRED_WHEN_ACTIVE, SystemSettings
from include.settings._values import Audience, ConfigurationError, PropertyRange, is_expert, words_of

__all__ = [
    "EXAMPLE",
    "REQUIRED_WHEN_ACTIVE",
    "TRIED",
    "AddressError",
    "Alerts",
    "Audience",
    "ConfigurationError",
    "Configured",
    "DocuWareCondition",
    "DocuWareRow",
    "Limits",
    "NotSavedError",
    "Notifier",
    "Plain",
    "PortalAnswers",
    "PropertyRange",
    "RemovalGuard",
    "Retention",
    "Saved",
    "Schedules",
    "Section",
    "Setting",
    "SystemSettings",
    "Tried",
    "alerts_of",
    "as_entered",
    "changed_at",
    "checked_address",
    "config_folder",
    "configured_systems",
    "digest_of",
    "effective",
    "explanation_of",
    "is_expert",
    "is_here",
    "is_safe",
    "label_of",
    "lines_of",
    "load_each",
    "load_settings",
    "may_save",
    "portal_connection_of",
    "save_settings",
    "saved_changes",
    "try_entries",
    "validate_settings",
    "value_at",
    "words_of",
]
