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
    names: `auto-weight= early-emperor emperor-broodlord= emperor-cap= emperor-chdir-attr= emperor-collect-attr= emperor-collect-attribute= emperor-command-socket= emperor-curse-tolerance= emperor-extra-ext= emperor-extra-extension= emperor-fork-server-attr= emperor-freq= emperor-graceful-shutdown emperor-magic-exec emperor-max-throttle= emperor-no-blacklist emperor-nofollow emperor-on-demand-dir= emperor-on-demand-directory= emperor-on-demand-exec= emperor-on-demand-ext= emperor-on-demand-extension= emperor-pidfile= emperor-procname= emperor-proxy-socket= emperor-required-heartbeat= emperor-stats= emperor-stats-server= emperor-subreaper emperor-throttle= emperor-trigger-socket= emperor-tyrant emperor-tyrant-initgroups emperor-tyrant-nofollow emperor-use-clone= emperor-use-fork-server= emperor-wait-for-command emperor-wait-for-command-ignore= emperor-wrapper= emperor-wrapper-attr= emperor-wrapper-fallback= emperor-wrapper-override= fork-server= fork-socket= heartbeat= imperial-monitor-list imperial-monitors-list vassal-cap= vassal-fork-base= vassal-set= vassal-sos= vassal-sos-backlog= vassals-cap= vassals-include= vassals-include-before= vassals-inherit= vassals-inherit-before= vassals-set= vassals-start-hook= vassals-stop-hook= weight= zerg= zerg-fallback zerg-server= zeus=`,
  },
  {
    reason: 'there are no spoolers and mules yet. Run such work as a service of its own',
    names: `farm= mule? mule-harakiri= mule-msg-recv-size= mule-msg-size= mule-reload-mercy= mules= spooler= spooler-chdir= spooler-cheap spooler-external= spooler-freq= spooler-frequency= spooler-harakiri= spooler-import= spooler-max-tasks= spooler-ordered spooler-processes= spooler-py-import= spooler-pyimport= spooler-python-import= spooler-quiet spooler-signal-as-task touch-mules-reload= touch-spoolers-reload=`,
  },
  {
    reason: 'nothing is shared through the server. Use a cache of the framework, or Redis',
    names: `add-cache-item= cache= cache-blocksize= cache-expire-freq= cache-no-expire cache-report-freed-items cache-store= cache-store-sync= cache-sync= cache-udp-node= cache-udp-server= cache-use-last-modified cache2= check-cache? http-use-cache? load-file-in-cache= load-file-in-cache-gzip= py-sharedarea= queue= queue-blocksize= queue-store= queue-store-sync= sharedarea= ssl-session-use-cache? ssl-sessions-use-cache? static-cache-paths= static-cache-paths-name=`,
  },
  {
    reason: 'servers do not know of one another. Name them in a proxy',
    names: `http-resubscribe= http-subscription-fallback-key= http-subscription-server= http-zerg= legion= legion-attach-daemon= legion-cron= legion-death= legion-death-on-lord-error= legion-freq= legion-join= legion-lord= legion-mcast= legion-node= legion-node-joined= legion-node-left= legion-quorum= legion-scroll= legion-scroll-list-max-size= legion-scroll-max-size= legion-setup= legion-skew-tolerance= legion-smart-attach-daemon= legion-smart-attach-daemon2= legion-tolerance= legion-unlord= multicast= multicast-loop= multicast-ttl= snmp? snmp-community= st= start-unsubscribed subscribe= subscribe-freq= subscribe-to= subscribe-with-modifier1= subscribe2= subscription-algo= subscription-clear-on-shutdown subscription-dotsplit subscription-mountpoint= subscription-mountpoints= subscription-notify-socket= subscription-tolerance= subscription-tolerance-inactive= subscription-vassal-required subscriptions-credentials-check= subscriptions-sign-check= subscriptions-sign-check-tolerance= subscriptions-sign-skip-uid= subscriptions-use-credentials udp= unsubscribe-on-graceful-reload`,
  },
  {
    reason: 'requests are not routed or rewritten yet, and a rule that is not kept could let in whom it keeps out',
    names: `collect-header= del-header= error-page-403= error-page-404= error-page-500= error-route= error-route-status= final-route= final-route-status= log-req-route= log-route= pull-header= rem-header= response-header-collect= response-route= route= route-host= route-if= route-if-not= route-label= route-qs= route-referer= route-remote-addr= route-remote-user= route-run= route-uri= route-user-agent= router-list routers-list`,
  },
  {
    reason: 'there are no alarms and metrics of uWSGI yet',
    kind: 'told',
    names: `alarm= alarm-backlog= alarm-cheap= alarm-fd= alarm-freq= alarm-list alarm-listen-queue= alarm-log= alarm-lq= alarm-metric= alarm-msg-size= alarm-segfault= alarms-list backlog-alarm= enable-metrics listen-queue-alarm= log-alarm= log-big= log-drain= log-filter= log-ioerror= log-micros log-sendfile= log-slow= log-zero lq-alarm= metric= metric-alarm= metric-dir= metric-dir-restore metric-threshold= metrics-dir= metrics-dir-restore metrics-no-cores not-alarm-log= not-log-alarm= segfault-alarm= stats-http stats-min stats-minified stats-no-cores stats-no-metrics stats-push= stats-pusher-default-freq= stats-pushers-default-freq=`,
  },
  {
    reason: 'nothing runs by the clock or by signals of uWSGI yet. Use cron or a timer of systemd',
    names: `cron= cron-harakiri= cron-legion= cron2= fs-signal= rbtimer= signal= signal-bufsize= signal-rbtimer= signal-timer= signals-bufsize= timer= touch-exec= touch-signal= unique-cron= unique-cron-legion= unique-legion-cron=`,
  },
  {
    reason: 'other programs are not run yet. Make each a service of its own',
    names: `attach-control-daemon= attach-daemon= attach-daemon2= daemons-honour-stdin smart-attach-daemon= smart-attach-daemon2=`,
  },
  {
    reason: 'no commands run at stages of the server. Put them before it in its unit or script',
    names: `call-as-emperor= call-as-emperor1= call-as-emperor2= call-as-emperor4= call-as-root= call-as-user= call-as-user-atexit= call-as-vassal= call-as-vassal1= call-as-vassal3= call-asap= call-in-jail= call-post-app= call-post-jail= call-pre-app= call-pre-jail= exec-as-emperor= exec-as-root= exec-as-user= exec-as-user-atexit= exec-as-vassal= exec-asap= exec-in-jail= exec-post-app= exec-post-jail= exec-pre-app= exec-pre-jail= hook-as-on-config-vassal= hook-asap= hook-pre-jail= mount-asap= mount-check= mount-pre-jail= py= py-program-name= py-programname= pyrun= python= python-worker-override= umount-asap= umount-pre-jail= worker-exec= worker-exec2=`,
  },
  {
    reason: 'the server does not confine itself so. Use the means of systemd',
    names: `add-gid= cap= cgroup= cgroup-dir-mode= cgroup-opt= chroot= drop-after-apps drop-after-init jail= jail-attach= jail-ip4= jail-ip6= jail2= jailed jid-file= jidfile= libjail= master-as-root namespace= namespace-keep-mount= namespace-net= no-initgroups ns= ns-net= pivot-root= pivot_root= privileged-binary-patch= privileged-binary-patch-arg= re-fork re-fork-as-root re-fork-post-jail refork refork-as-root refork-post-jail setns= setns-preopen setns-skip= setns-socket= setns-socket-skip= unprivileged-binary-patch= unprivileged-binary-patch-arg= unshare= unshare2=`,
  },
  {
    reason: 'HTTP and the uwsgi protocol are spoken, for Python alone. Use --http or --socket',
    names: `allowed-modifiers= fastcgi-modifier1= fastcgi-modifier2= fastcgi-nph-socket= fastcgi-socket= http-backend-http http-manage-rtsp http-modifier1= http-modifier2= http-socket-modifier1= http-socket-modifier2= https-socket-modifier1= https-socket-modifier2= map-socket= puwsgi-socket= raw-modifier1= raw-modifier2= raw-socket= remap-modifier= scgi-modifier1= scgi-modifier2= scgi-nph-socket= scgi-socket= shared-socket= ssl-socket= suwsgi-socket= undeferred-shared-socket=`,
  },
  {
    reason: 'HTTP needs no router here',
    kind: 'told',
    names: `http-auto-chunked http-auto-gzip http-buffer-size= http-cheap http-chunked-input http-connect-timeout= http-events= http-fallback= http-gid= http-gracetime= http-headers-timeout= http-manage-expect? http-manage-source http-path-info-no-decode-slashes= http-post-buffering= http-post-buffering-dir= http-processes= http-quiet= http-raw-body http-server-name-as-http-host= http-ss= http-stats= http-stats-server= http-stud-prefix= http-timeout= http-to= http-uid= http-use-base= http-use-code-string= http-use-pattern= http-use-socket? http-var= http-websockets http-workers=`,
  },
  {
    reason: 'write PORTICO_CERTFILE and PORTICO_KEYFILE',
    names: `https-export-cert https-session-context= sni= sni-dir= sni-dir-ciphers= sni-regexp= ssl-enable-sslv3 ssl-enable-tlsv1 ssl-enable3 ssl-option= ssl-session-timeout= ssl-sessions-timeout= ssl-tmp-dir= ssl-verbose ssl-verify-depth?`,
  },
  {
    reason: 'it is a tool of uWSGI itself. Leave it out',
    names: `binary-append-data= build-plugin= cflags cheaper-algo-list cheaper-algos-list cheaper-list clock-list clocks-list command-mode config-py connect-and-read= dot-h dump-options eval= exit? extract= get= help logger-list loggers-list loop-list loops-list no-server pause= plugin-list plugins-list print-sym= print-symbol= pyshell? pyshell-oneshot? python-version reload= resolve= resume= show-config stop= suspend= test= usage version`,
  },
  {
    reason: 'name the application with --module',
    names: `ini-paste= ini-paste-logged= paste= paste-logger paste-name= pecan= post-pymodule-alias= pump= pymodule-alias= python-raw= web3= wsgi-lite=`,
  },
  {
    reason: 'this part of the language of files is not read. Write out what it stands for',
    names: `blacklist= declare-option= declare-option2= end-blacklist end-whitelist fallback-config= inject-after= inject-before= whitelist=`,
  },
  {
    reason: 'nothing is waited for. Order the units of systemd',
    kind: 'told',
    names: `wait-for-dir= wait-for-file= wait-for-fs= wait-for-fs-timeout= wait-for-iface= wait-for-iface-timeout= wait-for-interface= wait-for-interface-timeout= wait-for-mountpoint= wait-for-socket= wait-for-socket-timeout= wait-iface= wait-iface-timeout= wait-interface= wait-interface-timeout=`,
  },
  {
    reason: 'what --static-map says is all that is known of files',
    kind: 'told',
    names: `check-static-docroot disable-sendfile file-serve-mode= fileserve-mode= honour-range mime-file= mimefile= static-gzip= static-gzip-all static-gzip-dir= static-gzip-ext= static-gzip-prefix= static-gzip-suffix= static-safe=`,
  },
  {
    reason: 'logs go to --logto or to standard error',
    kind: 'told',
    names: `log-backupname= log-date? log-encoder= log-format-strftime log-master log-master-bufsize= log-master-req-stream log-master-stream log-maxsize= log-prefix? log-reopen log-req-encoder= log-syslog? log-truncate logdate? logfile-chmod= logfile-chown logformat-strftime threaded-logger worker-log-encoder= worker-log-req-encoder=`,
  },
  {
    reason: 'there are always as many workers as --processes says',
    kind: 'told',
    names: `cheap cheaper= cheaper-algo= cheaper-idle= cheaper-initial= cheaper-overload= cheaper-rss-limit-hard= cheaper-rss-limit-soft= cheaper-step= die-on-idle die-on-no-workers idle=`,
  },
  {
    reason: 'this limit is not kept',
    kind: 'told',
    names: `brutal-reload-on-fd= cpu-affinity= evil-reload-on-as= ksm? limit-as= limit-nproc= max-fd= mem-collector-freq= never-swap prio= reload-on-as= reload-on-exception reload-on-exception-repr= reload-on-exception-type= reload-on-exception-value= reload-on-fd= reload-on-pss= reload-on-uss= thread-stack-size= thread-stacksize= threads-stack-size= threads-stacksize=`,
  },
  {
    reason: 'requests are answered by threads or greenlets. Use --threads or --gevent',
    names: `async= disable-async-warn-on-queue-full loop=`,
  },
  {
    reason: 'nothing to do: Python and HTTP need no plugins',
    kind: 'meaningless',
    names: `autoload binary-path= binsh= dlopen= need-plugin= need-plugins= plugin-dir= plugins-dir=`,
  },
  {
    reason: 'nothing to do: an application has no connection of a client, so it meets no errors of one',
    kind: 'meaningless',
    names: `disable-write-exception ignore-sigpipe ignore-write-errors write-errors-exception-only write-errors-tolerance= start_response-nodelay`,
  },
  {
    reason: 'nothing to do: bodies are taken in before the application is asked',
    kind: 'meaningless',
    names: `body-read-warning= chunked-input-limit= chunked-input-timeout= post-buffering-bufsize= wsgi-manage-chunked-input`,
  },
  {
    reason: "nothing to do: sockets and memory that are shared are the server's own",
    kind: 'meaningless',
    names: `clock= close-on-exec2 ftok= lock-engine= max-apps= max-vars= no-defer-accept no-fd-passing pcre-jit persistent-ipcsem reaper reuse-port thunder-lock-watchdog tcp-nodelay check-interval= socket-rcvbuf= socket-sndbuf= so-keepalive no-threads-wait`,
  },
  {
    reason:
      'nothing to do: a request that runs too long is ended with the traceback of every thread in the log, and its worker finishes the others',
    kind: 'meaningless',
    names: `harakiri-verbose harakiri-no-arh no-harakiri-arh no-harakiri-after-req-hook py-tracebacker=`,
  },
  {
    reason: 'nothing to do: workers come from fork() of Python, which calls the hooks of Python itself',
    kind: 'meaningless',
    names: `py-call-osafterfork py-call-uwsgi-fork-hooks py-master-check-signals early-python gevent-monkey-patch gevent-early-monkey-patch gevent-wait-for-hub`,
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
    names: `socket-timeout= so-send-timeout so-write-timeout socket-send-timeout socket-write-timeout response-headers-limit=`,
  },
  {
    reason: "the kernel's usual way is used for sockets",
    kind: 'told',
    names: `freebind tcp-fast-open= tcp-fast-open-client tcp-fastopen= tcp-fastopen-client`,
  },
  {
    reason: 'workers that end young are started again more and more slowly',
    kind: 'told',
    names: `min-worker-lifetime=`,
  },
  {
    reason: 'the processes have names of Portico',
    kind: 'told',
    names: `auto-procname procname-append= procname-prefix= procname-prefix-spaced=`,
  },
  {
    reason: 'nothing is touched yet. Send the server SIGHUP, or SIGUSR1 for its logs',
    kind: 'told',
    names: `propagate-touch touch-chain-reload= touch-logreopen= touch-logrotate= touch-workers-reload= fs-brutal-reload= fs-reload=`,
  },
  {
    reason: 'there is no file of commands. Send signals',
    kind: 'told',
    names: `master-fifo=`,
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
    names: `honour-stdin reload-os-env mode= skip-zero`,
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
    names: `flock= flock-wait= flock-wait2= flock2=`,
  },
  {
    reason: 'name a path, or let systemd open the socket',
    names: `abstract-socket notify-socket= fd-safe= safe-fd=`,
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
    names: `cgi-mode wsgi-accept-buffer wsgi-accept-buffers wsgi-disable-file-wrapper wsgi-env-behavior= wsgi-env-behaviour= wsgi-strict`,
  },
  {
    reason: 'one application is served here, which no request can change',
    names: `dynamic-apps vhost vhost-host ignore-script-name`,
  },
  {
    reason: 'say it with --env or --pythonpath',
    names: `envdir= early-envdir= unenv= early-pyimport= early-python-import=`,
  },
  {
    reason: 'import it in the application',
    names: `import= py-import= pyimport= python-import= shared-import= shared-py-import= shared-pyimport= shared-python-import=`,
  },
  {
    reason: 'name the interpreter by --home',
    names: `no-site py-executable= py-sys-executable= pyargv=`,
  },
  {
    reason: 'a number for how often is not known of it. Use --max-requests',
    names: `max-worker-lifetime-delta=`,
  },
  {
    reason: 'say --chdir, --pidfile, --logto or --umask',
    names: `chdir2=`,
  },
  {
    reason: 'leave it to a service manager',
    names: `exit-on-reload`,
  },
  {
    reason: 'PYTHONOPTIMIZE and its kin are said with --env',
    names: `profiler= backtrace-depth=`,
  },
  {
    reason: 'there is no progress to ask for',
    names: `upload-progress=`,
  },
  {
    reason: "sizes of uWSGI's own tables have no meaning here",
    names: `locks=`,
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
