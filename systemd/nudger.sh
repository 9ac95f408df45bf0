#!/bin/sh
# /usr/local/bin/nudger. As root: the command as the service sees things, with its user, configuration, data and
# credentials (run directly as root, it would leave files behind that the service cannot write).
# As anyone else: the plain program, for files of one's own.
set -u
program=/opt/nudger/bin/nudger
[ "$(id -u)" = 0 ] || exec "$program" "$@"

give_up() {
    echo "nudger: $*" >&2
    exit 1
}

in_full() {
    (CDPATH='' cd -- "$1" && pwd) 2>/dev/null
}

# The service's user can neither enter the folder that root is in nor read or write root's files. So folders are named in
# full, a table to read is opened here and handed on as standard input, and what is written goes out by standard output.
read_from='' write_to='' words='' previous=''
for word; do
    shift
    case $previous$word in
        -h | --help | --version) words=' help' ;;
        "--format "*) ;;
        --config=*) word=--config=$(in_full "${word#*=}") || give_up "there is no folder ${word#*=}" ;;
        "--config "*) word=$(in_full "$word") || give_up "there is no such --config folder" ;;
        --csv=*) read_from=${word#*=} word=--csv=- ;;
        "--csv "*) read_from=$word word=- ;;
        --output=*) write_to=${word#*=} word=--output=- ;;
        "--output "*) write_to=$word word=- ;;
        -*) ;;
        *)
            words="$words $word"
            case $words in
                " recipients import $word") read_from=$word word=- ;;
                " check $word") word=$(in_full "$word") || give_up "there is no folder ${words# check }" ;;
            esac
            ;;
    esac
    case $word in
        --config | --csv | --output | --format) previous="$word " ;;
        *) previous='' ;;
    esac
    set -- "$@" "$word"
done
case $words in
    ' help'* | ' init'*) exec "$program" "$@" ;; # needs nothing of the service's, and what `init` writes is to be root's
esac

if [ -n "$read_from" ] && [ "$read_from" != - ]; then
    [ -r "$read_from" ] && [ ! -d "$read_from" ] || give_up "$read_from cannot be read, or is no file"
    exec <"$read_from"
    set -- "$@" --called "$read_from"
fi
if [ -n "$write_to" ] && [ "$write_to" != - ]; then
    (umask 077 && : >"$write_to") 2>/dev/null || give_up "$write_to cannot be written"
    exec >"$write_to"
fi

unit=nudger-command-$$
# StateDirectory: there is none before the first start of the service. Ctrl-C reaches this script and systemd-run, and has
# to be handed on.
trap 'systemctl kill --signal=INT "$unit" 2>/dev/null; exit 130' INT TERM
cd /
systemd-run --quiet --pipe --wait --collect --unit="$unit" --description="nudger command" --working-directory=/ \
    --uid=nudger --gid=nudger --property=LoadCredential=nudger:/etc/nudger/credentials --property=UMask=0077 \
    --property=StateDirectory=nudger --property=StateDirectoryMode=0700 \
    --setenv=NUDGER_CONFIG_DIR=/etc/nudger --setenv=NUDGER_STATE_DIR=/var/lib/nudger \
    --setenv="TERM=${TERM-}" --setenv="COLUMNS=${COLUMNS-}" --setenv="NO_COLOR=${NO_COLOR-}" \
    --setenv="LANG=${LANG-}" --setenv="LC_ALL=${LC_ALL-}" \
    "$program" "$@"
status=$?
# From 200 on they are systemd's own: the command was never started.
[ "$status" -lt 200 ] || give_up "systemd could not start this command (exit status $status): journalctl --unit=$unit"
exit "$status"
