#!/bin/sh
# What the tests need from the system: PostgreSQL with PostGIS, Chromium, Thai fonts,
# and programs that read PDF and SVG.
# As root they are installed; anyone else is told the one command for an administrator.
set -eu

missing=""
if [ -z "${PHUMI_TEST_DATABASE_URL:-}" ]; then
  ls /usr/share/postgresql/*/extension/postgis.control >/dev/null 2>&1 &&
    ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 ||
    missing="$missing postgresql-15-postgis-3"
fi
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v fc-list >/dev/null 2>&1 && [ -n "$(fc-list :lang=th family)" ] ||
  missing="$missing fontconfig fonts-thai-tlwg"
command -v pdftotext >/dev/null 2>&1 || missing="$missing poppler-utils"
command -v rsvg-convert >/dev/null 2>&1 || missing="$missing librsvg2-bin"

[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "The tests need:$missing"
  echo "Ask an administrator for: sudo apt-get install --no-install-recommends$missing"
  exit 2
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086 # a list of packages
apt-get install -y -qq --no-install-recommends $missing >/dev/null
