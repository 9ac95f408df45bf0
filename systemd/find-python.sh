#!/bin/sh
# find-python.sh NAME...: print the first of these Pythons that is 3.11 or newer and can make a virtual environment.
set -eu

found=
for python in "$@"; do
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
    found=$python
    # Debian keeps this part of Python in a package of its own.
    "$python" -c 'import venv, ensurepip' 2>/dev/null || continue
    echo "$python"
    exit 0
done

if [ -n "$found" ]; then
    echo "$found cannot make virtual environments. On Debian and Ubuntu: apt install python3-venv" >&2
else
    echo "nudger needs Python 3.11 or newer, and found none (looked for: $*)." >&2
fi
exit 1
