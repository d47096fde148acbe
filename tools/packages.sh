#!/bin/sh
# Installs Debian packages that are missing, where that is possible without asking anyone: as root, or with a sudo
# that wants no password. Elsewhere it says what is missing and leaves the machine alone; it never fails.
# Usage: tools/packages.sh PACKAGE …

missing=
for package in "$@"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

sudo=
if [ "$(id -u)" -ne 0 ]; then
  sudo='sudo -n'
fi
if ! command -v apt-get >/dev/null || ! $sudo true 2>/dev/null; then
  echo "packages: not installed, and cannot be from here:$missing" >&2
  exit 0
fi
echo "packages: installing$missing"
# shellcheck disable=SC2086 # Lists of words.
{
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends $missing >/dev/null 2>&1 ||
    { $sudo apt-get update -q >/dev/null && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -q --no-install-recommends $missing >/dev/null; }
} || echo "packages: could not install$missing" >&2
exit 0
