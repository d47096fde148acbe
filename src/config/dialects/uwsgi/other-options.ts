/** Options of uWSGI that have no row of their own: by what there is to say of them. With `=` an option has a value, with `?` it may have one. */

import type { Option, Treatment } from '../option.ts';
import { meaningless, unsupported } from '../option.ts';
import { told } from './option-row.ts';

interface Group {
  readonly reason: string;
  /** Absent: the server does not start with it. `told`: it starts without it, and says so. */
  readonly kind?: 'told' | 'meaningless';
  readonly names: string;
}

const GROUPS: readonly Group[] = [
  {
    reason: 'there is no emperor. Run one server for each application',
    names: `auto-weight= early-emperor emperor-broodlord= emperor-cap= emperor-chdir-attr= emperor-collect-attr= emperor-collect-attribute= emperor-command-socket= emperor-curse-tolerance= emperor-extra-ext= emperor-extra-extension= emperor-fork-server-attr= emperor-freq= emperor-graceful-shutdown emperor-magic-exec emperor-max-throttle= emperor-no-blacklist emperor-nofollow emperor-on-demand-dir= emperor-on-demand-directory= emperor-on-demand-exec= emperor-on-demand-ext= emperor-on-demand-extension= emperor-pidfile= emperor-procname= emperor-proxy-socket= emperor-required-heartbeat= emperor-stats-server= emperor-stats= emperor-subreaper emperor-throttle= emperor-trigger-socket= emperor-tyrant emperor-tyrant-initgroups emperor-tyrant-nofollow emperor-use-clone= emperor-use-fork-server= emperor-wait-for-command emperor-wait-for-command-ignore= emperor-wrapper-attr= emperor-wrapper-fallback= emperor-wrapper-override= emperor-wrapper= fork-server= fork-socket= heartbeat= imperial-monitor-list imperial-monitors-list vassal-cap= vassal-fork-base= vassal-set= vassal-sos-backlog= vassal-sos= vassals-cap= vassals-include-before= vassals-include= vassals-inherit-before= vassals-inherit= vassals-set= vassals-start-hook= vassals-stop-hook= weight= zerg-fallback zerg-server= zerg= zeus=`,
  },
  {
    reason: 'mules and spoolers live as long as the server, and are replaced by its reload. Use --touch-reload',
    names: `mule-reload-mercy= spooler-cheap spooler-signal-as-task touch-mules-reload= touch-spoolers-reload=`,
  },
  {
    reason: 'what is shared is --cache2 and --sharedarea, in memory. Use Redis for more',
    names: `add-cache-item= cache-report-freed-items cache-store-sync= cache-store= cache-sync= cache-udp-node= cache-udp-server= cache-use-last-modified check-cache? http-use-cache? load-file-in-cache-gzip= load-file-in-cache= py-sharedarea= queue-blocksize= queue-store-sync= queue-store= queue=`,
  },
  {
    reason: 'servers do not know of one another. Name them in a proxy',
    names: `http-resubscribe= http-subscription-fallback-key= http-subscription-server= http-zerg= legion-attach-daemon= legion-cron= legion-death-on-lord-error= legion-death= legion-freq= legion-join= legion-lord= legion-mcast= legion-node-joined= legion-node-left= legion-node= legion-quorum= legion-scroll-list-max-size= legion-scroll-max-size= legion-scroll= legion-setup= legion-skew-tolerance= legion-smart-attach-daemon2= legion-smart-attach-daemon= legion-tolerance= legion-unlord= legion= multicast-loop= multicast-ttl= multicast= snmp-community= snmp? st= start-unsubscribed subscribe-freq= subscribe-to= subscribe-with-modifier1= subscribe2= subscribe= subscription-algo= subscription-clear-on-shutdown subscription-dotsplit subscription-mountpoint= subscription-mountpoints= subscription-notify-socket= subscription-tolerance-inactive= subscription-tolerance= subscription-vassal-required subscriptions-credentials-check= subscriptions-sign-check-tolerance= subscriptions-sign-check= subscriptions-sign-skip-uid= subscriptions-use-credentials udp= unsubscribe-on-graceful-reload`,
  },
  {
    reason:
      'requests are not routed so, and a rule that is not kept could let in whom it keeps out. There are --route and --route-if with redirects and refusals; write the rest into the proxy in front',
    names: `collect-header= del-header= error-page-403= error-page-404= error-page-500= error-route-host= error-route-if-not= error-route-if= error-route-label= error-route-qs= error-route-referer= error-route-remote-addr= error-route-remote-user= error-route-run= error-route-status= error-route-uri= error-route-user-agent= error-route= final-route-host= final-route-if-not= final-route-if= final-route-label= final-route-qs= final-route-referer= final-route-remote-addr= final-route-remote-user= final-route-run= final-route-status= final-route-uri= final-route-user-agent= final-route= log-req-route= log-route= pull-header= rem-header= response-header-collect= response-route-host= response-route-if-not= response-route-if= response-route-label= response-route-qs= response-route-referer= response-route-remote-addr= response-route-remote-user= response-route-run= response-route-status= response-route-uri= response-route-user-agent= response-route= route-label= route-remote-user= router-list routers-list`,
  },
  {
    reason: 'nobody is told of this. portico status, the access log and the service manager know',
    kind: 'told',
    names: `alarm-backlog= alarm-cheap= alarm-fd= alarm-freq= alarm-list alarm-listen-queue= alarm-log= alarm-lq= alarm-metric= alarm-msg-size= alarm-segfault= alarm= alarms-list backlog-alarm= carbon-freq= carbon-hostname-dots carbon-id= carbon-idle-avg= carbon-max-retry= carbon-name-resolve carbon-no-workers carbon-resolve-names carbon-retry-delay= carbon-root= carbon-timeout= carbon-use-metrics carbon= enable-metrics listen-queue-alarm= lq-alarm= metric-alarm= metric-dir-restore metric-dir= metric-threshold= metric= metrics-dir-restore metrics-dir= metrics-no-cores not-alarm-log= not-log-alarm= segfault-alarm= stats-no-metrics stats-push= stats-pusher-default-freq= stats-pushers-default-freq=`,
  },
  {
    reason: 'signals of uWSGI come from uwsgi.signal(), timers, crons and files. Use these',
    names: `cron-legion= signal-bufsize= signal= signals-bufsize= touch-exec= unique-cron-legion= unique-legion-cron=`,
  },
  {
    reason: 'attached programs have no standard input. Make such a program a service of its own',
    names: `daemons-honour-stdin`,
  },
  {
    reason: 'nothing runs at this stage of the server. Use --hook-as-user, --hook-pre-app, --hook-post-fork or a unit',
    names: `after-request-call= after-request-hook= call-as-emperor1= call-as-emperor2= call-as-emperor4= call-as-emperor= call-as-root= call-as-user-atexit= call-as-user= call-as-vassal1= call-as-vassal3= call-as-vassal= call-asap= call-in-jail= call-post-app= call-post-jail= call-pre-app= call-pre-jail= call= exec-as-emperor= exec-as-root= exec-as-vassal= exec-in-jail= exec-post-jail= exec-pre-jail= hook-accepting-once= hook-accepting1-once= hook-as-emperor= hook-as-gateway= hook-as-on-config-vassal= hook-as-root= hook-as-vassal= hook-emperor-lost= hook-emperor-reload= hook-emperor-start= hook-emperor-stop= hook-in-jail= hook-post-jail= hook-pre-jail= mount-as-emperor= mount-as-root= mount-as-vassal= mount-asap= mount-check= mount-in-jail= mount-post-jail= mount-pre-jail= py-program-name= py-programname= py= pyrun= python-worker-override= python= umount-as-emperor= umount-as-root= umount-as-vassal= umount-asap= umount-in-jail= umount-post-jail= umount-pre-jail= worker-exec2= worker-exec=`,
  },
  {
    reason: 'the server does not confine itself so. Use the means of systemd',
    names: `add-gid= cap= cgroup-dir-mode= cgroup-opt= cgroup= chroot= drop-after-apps drop-after-init jail-attach= jail-ip4= jail-ip6= jail2= jail= jailed jid-file= jidfile= libjail= master-as-root namespace-keep-mount= namespace-net= namespace= no-initgroups ns-net= ns= pivot-root= pivot_root= privileged-binary-patch-arg= privileged-binary-patch= re-fork re-fork-as-root re-fork-post-jail refork refork-as-root refork-post-jail setns-preopen setns-skip= setns-socket-skip= setns-socket= setns= unprivileged-binary-patch-arg= unprivileged-binary-patch= unshare2= unshare=`,
  },
  {
    reason: 'HTTP and the uwsgi protocol are spoken, for Python alone. Use --http or --socket',
    names: `allowed-modifiers= fastcgi-modifier1= fastcgi-modifier2= fastcgi-nph-socket= fastcgi-socket= http-backend-http http-manage-rtsp http-modifier1= http-modifier2= http-socket-modifier1= http-socket-modifier2= https-socket-modifier1= https-socket-modifier2= map-socket= puwsgi-socket= raw-modifier1= raw-modifier2= raw-socket= remap-modifier= scgi-modifier1= scgi-modifier2= scgi-nph-socket= scgi-socket= shared-socket= ssl-socket= suwsgi-socket= undeferred-shared-socket=`,
  },
  {
    reason: 'nothing to do: HTTP is spoken by the server itself, without a router',
    kind: 'meaningless',
    names: `http-auto-chunked http-buffer-size= http-cheap http-chunked-input http-connect-timeout= http-events= http-gracetime= http-headers-timeout= http-manage-expect? http-manage-source http-path-info-no-decode-slashes= http-post-buffering-dir= http-post-buffering= http-processes= http-quiet= http-raw-body http-server-name-as-http-host= http-stud-prefix= http-websockets http-workers=`,
  },
  {
    reason:
      'one certificate is served, TLS 1.2 and 1.3 are spoken, sessions are kept by tickets. A portico.toml can say more',
    names: `https-export-cert sni-dir-ciphers= sni-dir= sni-regexp= sni= ssl-enable-sslv3 ssl-enable-tlsv1 ssl-enable3 ssl-option=`,
  },
  {
    reason: 'it is a tool of uWSGI itself. Leave it out',
    names: `binary-append-data= build-plugin= cflags cheaper-algo-list cheaper-algos-list cheaper-list clock-list clocks-list command-mode config-py connect-and-read= dot-h dump-options eval= exit? extract= get= help logger-list loggers-list loop-list loops-list no-server pause= plugin-list plugins-list print-sym= print-symbol= pyshell-oneshot? pyshell? python-version reload= resolve= resume= show-config stop= suspend= test= usage version`,
  },
  {
    reason: 'name the application with --module',
    names: `ini-paste-logged= ini-paste= paste-logger paste-name= paste= pecan= post-pymodule-alias= pump= pymodule-alias= pypy-eval-post-fork= pypy-eval= pypy-exec-post-fork= pypy-exec= pypy-home= pypy-ini-paste= pypy-lib= pypy-paste= pypy-pp= pypy-python-path= pypy-pythonpath= pypy-setup= pypy-wsgi-file= pypy-wsgi= python-raw= web3= wsgi-lite=`,
  },
  {
    reason: 'this part of the language of files is not read. Write out what it stands for',
    names: `blacklist= declare-option2= declare-option= end-blacklist end-whitelist fallback-config= inject-after= inject-before= whitelist=`,
  },
  {
    reason: 'nothing is waited for. Order the units of systemd',
    kind: 'told',
    names: `wait-for-dir= wait-for-file= wait-for-fs-timeout= wait-for-fs= wait-for-iface-timeout= wait-for-iface= wait-for-interface-timeout= wait-for-interface= wait-for-mountpoint= wait-for-socket-timeout= wait-for-socket= wait-iface-timeout= wait-iface= wait-interface-timeout= wait-interface=`,
  },
  {
    reason:
      'nothing to do: types, ranges, lengths and validators of files are known, and what is asked for often is in memory',
    kind: 'meaningless',
    names: `disable-sendfile honour-range`,
  },
  {
    reason:
      'one way of adding workers is used, which looks at the queue and at how busy they are, and not at their memory. --cheaper-step, --cheaper-overload and --cheaper-busyness-max change it',
    kind: 'told',
    names: `cheaper-busyness-backlog-alert= cheaper-busyness-backlog-multiplier= cheaper-busyness-backlog-nonzero= cheaper-busyness-backlog-step= cheaper-busyness-min= cheaper-busyness-multiplier= cheaper-busyness-penalty= cheaper-busyness-verbose cheaper-rss-limit-hard= cheaper-rss-limit-soft= die-on-no-workers`,
  },
  {
    reason:
      'the kernel keeps this limit if systemd, a container or ulimit sets it: MemoryMax=, LimitNOFILE=, Nice=, CPUAffinity=',
    kind: 'told',
    names: `brutal-reload-on-fd= cpu-affinity= ksm? limit-as= limit-nproc= max-fd= never-swap prio= reload-on-fd=`,
  },
  {
    reason: 'requests are answered by threads or greenlets. Use --threads or --gevent',
    names: `async= asyncio= disable-async-warn-on-queue-full loop=`,
  },
  {
    reason: 'nothing to do: Python and HTTP need no plugins',
    kind: 'meaningless',
    names: `autoload binary-path= binsh= dlopen= need-plugin= need-plugins= plugin-dir= plugins-dir=`,
  },
  {
    reason: 'nothing to do: an application has no connection of a client, so it meets no errors of one',
    kind: 'meaningless',
    names: `disable-write-exception ignore-sigpipe ignore-write-errors start_response-nodelay write-errors-exception-only write-errors-tolerance=`,
  },
  {
    reason: 'nothing to do: bodies are taken in before the application is asked',
    kind: 'meaningless',
    names: `body-read-warning= chunked-input-limit= chunked-input-timeout= post-buffering-bufsize= wsgi-manage-chunked-input`,
  },
  {
    reason: "nothing to do: sockets and memory that are shared are the server's own",
    kind: 'meaningless',
    names: `check-interval= clock= close-on-exec2 ftok= lock-engine= max-apps= max-vars= no-defer-accept no-fd-passing no-threads-wait pcre-jit persistent-ipcsem reaper reuse-port so-keepalive socket-rcvbuf= socket-sndbuf= tcp-nodelay thunder-lock-watchdog`,
  },
  {
    reason:
      'nothing to do: a request that runs too long is ended with the traceback of every thread in the log, and its worker finishes the others',
    kind: 'meaningless',
    names: `harakiri-no-arh harakiri-verbose no-harakiri-after-req-hook no-harakiri-arh py-tracebacker=`,
  },
  {
    reason: 'nothing to do: workers come from fork() of Python, which calls the hooks of Python itself',
    kind: 'meaningless',
    names: `early-python gevent-early-monkey-patch gevent-monkey-patch gevent-wait-for-hub py-call-osafterfork py-call-uwsgi-fork-hooks py-master-check-signals`,
  },
  {
    reason: 'nothing to do: the memory of workers is always known',
    kind: 'meaningless',
    names: `memory-report?`,
  },
  {
    reason: 'the limit of a request is --harakiri alone, at which the client gets 504',
    kind: 'told',
    names: `harakiri-graceful-signal= harakiri-graceful-timeout= harakiri-queue-threshold=`,
  },
  {
    reason: "the deadlines of connections are the server's own, see docs/guide/security.md",
    kind: 'told',
    names: `response-headers-limit= so-send-timeout so-write-timeout socket-send-timeout socket-timeout= socket-write-timeout`,
  },
  {
    reason: "the kernel's usual way is used for sockets",
    kind: 'told',
    names: `freebind tcp-fast-open-client tcp-fast-open= tcp-fastopen-client tcp-fastopen=`,
  },
  {
    reason: 'workers that end young are started again more and more slowly',
    kind: 'told',
    names: `min-worker-lifetime=`,
  },
  {
    reason: 'the processes have names of Portico',
    kind: 'told',
    names: `auto-procname procname-append= procname-prefix-spaced= procname-prefix=`,
  },
  {
    reason: 'logs are rotated by logrotate, and no reload is brutal but by SIGTERM',
    kind: 'told',
    names: `fs-brutal-reload= propagate-touch touch-logrotate=`,
  },
  {
    reason: 'WebSockets are those of ASGI: uwsgi.websocket_handshake() is not there',
    kind: 'told',
    names: `websocket-max-size= websocket-ping-freq= websocket-pong-tolerance= websockets-max-size= websockets-ping-freq= websockets-pong-tolerance=`,
  },
  {
    reason: 'Python ends as it always does',
    kind: 'told',
    names: `skip-atexit skip-atexit-teardown use-abort`,
  },
  {
    reason: 'standard input is empty, and the environment is that of the start',
    kind: 'told',
    names: `honour-stdin mode= reload-os-env skip-zero`,
  },
  {
    reason: 'all changes below the folder are seen. PORTICO_RELOAD_EXCLUDE leaves files out',
    kind: 'told',
    names: `py-auto-reload-ignore=`,
  },
  {
    reason: 'there are no remote procedures',
    names: `rpc-max=`,
  },
  {
    reason: 'write the file in the script or unit that starts the server',
    names: `file-write=`,
  },
  {
    reason: 'put flock(1) in front of the command',
    names: `flock-wait2= flock-wait= flock2= flock=`,
  },
  {
    reason: 'name a path, or let systemd open the socket',
    names: `abstract-socket fd-safe= notify-socket= safe-fd=`,
  },
  {
    reason: 'say so to the mount: RequiresMountsFor= of systemd',
    names: `check-mount= check-mountpoint= mountpoint-check= worker-mount=`,
  },
  {
    reason: 'the application answers exceptions itself. With --py-autoreload they are shown in the browser',
    names: `catch-exceptions exception-handler=`,
  },
  {
    reason: 'responses are those of WSGI',
    names: `wsgi-accept-buffer wsgi-accept-buffers`,
  },
  {
    reason: 'say it with --env or --pythonpath',
    names: `early-pyimport= early-python-import=`,
  },
  {
    reason: 'name the interpreter by --home',
    names: `no-site py-executable= py-sys-executable= pyargv=`,
  },
  {
    reason: 'PYTHONOPTIMIZE and its kin are said with --env',
    names: `backtrace-depth= profiler=`,
  },
  {
    reason: 'there is no progress to ask for',
    names: `upload-progress=`,
  },
  {
    reason:
      'lines of requests are not chosen so: all are written, or with --disable-logging those of --log-4xx and --log-5xx',
    kind: 'told',
    names: `log-alarm= log-big= log-drain= log-filter= log-ioerror= log-sendfile= log-slow= log-zero`,
  },
  {
    reason: 'nothing to do: times of requests have the unit that their name in --log-format says',
    kind: 'meaningless',
    names: `log-micros`,
  },
  {
    reason: 'the form of the log is its own, with a date in front. --log-format makes that of requests',
    kind: 'told',
    names: `log-date? log-encoder= log-format-strftime log-prefix? log-req-encoder= logdate? logformat-strftime worker-log-encoder= worker-log-req-encoder=`,
  },
  {
    reason: 'nothing to do: one process writes the log',
    kind: 'meaningless',
    names: `log-master log-master-bufsize= log-master-req-stream log-master-stream log-reopen threaded-logger`,
  },
  {
    reason: 'the log is not renamed here when it has grown. Use logrotate, and --touch-logreopen',
    kind: 'told',
    names: `log-backupname= log-maxsize= log-truncate`,
  },
  {
    reason: 'the log belongs to the user that starts the server. Use --uid or --umask',
    kind: 'told',
    names: `logfile-chmod= logfile-chown`,
  },
  {
    reason: 'the log goes to standard error, which journald or a container takes',
    kind: 'told',
    names: `log-syslog?`,
  },
  {
    reason: 'responses are compressed if PORTICO_COMPRESS=1 says so',
    kind: 'told',
    names: `http-auto-gzip`,
  },
  {
    reason: 'one server is behind it, the application. Use a proxy in front for others',
    names: `http-fallback= http-to= http-use-base= http-use-code-string= http-use-pattern= http-use-socket?`,
  },
  {
    reason: 'what a request is known by cannot be added to. Use --env',
    kind: 'told',
    names: `http-var=`,
  },
  {
    reason: 'nothing is told of the router there. Use --stats',
    kind: 'told',
    names: `http-ss= http-stats-server= http-stats=`,
  },
  {
    reason: 'a request may take as long as --harakiri says',
    kind: 'meaningless',
    names: `http-timeout=`,
  },
  {
    reason: 'the user of the server is that of --uid and --gid',
    kind: 'told',
    names: `http-gid= http-uid=`,
  },
  {
    reason: 'nothing to do: sessions of TLS are kept by tickets',
    kind: 'meaningless',
    names: `https-session-context= ssl-session-timeout= ssl-session-use-cache? ssl-sessions-timeout= ssl-sessions-use-cache? ssl-tmp-dir= ssl-verbose ssl-verify-depth?`,
  },
  {
    reason: 'nothing to do: files with the endings .gz, .br and .zst beside a file are sent to who takes them',
    kind: 'meaningless',
    names: `static-gzip-all static-gzip-dir= static-gzip-ext= static-gzip-prefix= static-gzip-suffix= static-gzip=`,
  },
  {
    reason: 'links that lead out of the folder are not followed. Name the folder that they lead to by --static-map',
    kind: 'told',
    names: `check-static-docroot static-safe=`,
  },
  {
    reason: 'the server sends files itself',
    kind: 'told',
    names: `file-serve-mode= fileserve-mode= mime-file= mimefile=`,
  },
  {
    reason: 'nothing to do: what is known of files is kept in memory',
    kind: 'meaningless',
    names: `static-cache-paths-name= static-cache-paths=`,
  },
  {
    reason: 'each request has an environ of its own, which is a plain dict',
    kind: 'meaningless',
    names: `wsgi-env-behavior= wsgi-env-behaviour= wsgi-strict`,
  },
  {
    reason: 'files of wsgi.file_wrapper are sent by the edge, which is not seen',
    kind: 'told',
    names: `cgi-mode wsgi-disable-file-wrapper`,
  },
  {
    reason: 'requests do not choose the application: that is said by --module, --wsgi-file and --mount',
    kind: 'told',
    names: `dynamic-apps ignore-script-name vhost vhost-host`,
  },
  {
    reason: 'the memory of a worker is what counts: --reload-on-rss',
    kind: 'told',
    names: `evil-reload-on-as= mem-collector-freq= reload-on-as= reload-on-pss= reload-on-uss=`,
  },
  {
    reason: 'a worker goes on after an exception, which is in the log with its traceback',
    kind: 'told',
    names: `reload-on-exception reload-on-exception-repr= reload-on-exception-type= reload-on-exception-value=`,
  },
  {
    reason: 'the system says how much room threads have for their stack',
    kind: 'told',
    names: `thread-stack-size= thread-stacksize= threads-stack-size= threads-stacksize=`,
  },
  {
    reason: 'a process of ours may be forked by nobody else, so no loop of forks is slowed',
    kind: 'meaningless',
    names: `forkbomb-delay=`,
  },
  {
    reason: 'the folder is that of --chdir',
    kind: 'meaningless',
    names: `force-cwd=`,
  },
  {
    reason: 'nothing to do: HTTP is always spoken by the server itself',
    kind: 'meaningless',
    names: `force-gateway`,
  },
  {
    reason: 'nothing to do: sockets are closed when requests are answered',
    kind: 'meaningless',
    names: `shutdown-sockets`,
  },
  {
    reason: 'the age of a worker is the same for all',
    kind: 'told',
    names: `max-worker-lifetime-delta=`,
  },
  {
    reason: 'a folder of variables is not read. Use systemd-run or EnvironmentFile=',
    names: `early-envdir= envdir=`,
  },
  {
    reason: 'a variable cannot be taken away. Leave it out of the unit',
    names: `unenv=`,
  },
  {
    reason: 'the application, once loaded, stays in its folder. Use --chdir alone',
    names: `chdir2=`,
  },
];

export const OTHER_OPTIONS: readonly Option[] = GROUPS.flatMap(({ reason, kind, names }) =>
  names.split(' ').map((text) => {
    const name = text.replace(/[=?]$/, '');
    const value = text.endsWith('=') ? 'VALUE' : '[VALUE]';
    return {
      names: [`--${name}`],
      ...(name === text ? {} : { value }),
      doc: `${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}.`,
      treatment: treatmentOf(kind, reason),
    };
  }),
);

function treatmentOf(kind: Group['kind'], reason: string): Treatment {
  switch (kind) {
    case 'told':
      return told(reason);
    case 'meaningless':
      return meaningless(reason);
    default:
      return unsupported(reason);
  }
}
