"""Noticing within seconds that a report changed on either side, and starting the DAG that exchanges reports.

trigger.py   what runs in Airflow's triggerer, for as long as it runs
watcher.py   one look: whether anything is new, and when not to look
ixhaus.py    which reports staff have changed, and when it was last looked
portal.py    which tickets have changed, for one cheap request
"""
