"""From the portal into iX-Haus: reports, notes and files that tenants and staff made in the portal (R47–R49, R58)."""

from include.groups.reports.inbound.receiving import Received, name_missing, receive, unsettled

__all__ = ["Received", "name_missing", "receive", "unsettled"]
