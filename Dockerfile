# The slim image has Airflow without providers: everything else comes from the lock, whose hashes pip
# compares, and pip check proves that it fits.
FROM apache/airflow:slim-3.3.2-python3.12

# LibreOffice, without its windows, turns office documents and images into PDF where the settings ask for it;
# with fonts as wide as Arial, Times and Calibri, so that pages break where they did.
USER root
RUN apt-get update \
 && apt-get install -y --no-install-recommends libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-draw-nogui \
    fonts-liberation fonts-crosextra-carlito \
 && rm -rf /var/lib/apt/lists/*

# Made here so that the named volumes mounted there begin with this owner and this mode: staging holds personal data.
RUN install -d -o airflow -g root -m 0700 /var/lib/serviceportal/staging /var/lib/serviceportal/demo \
 && install -d -o airflow -g root -m 0750 /var/log/airflow \
 && install -d -o airflow -g root -m 0755 /opt/serviceportal
USER airflow

WORKDIR /opt/serviceportal
COPY --chmod=0644 requirements.txt requirements.txt
RUN pip install --no-cache-dir --require-hashes -r requirements.txt && pip check

# config/ is mounted over this copy of its examples, so that a changed setting needs no new image. Readable for the services
# whatever the umask under which the checkout was made.
COPY --chmod=0755 config config
COPY --chmod=0755 plugins plugins
COPY --chmod=0755 include include
COPY --chmod=0755 demo demo
COPY --chmod=0755 dags dags

# pip compiles what it installs; ours is compiled here, as no service may write beside it.
USER root
RUN python -m compileall -q plugins include demo dags
USER airflow
