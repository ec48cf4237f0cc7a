# syntax=docker/dockerfile:1

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/prokura && /opt/prokura/bin/pip install "setuptools>=77"
COPY requirements.txt ./
RUN /opt/prokura/bin/pip install --require-hashes --no-deps -r requirements.txt
COPY pyproject.toml README.md ./
COPY app ./app
COPY schemas ./schemas
RUN /opt/prokura/bin/pip install --no-deps --no-build-isolation . \
    && /opt/prokura/bin/python -m compileall -q /opt/prokura/lib

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Prokura"
ENV PATH=/opt/prokura/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PROKURA_DATA_FOLDER=/var/lib/prokura \
    PROKURA_DATABASE_URL=sqlite:////var/lib/prokura/prokura.db
RUN useradd --uid 10001 --user-group --no-create-home prokura \
    && install -d -o prokura -g prokura /var/lib/prokura
COPY --from=build /opt/prokura /opt/prokura
USER 10001:10001
VOLUME /var/lib/prokura
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health/ready', timeout=2)"]
CMD ["prokura", "serve", "--host", "0.0.0.0"]
