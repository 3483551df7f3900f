"""E-mails to contacts who have no account in the portal (R42): what to tell is decided in include/rules/reports."""
