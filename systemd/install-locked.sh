#!/bin/sh
# install-locked.sh VENV LOCK [OPTION...]: install what a lock file pins. Stopped, it goes on where it was.
set -eu
venv=$1 lock=$2
shift 2

# What was cut off half-way does not count as installed: pip writes INSTALLER last but for its list of files.
find "$venv"/lib/python*/site-packages -maxdepth 1 -name '*.dist-info' \
    ! -exec test -e '{}/INSTALLER' \; -exec rm -r '{}' +
exec sh systemd/stoppable.sh "$venv/bin/python" -m pip --quiet --quiet --disable-pip-version-check \
    install --require-hashes -r "$lock" "$@"
