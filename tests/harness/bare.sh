#!/bin/sh
# bare.sh COMMAND [ARGUMENT ...]: runs the command in a clone of this project on a machine that has
# nothing: a minimal Debian 12 with make and git.
#
#   sudo tests/harness/bare.sh make demo
#
# What is committed is what is cloned.  The machine is a chroot in a temporary directory, and is
# gone afterwards.  It needs root, debootstrap, git, and 2 GB below TMPDIR (default /tmp).
#
#   BARE_CACHE=DIR    keep the bare system in DIR, so that the next run starts in seconds
#   BARE_MIRROR=URL   Debian mirror (default http://deb.debian.org/debian)
#
# Exit status: the command's; 125 when the machine could not be made.
set -eu

suite=bookworm
mirror=${BARE_MIRROR:-http://deb.debian.org/debian}
project=$(cd "$(dirname "$0")/../.." && pwd)

say() {
    echo "bare: $*" >&2
}

refuse() {
    say "$*"
    exit 125
}

[ $# -gt 0 ] || refuse "usage: tests/harness/bare.sh COMMAND [ARGUMENT ...]"
[ "$(id -u)" = 0 ] || refuse "needs root (chroot, mount):  sudo $0 $*"
for tool in debootstrap git tar unshare; do
    command -v $tool >/dev/null ||
        refuse "needs $tool:  apt-get install debootstrap git tar util-linux"
done

# In a mount namespace of our own: no mount is seen outside or outlives us, even after kill -9.
if [ "${BARE_INSIDE:-}" != $$ ]; then
    unshare --mount true 2>/dev/null || refuse "needs the right to mount, which is denied here"
    BARE_INSIDE=$$ exec unshare --mount --propagation private sh "$0" "$@"
fi

# --- the machine ----------------------------------------------------------------------------------

home=$(mktemp -d "${TMPDIR:-/tmp}/bare.XXXXXX")
root=$home/root
cache=${BARE_CACHE:-$home}/$suite-$(uname -m).tar

# shellcheck disable=SC2317  # called by the trap
clean_up() {
    trap '' INT TERM HUP
    for point in dev/shm dev/pts; do
        umount -l "$root/$point" 2>/dev/null || :
    done
    # One file system: should a mount be left after all, its files are not ours to remove.
    rm -rf --one-file-system "$home" "$cache.$$"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# make_system: the bare system, without package lists, and kept in $cache where that is asked for.
make_system() {
    case $mirror in
    https:*) include=make,git,ca-certificates ;;
    *) include=make,git ;;
    esac
    say "making a bare Debian ($suite) from $mirror"
    if ! debootstrap --variant=minbase --include=$include $suite "$root" "$mirror" \
        >"$home/log" 2>&1; then
        tail -n 15 "$home/log" >&2
        refuse "debootstrap failed"
    fi
    rm -rf "$root"/var/lib/apt/lists/* "$root"/var/cache/apt/archives/*.deb
    [ -n "${BARE_CACHE:-}" ] || return 0
    # Renamed when whole: a run that is broken off leaves no half system behind.
    if ! mkdir -p "$BARE_CACHE" || ! tar -C "$root" --numeric-owner -cf "$cache.$$" . ||
        ! mv "$cache.$$" "$cache"; then
        refuse "cannot write $cache"
    fi
}

# connect: apt and the network as they are here.  Only apt's ways of fetching are taken over
# (proxies, checks): the other settings of this machine may name programs that are not in there.
connect() {
    cat >"$root/etc/apt/sources.list" <<END
deb $mirror $suite main
deb $mirror $suite-updates main
deb $mirror-security $suite-security main
END
    if command -v apt-config >/dev/null; then
        apt-config dump --format '%F "%v";%n' |
            grep -E '^Acquire::(http|https|ftp|Retries|ForceIPv[46]|Check-[^:]*)[: ]' \
                >"$root/etc/apt/apt.conf.d/99here" || :
    fi
    for file in /etc/resolv.conf /etc/hosts; do
        cp -L $file "$root$file" 2>/dev/null || :
    done
    # Packages must start no services: this is not a machine that boots.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts" ||
        refuse "cannot mount below $root"
    mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm" || refuse "cannot mount below $root"
    (: >"$root/dev/null") 2>/dev/null || refuse "devices do not work in $home: set TMPDIR"
}

mkdir "$root"
if [ -e "$cache" ]; then
    say "unpacking $cache"
    tar -C "$root" --numeric-owner -xpf "$cache" || refuse "cannot unpack it: remove it"
else
    make_system
fi
connect

git clone --quiet --no-hardlinks "$project" "$root/root/project" || refuse "git clone failed"
changed=$(git -C "$project" status --porcelain | wc -l)
[ "$changed" -eq 0 ] || say "not committed here, so not as here in the clone: $changed files"

# --- the command ----------------------------------------------------------------------------------

# In a process namespace of its own: what the command leaves running ends with it.
say "running: $*"
status=0
env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    TERM="${TERM:-dumb}" LANG=C.UTF-8 \
    ${http_proxy:+http_proxy="$http_proxy"} ${https_proxy:+https_proxy="$https_proxy"} \
    ${no_proxy:+no_proxy="$no_proxy"} \
    unshare --pid --fork --kill-child --mount-proc="$root/proc" \
    chroot "$root" /bin/sh -c 'cd /root/project || exit 125; "$@"; exit' sh "$@" || status=$?
say "exit status $status"
exit $status
