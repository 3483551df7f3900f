"""How it is measured, in the words of docs/figures.md."""

ALONE = 0.5
"""The load average of a machine that does nothing else."""
BUSY = """\
*The machine was not idle (load average {busy:.1f} before the first run): seconds and rates are worse than alone, those
of ours and of the bare client most, as they share both cores with the portal. What was sent, repeated or is missing
does not depend on that.*"""
METHOD = """\
`make bench peers` puts the same contacts through each of them and counts at the portal (`bench/server.py` with a
memory). {cores} cores that client and portal share, loopback, CPython {python}; {versions}. Seconds are those of the
whole process, its imports included; equal runs differ by up to 25 %. First runs of 10,000 of ours, drt and the bare
client: three in turn, of which the middle one's seconds and the highest rate count.

*Ours* is one process that does what the tasks of `casavi_persons` do, of contacts alone: it reads all views, decides,
plans, loads with intent and acknowledgement per record, writes the protocol. Airflow's own time between tasks (about
half a second each) is not in it; neither is what the peers need to make a table of ready bodies, which they are
given. The settings are the sample's, without a limit of requests a second. {imports} of each process of
ours are imports, Airflow's most of them, which its workers have made before they fork a task.

*Peers*, each at its best: drt's REST destination (one after the other, limit off, dead letters on) with a cursor;
drt's diff in PostgreSQL with a destination of ours, 16 threads; dlt's custom destination with an incremental cursor,
16 workers and 40 files; a target of Singer's SDK and a destination of Airbyte's CDK, batches of 1,000, 16 threads. A
refused record is said and does not stop the others. *No change, 100,000*: ours after a first run of 100,000, the
peers with the mark that their first run has left (drt's diff with a snapshot copied in PostgreSQL) and a table in
which nothing is newer. *By hand*: ours with `resend: refused`, drt with `drt retry`. *Killed*: at 2 ms, started once
more; ours as Airflow starts a task once more."""
