# The front door. `make run` needs git, make and Python 3.9 or later; it installs the rest into the checkout.

.PHONY: setup run test bench lint format typecheck
.DEFAULT_GOAL := setup

setup:
	@tools/setup.sh
