#!/bin/sh
# stoppable.sh COMMAND...: run a command so that Ctrl-C ends it without a word, with status 130, and leaves nothing in /tmp.
# In the background it does not hear Ctrl-C; we do, and end it. `wait` ends at once when a signal comes.
TMPDIR=$(mktemp -d) || exit 1
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'trap "" INT TERM HUP; exec 2>/dev/null; kill "$!"; wait "$!"; exit 130' INT TERM HUP
"$@" &
wait "$!"
