#!/bin/sh
# What `make uninstall` does: stops the service and takes the program away. Configuration, data and the user stay.
set -eu

PREFIX=${PREFIX:-/opt/nudger}
[ "$(id -u)" = 0 ] || { echo "make uninstall: needs root: sudo make uninstall" >&2; exit 1; }
# Only what `make install` made is removed, whatever PREFIX says.
[ -e "$PREFIX/pyvenv.cfg" ] || [ ! -e "$PREFIX" ] || { echo "make uninstall: $PREFIX is not nudger's" >&2; exit 1; }

if [ -d /run/systemd/system ] && [ -e /usr/local/lib/systemd/system/nudger.service ]; then
    systemctl disable --quiet --now nudger
fi
rm -rf "$PREFIX"
rm -f /usr/local/lib/systemd/system/nudger.service /usr/local/lib/sysusers.d/nudger.conf /usr/local/bin/nudger
[ ! -d /run/systemd/system ] || systemctl daemon-reload

echo "nudger is gone. Kept: /etc/nudger, /var/lib/nudger, /var/cache/nudger and the user nudger. To erase these too:"
echo "  rm -r /etc/nudger /var/lib/nudger /var/cache/nudger; userdel nudger"
