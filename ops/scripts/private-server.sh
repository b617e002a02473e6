# Sourced by the scripts beside it: what a private server in a directory of its own needs, whichever server it is.
#
# A server's processes are known by where they stand: each is started in a working directory that belongs to it alone,
# so a stale pid file or a reused pid confuses nobody, and a process that belongs to somebody else is never signalled.
# shellcheck shell=bash

scripts=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

# The README puts this folder on the PATH for `eventmesh`; here `test`, `run` and `postgres` mean the system's.
PATH=:$PATH:
PATH=${PATH//":$scripts:"/:}
PATH=${PATH#:} PATH=${PATH%:}

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }

# processes_in DIR NAME… : pids of the processes named NAME… (as in /proc/PID/comm) whose working directory is DIR.
processes_in() {
  local directory=$1 process name
  shift
  for process in /proc/[0-9]*; do
    [[ $process/cwd -ef $directory ]] || continue
    read -r name 2>/dev/null <"$process/comm" || continue
    [[ " $* " == *" $name "* ]] && printf '%s\n' "${process#/proc/}"
  done
  return 0
}

# eventually SECONDS COMMAND… : true as soon as COMMAND is, false when it was not within SECONDS.
eventually() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    ((SECONDS < deadline)) || return 1
    sleep 0.05
  done
}

# started PID : when the process was started, in clock ticks since boot; nothing when it is gone or a zombie. Tells a reused pid.
started() {
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 0
  read -ra stat <<<"${stat##*) }"
  [[ ${stat[0]} == Z ]] || printf '%s' "${stat[19]}"
}

# launch COMMAND… : in the background, its pid in `child`, in a process group of its own: Ctrl-C reaches this script alone, which then ends
# the whole group. Bash answers signals at once only while it waits: hence the background.
launch() {
  set -m
  "$@" &
  child=$!
  set +m
}
child_ended() { [[ -z ${child:-} ]] || ! kill -0 -- "-$child" 2>/dev/null; }

attend() {
  launch "$@"
  wait "$child"
}

# end_child SECONDS : SIGTERM to the group, and SIGKILL to what is left of it after SECONDS.
end_child() {
  child_ended || kill -TERM -- "-$child" 2>/dev/null || true
  eventually "$1" child_ended || { say "Process $child did not stop within $1 s; killing it."; kill -KILL -- "-$child"; }
}

nobody_in() { [[ -z $(processes_in "$@") ]]; }

# signal SIGNAL DIR NAME… : to all of them at once; one that has just ended is no error.
signal() {
  local name=$1 pids
  shift
  mapfile -t pids < <(processes_in "$@")
  ((${#pids[@]} == 0)) || kill -s "$name" "${pids[@]}" 2>/dev/null || true
}

# gone PID : it has ended with all its threads. The first thread of a process that was killed can be gone from every list while others still hold its ports.
gone() {
  local tasks=("/proc/$1/task"/*)
  [[ ! -e ${tasks[0]} ]] || { ((${#tasks[@]} == 1)) && [[ -z $(started "$1") ]]; }
}

all_gone() {
  local pid
  for pid in "$@"; do gone "$pid" || return 1; done
}

# kill_in DIR NAME… : ends them with SIGKILL and waits until they are gone, and their ports are free.
kill_in() {
  local pids
  mapfile -t pids < <(processes_in "$@")
  signal KILL "$@"
  eventually 60 nobody_in "$@" && eventually 60 all_gone "${pids[@]}" || die "processes in $1 survive SIGKILL"
}

# One command at a time on one directory. The lock is descriptor 8; servers are started without it.
lock() {
  exec 8>"$1/lock"
  flock -w 120 8 || die "$1 is busy: another start or stop has held it for two minutes"
}

# port_is_free PORT : nothing on this machine listens on it or talks from it.
port_is_free() { ! grep -qsE ": [0-9A-F]+:$(printf '%04X' "$1") " /proc/net/tcp /proc/net/tcp6; }

# Below the range that outgoing connections take their ports from, or such a connection could hold a server's port while it restarts.
free_port() {
  local port
  while port=$((20000 + RANDOM % 12000)); do
    port_is_free "$port" && { printf '%s\n' "$port"; return; }
  done
}

# port_of FILE [PORT] : the port given, else the one remembered in FILE, else a free one; remembered.
port_of() {
  local file=$1 port=${2:-}
  [[ -n $port || ! -s $file ]] || read -r port <"$file"
  if [[ -n $port && -z ${2:-} ]] && ! port_is_listed_free "$port"; then
    say "Port $port is taken by another process; choosing another."
    port=
  fi
  [[ -n $port ]] || port=$(free_port)
  printf '%s\n' "$port" | tee "$file"
}

# Like port_is_free, but connections of the past that are still closing (06: TIME_WAIT) do not count: servers bind in spite of them.
port_is_listed_free() { ! grep -sE ": [0-9A-F]+:$(printf '%04X' "$1") " /proc/net/tcp /proc/net/tcp6 | grep -qE ' 0A '; }

# secret FILE : the password kept in FILE (mode 600), made on first use: 32 hexadecimal digits.
secret() {
  [[ -s $1 ]] || (umask 077 && od -An -N16 -tx1 /dev/urandom | tr -d ' \n' >"$1")
  cat "$1"
}

# run_as USER : who the server runs as: oneself, or USER (nobody where there is none) when one is root, which servers refuse to be.
# settle DIR  : sets `place`, where the server's files go: DIR, or a directory elsewhere when DIR's path is closed to that user.
run_as() {
  owner=$(id -un) group=$(id -gn)
  ((EUID == 0)) || return 0
  owner=nobody
  ! id -u "$1" >/dev/null 2>&1 || owner=$1
  group=$(id -gn "$owner")
}

settle() {
  local directory=$1
  if [[ -s $directory/place ]]; then
    place=$(<"$directory/place")
    [[ -d $place ]] || die "$directory/place points to $place, which is gone"
  elif as_owner_in / test -x "$directory"; then
    place=$directory
  elif [[ -e $directory/data ]]; then
    die "user $owner no longer reaches $directory: open every directory above it (chmod o+x), or move it"
  else
    install -d -m 755 /var/lib/eventmesh
    place=$(mktemp -d /var/lib/eventmesh/XXXXXXXX)
    chmod 755 "$place"
    printf '%s\n' "$place" >"$directory/place"
    say "User $owner cannot reach $directory, so the server's files are in $place."
  fi
  # Files of an earlier start keep their owner, whoever starts now.
  if [[ -e $place/data && $EUID == 0 ]]; then
    owner=$(stat -c %U "$place/data") group=$(stat -c %G "$place/data")
  fi
  [[ ! -e $place/data || -O $place/data || $EUID == 0 ]] ||
    die "$place/data belongs to $(stat -c %U "$place/data"): start as root, as the first time"
}

# as_owner_in DIR COMMAND… : runs COMMAND as the server's user in DIR, with an environment of its own.
as_owner_in() {
  local directory=$1 drop=()
  shift
  ((EUID != 0)) || drop=(setpriv --reuid "$owner" --regid "$group" --clear-groups --inh-caps=-all)
  (cd "$directory" && exec env -i PATH="$PATH" LC_ALL=C.UTF-8 HOME="${place:-/}" "${drop[@]}" "$@")
}

# write_as_owner FILE : standard input into FILE, as the server's user, readable by that user alone.
write_as_owner() { as_owner_in "$place" sh -c 'umask 077 && cat >"$1"' sh "$1"; }

# stop_with PID DIR COMMAND… : a watcher standing in DIR runs COMMAND when the process PID is gone. It replaces an earlier one.
stop_with() {
  local process=$1 directory=$2
  shift 2
  unwatch "$directory"
  (cd "$directory" && exec setsid --fork "$scripts/when-gone" "$process" "$@" </dev/null >/dev/null 2>&1 8>&- 9>&-)
}

# The watcher leads a process group, which holds the nap it takes between two looks.
unwatch() {
  local watcher
  for watcher in $(processes_in "$1" when-gone); do
    kill -KILL -- "-$watcher" 2>/dev/null || true
  done
}
