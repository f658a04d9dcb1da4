#!/bin/sh
# Runs keeper.py with earlyoom beside it so that earlyoom takes the control group for the machine, and can see no process
# outside: /proc/meminfo comes from lxcfs, as in an LXC container, and the process ids are of a namespace of their own.
#
# usage: earlyoom.sh GROUP KIB SCRATCH LXCFS EARLYOOM PYTHON KEEPER
#   GROUP    the cgroup v1 memory group        KIB   earlyoom acts when so little is available
#   SCRATCH  an empty folder                   LXCFS EARLYOOM PYTHON KEEPER   paths
set -eu
if [ "${1:-}" != --inside ]; then
  exec unshare --mount --propagation private sh "$0" --inside "$@"
fi
shift
group=$1 kib=$2 scratch=$3 lxcfs=$4 earlyoom=$5 python=$6 keeper=$7
mkdir -p "$scratch/lxcfs"
# Outside of the group and of the process namespace; it must end with this shell, which lives as long as the keeper does.
# -u: with swap virtualised, lxcfs 5.0 can say that SwapFree is just under 2^64, of which earlyoom dies.
"$lxcfs" -f -u -p "$scratch/lxcfs.pid" "$scratch/lxcfs" >&2 &
served=$!
trap 'kill "$served"; wait "$served" || true' EXIT
tries=0
until [ -e "$scratch/lxcfs/proc/meminfo" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 100 ] || ! kill -0 "$served"; then
    echo "lxcfs did not come up" >&2
    exit 1
  fi
  sleep 0.05
done
unshare --pid --fork --kill-child --mount --mount-proc sh -euc '
  echo $$ >"$1/cgroup.procs" 2>/dev/null || exit 1
  mount --bind "$3/lxcfs/proc/meminfo" /proc/meminfo
  exec "$5" "$6" beside "$4" -M "$2,$2" -r 0 -p --avoid "^(chaos-keeper|earlyoom)\$"
' sh "$group" "$kib" "$scratch" "$earlyoom" "$python" "$keeper"
