"""Airflow DAG casavi_keys: keys of properties."""

from include.groups import KEYS  # type: ignore[attr-defined]
from include.sync.flow import for_each_system, sync_dag

DOCS = """
### casavi_keys

Keeps the keys of properties in step with iX-Haus. Runs nightly and whenever `casavi_objects` has succeeded.
"""

for_each_system(KEYS, DOCS, lambda system: sync_dag(KEYS, system, DOCS, after="objects"))
