from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.ixhaus import build_sample
from include.doctor import Finding
from tests.doctor.clinic import Clinic
from tests.sandbox import SandboxProcess


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    build_sample(folder / "ixhaus.db", persons=60)
    return folder


@pytest.fixture
def pool(airflow_db: None) -> Iterator[None]:
    """Airflow with the pool of the settings as shipped; afterwards the one it had."""
    from airflow.models.pool import Pool

    from include.settings import load_settings

    before = Pool.get_pool("casavi_production")
    slots = load_settings("production").limits.parallel_loads
    Pool.create_or_update_pool("casavi_production", slots, "", include_deferred=False)
    yield
    if before:
        Pool.create_or_update_pool("casavi_production", before.slots, "", include_deferred=False)
    else:
        Pool.delete_pool("casavi_production")


@pytest.fixture
def clinic(
    sample: Path, tmp_path: Path, sandbox: SandboxProcess, monkeypatch: pytest.MonkeyPatch, pool: None
) -> Iterator[Clinic]:
    made = Clinic(sample, tmp_path, sandbox, monkeypatch)
    yield made
    sandbox.end_faults()


@pytest.fixture(scope="session")
def healthy(
    sample: Path, tmp_path_factory: pytest.TempPathFactory, process: SandboxProcess, airflow_db: None
) -> list[Finding]:
    """What is found about the sample as it is: notes, and nothing else."""
    from airflow.models.pool import Pool

    from include.settings import load_settings

    slots = load_settings("production").limits.parallel_loads
    Pool.create_or_update_pool("casavi_production", slots, "", include_deferred=False)
    with pytest.MonkeyPatch.context() as patch:
        return Clinic(sample, tmp_path_factory.mktemp("healthy"), process, patch).examine()
