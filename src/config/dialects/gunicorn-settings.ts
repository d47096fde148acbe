/** The settings of gunicorn 27.0 (gunicorn/config.py) by their names in gunicorn.conf.py: what kind of value each has, its default, and its flag. */

/** What JSON can say of a value of Python's. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * text       also None
 * int        a number, or a text that is one
 * bool       also the texts true and false
 * list       a list of texts, or a text with commas in it
 * addresses  the same, of addresses
 * words      the same, of words
 * class      a class, or a text that names one
 * account    the name or number of a user or group
 * dict       a dictionary
 * hook       something that is called
 */
export type SettingKind =
  | 'text'
  | 'int'
  | 'bool'
  | 'list'
  | 'addresses'
  | 'words'
  | 'class'
  | 'account'
  | 'dict'
  | 'hook';

export interface GunicornSetting {
  readonly name: string;
  readonly kind: SettingKind;
  /** Absent: None, or a hook that does nothing. */
  readonly fallback?: JsonValue;
  /** Absent: only a file can say it. */
  readonly flag?: string;
}

export const GUNICORN_SETTINGS: readonly GunicornSetting[] = [
  { name: 'config', kind: 'text', fallback: './gunicorn.conf.py', flag: '--config' },
  { name: 'wsgi_app', kind: 'text' },
  { name: 'bind', kind: 'list', fallback: ['127.0.0.1:8000'], flag: '--bind' },
  { name: 'backlog', kind: 'int', fallback: 2048, flag: '--backlog' },
  { name: 'workers', kind: 'int', fallback: 1, flag: '--workers' },
  { name: 'worker_class', kind: 'class', fallback: 'sync', flag: '--worker-class' },
  { name: 'threads', kind: 'int', fallback: 1, flag: '--threads' },
  { name: 'worker_connections', kind: 'int', fallback: 1000, flag: '--worker-connections' },
  { name: 'max_requests', kind: 'int', fallback: 0, flag: '--max-requests' },
  { name: 'max_requests_jitter', kind: 'int', fallback: 0, flag: '--max-requests-jitter' },
  { name: 'timeout', kind: 'int', fallback: 30, flag: '--timeout' },
  { name: 'graceful_timeout', kind: 'int', fallback: 30, flag: '--graceful-timeout' },
  { name: 'keepalive', kind: 'int', fallback: 2, flag: '--keep-alive' },
  { name: 'limit_request_line', kind: 'int', fallback: 4094, flag: '--limit-request-line' },
  { name: 'limit_request_fields', kind: 'int', fallback: 100, flag: '--limit-request-fields' },
  { name: 'limit_request_field_size', kind: 'int', fallback: 8190, flag: '--limit-request-field_size' },
  { name: 'reload', kind: 'bool', fallback: false, flag: '--reload' },
  { name: 'reload_engine', kind: 'text', fallback: 'auto', flag: '--reload-engine' },
  { name: 'reload_extra_files', kind: 'list', fallback: [], flag: '--reload-extra-file' },
  { name: 'spew', kind: 'bool', fallback: false, flag: '--spew' },
  { name: 'check_config', kind: 'bool', fallback: false, flag: '--check-config' },
  { name: 'print_config', kind: 'bool', fallback: false, flag: '--print-config' },
  { name: 'preload_app', kind: 'bool', fallback: false, flag: '--preload' },
  { name: 'sendfile', kind: 'bool', flag: '--no-sendfile' },
  { name: 'reuse_port', kind: 'bool', fallback: false, flag: '--reuse-port' },
  { name: 'chdir', kind: 'text', flag: '--chdir' },
  { name: 'daemon', kind: 'bool', fallback: false, flag: '--daemon' },
  { name: 'raw_env', kind: 'list', fallback: [], flag: '--env' },
  { name: 'pidfile', kind: 'text', flag: '--pid' },
  { name: 'worker_tmp_dir', kind: 'text', flag: '--worker-tmp-dir' },
  { name: 'user', kind: 'account', flag: '--user' },
  { name: 'group', kind: 'account', flag: '--group' },
  { name: 'umask', kind: 'int', fallback: 0, flag: '--umask' },
  { name: 'initgroups', kind: 'bool', fallback: false, flag: '--initgroups' },
  { name: 'tmp_upload_dir', kind: 'text' },
  {
    name: 'secure_scheme_headers',
    kind: 'dict',
    fallback: { 'X-FORWARDED-PROTOCOL': 'ssl', 'X-FORWARDED-PROTO': 'https', 'X-FORWARDED-SSL': 'on' },
  },
  { name: 'forwarded_allow_ips', kind: 'addresses', fallback: ['127.0.0.1', '::1'], flag: '--forwarded-allow-ips' },
  { name: 'accesslog', kind: 'text', flag: '--access-logfile' },
  {
    name: 'disable_redirect_access_to_syslog',
    kind: 'bool',
    fallback: false,
    flag: '--disable-redirect-access-to-syslog',
  },
  {
    name: 'access_log_format',
    kind: 'text',
    fallback: '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s "%(f)s" "%(a)s"',
    flag: '--access-logformat',
  },
  { name: 'errorlog', kind: 'text', fallback: '-', flag: '--log-file' },
  { name: 'loglevel', kind: 'text', fallback: 'info', flag: '--log-level' },
  { name: 'capture_output', kind: 'bool', fallback: false, flag: '--capture-output' },
  { name: 'logger_class', kind: 'class', fallback: 'gunicorn.glogging.Logger', flag: '--logger-class' },
  { name: 'logconfig', kind: 'text', flag: '--log-config' },
  { name: 'logconfig_dict', kind: 'dict', fallback: {} },
  { name: 'logconfig_json', kind: 'text', flag: '--log-config-json' },
  { name: 'syslog_addr', kind: 'text', fallback: 'udp://localhost:514', flag: '--log-syslog-to' },
  { name: 'syslog', kind: 'bool', fallback: false, flag: '--log-syslog' },
  { name: 'syslog_prefix', kind: 'text', flag: '--log-syslog-prefix' },
  { name: 'syslog_facility', kind: 'text', fallback: 'user', flag: '--log-syslog-facility' },
  { name: 'enable_stdio_inheritance', kind: 'bool', fallback: false, flag: '--enable-stdio-inheritance' },
  { name: 'statsd_host', kind: 'text', flag: '--statsd-host' },
  { name: 'dogstatsd_tags', kind: 'text', fallback: '', flag: '--dogstatsd-tags' },
  { name: 'statsd_prefix', kind: 'text', fallback: '', flag: '--statsd-prefix' },
  { name: 'enable_backlog_metric', kind: 'bool', fallback: false, flag: '--enable-backlog-metric' },
  { name: 'proc_name', kind: 'text', flag: '--name' },
  { name: 'default_proc_name', kind: 'text', fallback: 'gunicorn' },
  { name: 'pythonpath', kind: 'text', flag: '--pythonpath' },
  { name: 'paste', kind: 'text', flag: '--paster' },
  { name: 'on_starting', kind: 'hook' },
  { name: 'on_reload', kind: 'hook' },
  { name: 'when_ready', kind: 'hook' },
  { name: 'pre_fork', kind: 'hook' },
  { name: 'post_fork', kind: 'hook' },
  { name: 'post_worker_init', kind: 'hook' },
  { name: 'worker_int', kind: 'hook' },
  { name: 'worker_abort', kind: 'hook' },
  { name: 'pre_exec', kind: 'hook' },
  { name: 'pre_request', kind: 'hook' },
  { name: 'post_request', kind: 'hook' },
  { name: 'child_exit', kind: 'hook' },
  { name: 'worker_exit', kind: 'hook' },
  { name: 'nworkers_changed', kind: 'hook' },
  { name: 'on_exit', kind: 'hook' },
  { name: 'ssl_context', kind: 'hook' },
  { name: 'proxy_protocol', kind: 'text', fallback: 'off', flag: '--proxy-protocol' },
  { name: 'proxy_allow_ips', kind: 'addresses', fallback: ['127.0.0.1', '::1'], flag: '--proxy-allow-from' },
  { name: 'protocol', kind: 'text', fallback: 'http', flag: '--protocol' },
  { name: 'uwsgi_allow_ips', kind: 'addresses', fallback: ['127.0.0.1', '::1'], flag: '--uwsgi-allow-from' },
  { name: 'keyfile', kind: 'text', flag: '--keyfile' },
  { name: 'certfile', kind: 'text', flag: '--certfile' },
  { name: 'ssl_version', kind: 'text', flag: '--ssl-version' },
  { name: 'cert_reqs', kind: 'int', fallback: 0, flag: '--cert-reqs' },
  { name: 'ca_certs', kind: 'text', flag: '--ca-certs' },
  { name: 'suppress_ragged_eofs', kind: 'bool', fallback: true, flag: '--suppress-ragged-eofs' },
  { name: 'do_handshake_on_connect', kind: 'bool', fallback: false, flag: '--do-handshake-on-connect' },
  { name: 'ciphers', kind: 'text', flag: '--ciphers' },
  { name: 'http_protocols', kind: 'words', fallback: ['h1'], flag: '--http-protocols' },
  { name: 'http2_cleartext', kind: 'text', fallback: 'off', flag: '--http2-cleartext' },
  { name: 'http2_max_concurrent_streams', kind: 'int', fallback: 100, flag: '--http2-max-concurrent-streams' },
  { name: 'http2_initial_window_size', kind: 'int', fallback: 65535, flag: '--http2-initial-window-size' },
  { name: 'http2_max_frame_size', kind: 'int', fallback: 16384, flag: '--http2-max-frame-size' },
  { name: 'http2_max_header_list_size', kind: 'int', fallback: 65536, flag: '--http2-max-header-list-size' },
  { name: 'raw_paste_global_conf', kind: 'list', fallback: [], flag: '--paste-global' },
  { name: 'permit_obsolete_folding', kind: 'bool', fallback: false, flag: '--permit-obsolete-folding' },
  { name: 'strip_header_spaces', kind: 'bool', fallback: false, flag: '--strip-header-spaces' },
  {
    name: 'permit_unconventional_http_method',
    kind: 'bool',
    fallback: false,
    flag: '--permit-unconventional-http-method',
  },
  {
    name: 'permit_unconventional_http_version',
    kind: 'bool',
    fallback: false,
    flag: '--permit-unconventional-http-version',
  },
  { name: 'casefold_http_method', kind: 'bool', fallback: false, flag: '--casefold-http-method' },
  { name: 'forwarder_headers', kind: 'words', fallback: ['SCRIPT_NAME', 'PATH_INFO'], flag: '--forwarder-headers' },
  { name: 'header_map', kind: 'text', fallback: 'drop', flag: '--header-map' },
  { name: 'asgi_loop', kind: 'text', fallback: 'auto', flag: '--asgi-loop' },
  { name: 'asgi_lifespan', kind: 'text', fallback: 'auto', flag: '--asgi-lifespan' },
  { name: 'asgi_disconnect_grace_period', kind: 'int', fallback: 3, flag: '--asgi-disconnect-grace-period' },
  { name: 'websocket_max_message_size', kind: 'int', fallback: 16777216, flag: '--websocket-max-message-size' },
  { name: 'http_parser', kind: 'text', fallback: 'auto', flag: '--http-parser' },
  { name: 'root_path', kind: 'text', fallback: '', flag: '--root-path' },
  { name: 'dirty_apps', kind: 'list', fallback: [], flag: '--dirty-app' },
  { name: 'dirty_workers', kind: 'int', fallback: 0, flag: '--dirty-workers' },
  { name: 'dirty_timeout', kind: 'int', fallback: 300, flag: '--dirty-timeout' },
  { name: 'dirty_threads', kind: 'int', fallback: 1, flag: '--dirty-threads' },
  { name: 'dirty_graceful_timeout', kind: 'int', fallback: 30, flag: '--dirty-graceful-timeout' },
  { name: 'on_dirty_starting', kind: 'hook' },
  { name: 'dirty_post_fork', kind: 'hook' },
  { name: 'dirty_worker_init', kind: 'hook' },
  { name: 'dirty_worker_exit', kind: 'hook' },
  { name: 'control_socket', kind: 'text', flag: '--control-socket' },
  { name: 'control_socket_mode', kind: 'int', fallback: 384, flag: '--control-socket-mode' },
  { name: 'control_socket_disable', kind: 'bool', fallback: false, flag: '--no-control-socket' },
];
