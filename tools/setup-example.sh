#!/bin/sh
# Makes the virtual environment of the example site, with Django, beside its manage.py. Run by make, from the
# checkout.
set -eu

site=examples/django
stamp=$site/.venv/requirements.stamp
if ! cmp -s $site/requirements.txt $stamp; then
  echo "setup: installing Django into $site/.venv"
  .venv/bin/python -m venv --clear $site/.venv
  $site/.venv/bin/python -m pip install --quiet --disable-pip-version-check -r $site/requirements.txt || {
    echo "setup: Django could not be installed. Is there a network?" >&2
    exit 1
  }
  cp $site/requirements.txt $stamp
fi
