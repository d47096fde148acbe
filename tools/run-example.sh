#!/bin/sh
# Serves the example site on the address and port given. Run by make, from the checkout.
set -eu

tools/setup-example.sh
cd examples/django
.venv/bin/python manage.py prepare
echo "In examples/django: portico serve --bind $1:$2 --access-log -"
exec ../../bin/portico serve --bind "$1:$2" --access-log -
