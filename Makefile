# The front door. `make run` needs git, make and Python 3.9 or later (with venv); it installs the rest into the checkout.

.PHONY: help setup setup-dev run build wheel npm test test-pythons autobahn conformance-faults conformance-nginx conformance-beside-nginx conformance-smuggling conformance-tls bench docs lint format typecheck
.DEFAULT_GOAL := setup

# Node by its own path: the scripts of the same name in .venv/bin are Python programs that start it.
NODE := .venv/node/bin/node
export PATH := $(CURDIR)/.venv/node/bin:$(PATH)
export NODE_COMPILE_CACHE := $(CURDIR)/var/compile-cache

# Where `make run` serves the example site.
BIND ?= 127.0.0.1
PORT ?= 8000

# This list.
help:
	@awk '/^# / { text = substr($$0, 3); next } /^[a-z-]+:/ && text { sub(/:.*/, ""); printf "make %-13s %s\n", $$0, text } { text = "" }' Makefile

# Installs the pinned runtime and npm's packages into the checkout. `make` alone does this.
setup:
	@tools/setup.sh

# The same, with the tools for working on Portico.
setup-dev:
	@tools/setup.sh dev

# Serves the example site, a small guestbook with Django's admin.
run: setup
	@tools/run-example.sh $(BIND) $(PORT)

# The sources as JavaScript in build/, one bundle for each process: what is installed. The checkout runs without it.
build: setup-dev
	@$(NODE) tools/build.ts

# dist/portico-VERSION-py3-none-any.whl: the Python package.
wheel: setup-dev
	@$(NODE) tools/wheel.ts

# dist/portico-VERSION.tgz: the npm package, for those who have a Node.js of their own.
npm: setup-dev
	@$(NODE) tools/npm.ts

# Everything that a change must pass. Apache, Caddy, Chromium, curl, HAProxy, memcached, nginx, OpenSSL, PostgreSQL and Redis are the only Debian packages that it needs.
test: setup-dev
	@tools/setup-example.sh
	@tools/packages.sh caddy chromium curl haproxy memcached nginx apache2 libapache2-mod-wsgi-py3 openssl postgresql redis-server
	@$(NODE) tools/test.ts

# The worker's tests, under each Python that this machine has.
test-pythons: setup-dev
	@$(NODE) tools/test.ts pythons

# The WebSocket protocol by a suite that is not ours. Needs Python 2.7 with pip (PYTHON27, or pyenv's); about 19 minutes.
autobahn: setup-dev
	@$(NODE) tests/conformance/websocket-autobahn.ts

# nginx's own test suite, of which NGINX_TESTS is a clone, with Portico in nginx's place; REFEREE=1 runs nginx beside it.
conformance-nginx: setup-dev
	@tools/packages.sh nginx libnginx-mod-stream uwsgi-core uwsgi-plugin-python3 libfcgi-perl libcache-memcached-perl libcache-memcached-fast-perl libcryptx-perl libscgi-perl libio-socket-ssl-perl libprotocol-websocket-perl memcached
	@$(NODE) tests/conformance/nginx-suite/main.ts $(NGINX_TESTS) $(if $(REFEREE),--referee) $(if $(NGINX_TESTS_COMMIT),--commit $(NGINX_TESTS_COMMIT))

# The same configurations and requests on Debian's nginx and on `portico nginx`, by hand and at random; ARGS="--random 500 --seed 7" for others.
conformance-beside-nginx: setup-dev
	@tools/packages.sh nginx
	@$(NODE) tests/conformance/beside-nginx/main.ts $(ARGS)

# Requests that two servers could see differently, through `portico nginx` to real servers; writes docs/smuggling-conformance.md. ARGS="--random 5000 --seed 7" for others.
conformance-smuggling: setup-dev
	@tools/packages.sh nginx apache2 libapache2-mod-wsgi-py3 haproxy memcached openssl
	@$(NODE) tests/conformance/smuggling/main.ts $(ARGS)

# Ten thousand requests to servers that misbehave, of each kind, and what stays of them; writes docs/upstream-faults.md. About an hour; root is needed, for a small disk.
conformance-faults: setup-dev
	@tools/packages.sh nginx openssl
	@$(NODE) tests/conformance/faults/main.ts $(ARGS)

# What sslyze says of TLS with nothing said; writes docs/tls-conformance.md.
conformance-tls: setup-dev
	@test -x var/sslyze/bin/sslyze || { python3 -m venv var/sslyze && var/sslyze/bin/python -m pip install --quiet --disable-pip-version-check sslyze; }
	@$(NODE) tests/conformance/tls/main.ts var/sslyze/bin/sslyze

# Portico beside its peers; needs a machine with little else to do.
bench: setup-dev
	@tools/packages.sh nginx apache2 libapache2-mod-wsgi-py3 haproxy caddy python3-venv python3-dev wrk
	@$(NODE) bench/main.ts

# The documentation as a site, in var/site. Needs Python 3.11 or later.
docs: setup-dev
	@$(NODE) tools/docs.ts

# The linters' rules alone.
lint: setup-dev
	@$(NODE) tools/test.ts lint

# The types of TypeScript and Python alone.
typecheck: setup-dev
	@$(NODE) tools/test.ts types

# Formats both languages and sorts imports.
format: setup-dev
	@node_modules/.bin/biome check --write --linter-enabled=false .
	@.venv/bin/python -m ruff check --quiet --fix-only .
	@.venv/bin/python -m ruff format .
