#!/bin/sh
# The contract of the official image: options alone go to redis-server, root becomes redis, and protected mode is off
# unless asked for (upstream compiles it off, Debian does not). Later options win, so ours comes before the user's.
set -eu

case "${1:-}" in
  '' | -* | *.conf) set -- redis-server "$@" ;;
esac
if [ "$1" = redis-server ]; then
  shift
  case "${1:-}" in
    '' | -*) set -- redis-server --protected-mode no "$@" ;;
    *)
      conf=$1
      shift
      if grep -q '^ *protected-mode' "$conf" 2>/dev/null; then
        set -- redis-server "$conf" "$@"
      else
        set -- redis-server "$conf" --protected-mode no "$@"
      fi
      ;;
  esac
  if [ "$(id -u)" = 0 ]; then
    chown redis:redis .
    set -- setpriv --reuid=redis --regid=redis --init-groups "$@"
  fi
fi
exec "$@"
