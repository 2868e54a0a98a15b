# `launchbot serve`, as a user without rights, on a read-only root file system:
#
#   docker run --read-only --tmpfs /tmp --cap-drop ALL --volume launchbot:/data \
#     --volume ./launchbot.yml:/etc/launchbot/launchbot.yml:ro --env-file .env launchbot
#
# All state is in /data, and may be lost. Who installs from a mirror hands in pip's configuration,
# which does not stay in the image: docker build --secret id=pip.conf,src=/etc/pip.conf .

ARG PYTHON=3.14-slim-trixie

FROM python:${PYTHON} AS build

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_DEPS=1 \
    PIP_QUIET=1

WORKDIR /src
COPY pyproject.toml uv.lock ./
COPY .ci/lock.py .ci/

# /opt/build has what exports the lock and builds the wheel; /opt/launchbot is what runs.
RUN --mount=type=secret,id=pip.conf,target=/etc/pip.conf \
    python -m venv /opt/build \
    && python -m venv --without-pip /opt/launchbot \
    && python .ci/lock.py pin uv > /tmp/uv.txt \
    && /opt/build/bin/pip install --require-hashes --only-binary :all: -r /tmp/uv.txt \
    && /opt/build/bin/uv export --quiet --frozen --only-group build -o /tmp/build.txt \
    && /opt/build/bin/uv export --quiet --frozen --no-default-groups --no-emit-project -o /tmp/run.txt \
    && /opt/build/bin/pip install --require-hashes --only-binary :all: -r /tmp/build.txt \
    && /opt/build/bin/pip --python /opt/launchbot/bin/python install \
        --require-hashes --only-binary :all: -r /tmp/run.txt

COPY LICENSE README.md ./
COPY templates templates
COPY bot bot

RUN /opt/build/bin/python -m hatchling build --target wheel --directory /tmp/dist \
    && /opt/build/bin/pip --python /opt/launchbot/bin/python install --no-index /tmp/dist/*.whl \
    && /opt/launchbot/bin/launchbot --help > /dev/null


FROM python:${PYTHON}

LABEL org.opencontainers.image.title="Launchbot" \
      org.opencontainers.image.licenses="MIT"

RUN groupadd --gid 10001 launchbot \
    && useradd --uid 10001 --gid launchbot --no-create-home --home-dir /data \
        --shell /usr/sbin/nologin launchbot \
    && install --directory --owner=launchbot --group=launchbot --mode=0750 /data

COPY --from=build /opt/launchbot /opt/launchbot

ENV PATH="/opt/launchbot/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LAUNCHBOT_HOST=0.0.0.0 \
    LAUNCHBOT_PORT=8080 \
    LAUNCHBOT_CONFIG=/etc/launchbot/launchbot.yml \
    LAUNCHBOT_DATABASE_URL=sqlite:////data/launchbot.db

WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 8080

# http.client and not urllib: a proxy that is configured for GitLab has no part in this.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ['LAUNCHBOT_PORT']), timeout=4); c.request('GET', '/healthz'); sys.exit(c.getresponse().status != 200)"]

ENTRYPOINT ["launchbot"]
CMD ["serve"]
