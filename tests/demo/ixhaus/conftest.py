"""The sample as the tests of the ERP's side have it."""

from tests.ixhaus.conftest import erp, sample_file

__all__ = ["erp", "sample_file"]
