#!/bin/sh
# /usr/local/bin/nudger. As root: the command as the service sees things, with its user, configuration, data and
# credentials (run directly as root, it would leave files behind that the service cannot write).
# As anyone else: the plain program, for files of one's own.
[ "$(id -u)" = 0 ] || exec /opt/nudger/bin/nudger "$@"
exec systemd-run --quiet --pipe --wait --collect --same-dir --description="nudger command" --uid=nudger --gid=nudger \
    --property=LoadCredential=nudger:/etc/nudger/credentials --property=UMask=0077 \
    --setenv=NUDGER_CONFIG_DIR=/etc/nudger --setenv=NUDGER_STATE_DIR=/var/lib/nudger \
    /opt/nudger/bin/nudger "$@"
