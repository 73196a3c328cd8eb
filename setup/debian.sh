# Read by the other scripts in this folder: may this machine's packages be installed from here, and doing so.
# `say` starts each sentence with the name of the script that speaks.

say() { echo "${0##*/}: $*" >&2; }

is_root() { [ "$(id -u)" = 0 ]; }

# Debian and what is made from it (Ubuntu says ID_LIKE=debian). The path can be set for the tests.
is_debian() {
  command -v apt-get >/dev/null && grep -Eqs '^ID(_LIKE)?=.*debian' "${SEATRIALS_OS_RELEASE:-/etc/os-release}"
}

# install PACKAGE...: quiet unless it fails. The output goes to a file, not to this script's own: a daemon that a package
# starts would hold a pipe open, and whoever reads it to its end would wait for the daemon.
install() {
  say "installing $*"
  apt_log=$(mktemp)
  # A list that cannot be fetched matters only if a package is then not found.
  apt update >"$apt_log" || :
  if apt install -y --no-install-recommends "$@" >>"$apt_log"; then
    rm -f "$apt_log"
  else
    say "apt-get could not install $*; its last lines:"
    tail -n 5 "$apt_log" >&2
    rm -f "$apt_log"
    return 1
  fi
}

# Nobody is there to answer; another apt-get at work, as after the first start of a cloud machine, is waited for.
apt() { DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=120 "$@" 2>&1 </dev/null; }
