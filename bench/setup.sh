#!/bin/sh
# Makes the virtual environment of the peers in var/bench/peers. Run by bench/main.ts, from the checkout.
# Debian's own python3 is wanted: it is built with profile-guided optimisation, and is the Python that mod_wsgi runs.
set -eu

home=var/bench/peers
stamp=$home/requirements.stamp
cmp -s bench/requirements.txt $stamp && exit 0

python=python3
if /usr/bin/python3 -c 'import venv, ensurepip' 2>/dev/null; then
  python=/usr/bin/python3
fi
echo "bench: installing the peers into $home"
$python -m venv --clear $home
$home/bin/python -m pip install --quiet --quiet --disable-pip-version-check -r bench/requirements.txt || {
  echo "bench: the peers could not be installed. Is there a network, and a C compiler for uWSGI?" >&2
  exit 1
}
cp bench/requirements.txt $stamp
