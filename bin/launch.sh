#!/bin/sh
# Starts Portico, however it was found: the process becomes Node (exec), so that signals reach the supervisor.
# Read by bin/portico, or run by `python -m portico`, with these arguments before those of the caller:
#   1  the root: the folder of bin/, python/ and package.json
#   2  the Node.js runtime
#   3  the Python that reads what a service manager has given: a path, or a name on the PATH
#   4  the installation: "module:PYTHON" if that Python was told to run Portico, "script:PYTHON" if Portico is installed for it, or ""
# The shell's variables begin with portico_: what the caller has exported by a shorter name (name, root, target) is the application's.

portico_root=$1
portico_node=$2
portico_python=$3
portico_installation=$4
shift 4

# With fewer than 22 descriptors Node dies before it could say why. A server of one edge thread needs 36, one of four threads 56, and
# the application some for itself. Setting the soft limit shows without a fork whether the hard one allows it; Node raises it to the
# hard one again; the Python before it does not, and systemd, or the program before, may have given more sockets than that.
portico_files=64
if [ -z "${LISTEN_FDS-}${PORTICO_PREDECESSOR-}" ] && ! ulimit -Sn $portico_files 2>/dev/null && [ "$(ulimit -Hn)" -lt $portico_files ]; then
  echo "portico: this process may not have $portico_files files open at a time, which are the least that a server needs. Raise the limit: ulimit -n 1024, LimitNOFILE= of a systemd unit, --ulimit nofile=1024 of docker run." >&2
  exit 1
fi

# Variables that govern Node, its libraries or the dynamic linker were set for the application, if for anybody (a container's
# NODE_OPTIONS, a jemalloc in LD_PRELOAD). They wait under another name, by which the application gets them.
for portico_name in \
  NODE_CHANNEL_FD NODE_CHANNEL_SERIALIZATION_MODE NODE_COMPILE_CACHE NODE_COMPILE_CACHE_PORTABLE NODE_DEBUG NODE_DEBUG_NATIVE \
  NODE_DISABLE_COLORS NODE_DISABLE_COMPILE_CACHE NODE_EXTRA_CA_CERTS NODE_ICU_DATA NODE_INSPECT_RESUME_ON_START \
  NODE_NO_READLINE NODE_NO_WARNINGS NODE_OPTIONS NODE_PATH NODE_PENDING_DEPRECATION NODE_PENDING_PIPE_INSTANCES \
  NODE_PRESERVE_SYMLINKS NODE_PRESERVE_SYMLINKS_MAIN NODE_REDIRECT_WARNINGS NODE_REPL_EXTERNAL_MODULE NODE_REPL_HISTORY \
  NODE_REPL_HISTORY_SIZE NODE_REPL_MODE NODE_SKIP_PLATFORM_CHECK NODE_TEST_CONTEXT NODE_TEST_WORKER_ID \
  NODE_TLS_REJECT_UNAUTHORIZED NODE_UNIQUE_ID NODE_CLUSTER_SCHED_POLICY NODE_USE_ENV_PROXY NODE_USE_SYSTEM_CA \
  NODE_V8_COVERAGE WATCH_REPORT_DEPENDENCIES UV_THREADPOOL_SIZE UV_USE_IO_URING \
  OPENSSL_CONF OPENSSL_CONF_INCLUDE OPENSSL_ENGINES OPENSSL_MODULES SSL_CERT_DIR SSL_CERT_FILE CTLOG_FILE ICU_TIMEZONE_FILES_DIR \
  LD_AUDIT LD_LIBRARY_PATH LD_PRELOAD MALLOC_CONF GLIBC_TUNABLES; do
  if eval "[ -n \"\${$portico_name+set}\" ]"; then
    eval "PORTICO_HELD_$portico_name=\$$portico_name"
    export "PORTICO_HELD_$portico_name"
    unset "$portico_name"
  else
    unset "PORTICO_HELD_$portico_name"
  fi
done

# Node looks for some of its options (--env-file, --experimental-config-file) in all arguments, those of the script and those
# behind "--" as well. None of ours begins with a dash by the time it sees them; src/cli/invocation.ts takes the "=" away.
portico_count=$#
for portico_argument do
  set -- "$@" "=$portico_argument"
done
shift "$portico_count"

# What makes the runtime unusable is known only when it is run.
portico_explain() {
  echo "portico: $portico_node cannot be run on this machine: is it for another processor or another C library? Install Portico anew, here." >&2
}
trap portico_explain EXIT
if [ -n "${BASH_VERSION-}" ]; then
  shopt -s execfail 2>/dev/null
fi

unset PORTICO_INSTALLATION
if [ -n "$portico_installation" ]; then
  PORTICO_INSTALLATION=$portico_installation
  export PORTICO_INSTALLATION
fi

# Node keeps the compiled form of the code in a folder, so that a start need not compile it again, in a checkout not even strip the types.
if [ -f "$portico_root/src/cli/main.ts" ]; then
  NODE_COMPILE_CACHE=$portico_root/var/compile-cache
  export NODE_COMPILE_CACHE
  set -- "$portico_node" "$portico_root/src/cli/main.ts" "$@"
else
  # What is installed may be root's, and pip would leave behind what it has not brought. So it is the cache of whoever starts Portico.
  # Who can write there has his code run here: the folder of another user, as sudo may leave it in HOME, is not used.
  case ${XDG_CACHE_HOME-} in
    /*) portico_caches=$XDG_CACHE_HOME portico_owned=$XDG_CACHE_HOME ;;
    *) portico_caches=${HOME-}/.cache portico_owned=${HOME-} ;;
  esac
  # A service of root's has neither variable.
  if [ -z "${XDG_CACHE_HOME-}${HOME-}" ]; then
    portico_caches=/var/cache portico_owned=/var/cache
  fi
  if [ -d "$portico_caches" ]; then
    portico_owned=$portico_caches
  fi
  case $portico_owned in
    /*)
      if [ -O "$portico_owned" ] 2>/dev/null; then
        portico_cache=$portico_caches/portico
        # Made here and not by Node, which would have it writable for everybody under a umask of 0.
        if [ ! -d "$portico_cache" ]; then
          (umask 077 && mkdir -p "$portico_cache") 2>/dev/null
        fi
        # Where others may make files as well (root with a cache in /tmp), the name may be somebody else's already: their folder, or
        # their link to a folder of this user's in which they may write.
        if [ -O "$portico_cache" ] && [ ! -L "$portico_cache" ]; then
          NODE_COMPILE_CACHE=$portico_cache
          export NODE_COMPILE_CACHE
        fi
      fi
      ;;
  esac
  set -- "$portico_node" "$portico_root/build/cli/main.js" "$@"
fi

# A service manager has given us sockets, or waits for our word: both are beyond Node, so Python sees to them and then becomes Node.
unset PORTICO_SERVICE_MANAGER
if [ -n "${LISTEN_FDS-}${NOTIFY_SOCKET-}" ]; then
  if ! command -v "$portico_python" >/dev/null; then
    trap - EXIT
    echo "portico: $portico_python, which is needed under a service manager (LISTEN_FDS, NOTIFY_SOCKET), does not run; install Portico or its Python anew." >&2
    exit 1
  fi
  set -- "$portico_python" -I -S "$portico_root/python/hand_over.py" "$@"
fi
exec "$@"
exit 126
