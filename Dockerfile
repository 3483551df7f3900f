# The slim image has Airflow without providers: everything else comes from the lock, and pip check proves that it fits.
FROM apache/airflow:slim-3.3.2-python3.12

# Made here so that the named volumes mounted there begin with this owner and this mode: staging holds personal data.
USER root
RUN install -d -o airflow -g root -m 0700 /var/lib/serviceportal/staging /var/lib/serviceportal/demo \
 && install -d -o airflow -g root -m 0750 /var/log/airflow \
 && install -d -o airflow -g root -m 0755 /opt/serviceportal
USER airflow

WORKDIR /opt/serviceportal
COPY requirements.txt requirements.txt
RUN pip install --no-cache-dir -r requirements.txt && pip check

# config/ is mounted over this copy, so that a changed setting needs no new image.
COPY config config
COPY plugins plugins
COPY include include
COPY dags dags
