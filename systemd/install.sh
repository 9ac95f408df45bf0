#!/bin/sh
# What `make install` does. Run again, it upgrades: configuration, credentials and data are never touched.
#   PREFIX   where the program goes (default /opt/nudger)
#   DESTDIR  a staging folder, for packagers: only files are laid out; users, owners and systemd are left alone
set -eu
umask 022
export PYTHONDONTWRITEBYTECODE=1 # compiled once, below, for where it will lie
cd "$(dirname "$0")/.."

PREFIX=${PREFIX:-/opt/nudger}
DESTDIR=${DESTDIR:-}
venv=$DESTDIR$PREFIX
config=$DESTDIR/etc/nudger
units=$DESTDIR/usr/local/lib/systemd/system
users=$DESTDIR/usr/local/lib/sysusers.d

stop() {
    echo "make install: $*" >&2
    exit 1
}

# Whatever way it ends; Ctrl-C is no error.
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
trap 'echo; echo "Stopped; \`make install\` goes on where it was."; exit 130' INT

check_machine() {
    [ -z "$DESTDIR" ] || return 0
    [ "$(id -u)" = 0 ] || stop "needs root: sudo make install"
    command -v systemd-sysusers >/dev/null || stop "this machine has no systemd (systemd-sysusers is missing)"
}

# The system's own Python first: the service must find it outside the home directories, which it cannot see.
make_venv() {
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return 0
    python=$(sh systemd/find-python.sh /usr/bin/python3 python3 python3.13 python3.12 python3.11)
    home=$("$python" -c 'import sys; print(sys.base_prefix)')
    case $home/ in
        /home/* | /root/*) stop "the service could not run $home: install a system-wide Python (apt install python3-venv)" ;;
    esac
    echo "Making $PREFIX with $("$python" --version) ..."
    sh systemd/stoppable.sh "$python" -m venv --clear "$venv"
}

pip() {
    sh systemd/stoppable.sh "$venv/bin/python" -m pip --quiet --quiet --disable-pip-version-check "$@"
}

# What only builds it is kept apart, and thrown away: the service has no use for it.
install_program() {
    echo "Installing nudger and what it needs into $PREFIX ..."
    pip install --no-compile --require-hashes --target "$tools/build" -r requirements-build.lock
    (export PYTHONPATH="$tools/build" && pip wheel --no-deps --no-build-isolation --wheel-dir "$tools" .)
    sh systemd/install-locked.sh "$venv" requirements.lock --no-compile
    pip install --no-compile --no-deps --force-reinstall "$tools"/nudger-*.whl
    remove_needless
    # The service cannot write bytecode, so it is made here.
    "$venv/bin/python" -m compileall -q ${DESTDIR:+-s "$DESTDIR"} "$venv/lib"
    [ -z "$DESTDIR" ] || grep -rlI "$venv" "$venv/bin" "$venv/pyvenv.cfg" | xargs -r sed -i "s|$venv|$PREFIX|g"
}

# What an earlier version needed and this one does not, and the setuptools of Python 3.11's venv.
remove_needless() {
    sed -n 's/^\([a-z0-9-]*\)==.*/\1/p' requirements.lock >"$tools/needed"
    printf 'pip\nnudger\n' >>"$tools/needed"
    "$venv/bin/python" -m pip --disable-pip-version-check list --format=freeze 2>/dev/null |
        sed 's/==.*//' | tr 'A-Z_.' 'a-z--' | grep -vxF -f "$tools/needed" >"$tools/needless" || return 0
    pip uninstall --yes -r "$tools/needless"
}

install_unit() {
    install -d "$units" "$users" "$DESTDIR/usr/local/bin"
    sed "s|/opt/nudger|$PREFIX|g" systemd/nudger.service >"$units/nudger.service"
    sed "s|/opt/nudger|$PREFIX|g" systemd/nudger.sh >"$DESTDIR/usr/local/bin/nudger"
    chmod 755 "$DESTDIR/usr/local/bin/nudger"
    install -m 644 systemd/nudger.sysusers.conf "$users/nudger.conf"
    [ -n "$DESTDIR" ] || systemd-sysusers "$users/nudger.conf"
}

# Written only where there is none. The service may read it, and nobody else.
install_config() {
    install -d -m 750 "$config"
    install -d -m 700 "$config/credentials"
    if [ ! -e "$config/schedules" ] && [ ! -e "$config/messages" ] && [ ! -e "$config/nudger.env" ]; then
        echo "Writing a first configuration to /etc/nudger ..."
        starter=$(mktemp -d)
        (cd "$starter" && NUDGER_CONFIG_DIR="$starter" "$venv/bin/python" -m nudger init starter >/dev/null)
        find "$starter/starter" -type d -exec chmod 750 {} +
        find "$starter/starter" -type f -exec chmod 640 {} +
        [ -n "$DESTDIR" ] || chown -R root:nudger "$starter/starter"
        cp -a "$starter/starter/." "$config/"
        rm -r "$starter"
    fi
    [ -n "$DESTDIR" ] || chown root:nudger "$config"
}

say_what_next() {
    echo
    if [ -n "$DESTDIR" ]; then
        echo "Laid out in $DESTDIR. At installation: systemd-sysusers, then chown -R root:nudger /etc/nudger"
        echo "(but /etc/nudger/credentials stays root's), then systemctl daemon-reload."
        return 0
    fi
    if systemctl is-active --quiet nudger 2>/dev/null; then
        echo "Upgraded. The running service still has the old version: systemctl restart nudger"
        return 0
    fi
    cat <<TEXT
Installed. What to do next:
  1. Say who gets nudges and how they are sent: /etc/nudger/recipients.yaml and /etc/nudger/nudger.env.
     Secrets go into files of their own: /etc/nudger/credentials/twilio_auth_token, .../smtp_password
  2. See that it is right, and what would be sent: nudger check; nudger preview
  3. Start it, now and at every boot: systemctl enable --now nudger
TEXT
}

check_machine
make_venv
install_program
install_unit
install_config
[ -n "$DESTDIR" ] || [ ! -d /run/systemd/system ] || systemctl daemon-reload
say_what_next
