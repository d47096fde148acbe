/** Modules that do not come with nginx and are in many people's files all the same. Their arguments are not looked at. */

import type { Row } from '../row.ts';
import { accepted, later, refused, repeatable, row } from '../row.ts';
import { HTTP, HTTP_IF } from './contexts.ts';
import { answersElsewhere } from './passing-on.ts';

/** Names that differ in nothing but their endings. */
function family(prefix: string, endings: string, contexts: string, signature: string, doc: string): readonly Row[] {
  return repeatable(endings.split(' ').map((ending) => row(`${prefix}${ending}`, contexts, signature, doc)));
}

/** A location that asks another program shows no files. */
function asksOthers(rows: readonly Row[]): readonly Row[] {
  return rows.map((one) => (one.name.endsWith('_pass') ? { ...one, apply: answersElsewhere } : one));
}

const ANYTHING = '[plain...]';
const LUA_DOC = 'Lua in the server (lua-nginx-module).';
const LUA =
  'Portico runs no Lua. Move what it does into your application, or into directives: `map`, `rewrite`, `auth_request`.';
const NJS = 'Portico runs no JavaScript of files. Move what it does into your application, or into directives.';
const ECHO = 'Write `return 200 "…";` in its place.';
const FIREWALL =
  'Portico has no such firewall, and without its rules requests would pass that it keeps out. Keep it in front of Portico.';
const STATUS = 'Portico has numbers of its own. `stub_status` answers with the basic ones.';
const PASSENGER = 'Portico runs the application itself: write `python_app mysite.wsgi;` in the location.';

const EVERY_HTTP = `${HTTP_IF} server-if`;

const LUA_PHASES =
  'set_by rewrite_by access_by content_by header_filter_by body_filter_by log_by server_rewrite_by precontent_by';

/** For code in the file itself: `content_by_lua_block { … }`, which nginx without the module could not read either. */
const LUA_BLOCKS = LUA_PHASES.split(' ').map((phase) => `${phase}_lua_block`);

const PLUS = 'It is a directive of the commercial nginx, and the feature is not there.';

/** Of NGINX Plus, whose files people bring along. */
const COMMERCIAL: readonly Row[] = [
  ...later(PLUS, [
    ...family('', 'ntlm sticky_cookie_insert', 'upstream', ANYTHING, 'Keeps connections or clients with a server.'),
    ...family(
      '',
      'keyval keyval_zone',
      'http stream',
      ANYTHING,
      'A variable from a table that is changed while the server runs.',
    ),
    ...family(
      'zone_sync',
      ' _server _buffers _connect_timeout _connect_retry_interval _interval _recv_buffer_size _ssl _ssl_name _ssl_server_name _ssl_verify _ssl_trusted_certificate _ssl_certificate _ssl_certificate_key _timeout',
      'stream stream-server',
      ANYTHING,
      'Shares tables between servers.',
    ),
    ...family(
      '',
      'hls hls_buffers hls_forward_args hls_fragment hls_mp4_buffer_size hls_mp4_max_buffer_size f4f f4f_buffer_size session_log session_log_format session_log_zone mgmt_connect proxy_allow_upstream',
      HTTP_IF,
      ANYTHING,
      'A directive of NGINX Plus.',
    ),
    ...repeatable([
      row('mgmt', 'main', '{entries}', 'Licences of NGINX Plus.'),
      row('otel_exporter_batch', 'http', ANYTHING, 'Batches of traces.'),
    ]),
  ]),
  ...refused(FIREWALL, [
    ...family(
      'app_protect_',
      'enable policy_file security_log security_log_enable enforcer_address user_defined_signatures custom_log_attribute failure_mode_action cookie_seed compressed_requests_action request_buffer_overflow_action cpu_thresholds dos_enable dos_name dos_monitor dos_policy_file dos_api dos_security_log dos_security_log_enable dos_liveness dos_readiness dos_arb_fqdn dos_access_file',
      HTTP_IF,
      ANYTHING,
      'A firewall of requests (App Protect).',
    ),
    ...family(
      'auth_',
      'oidc oidc_claim jwt_require jwt_type jwt_leeway jwt_claim_set jwt_header_set jwt_key_cache jwt_key_request',
      `${HTTP_IF} limit_except`,
      ANYTHING,
      'Logs clients in (NGINX Plus).',
    ),
    ...repeatable([row('oidc_provider', 'http', 'plain {entries}', 'Who logs clients in (NGINX Plus).')]),
  ]),
];

export const THIRD_PARTY: readonly Row[] = [
  ...COMMERCIAL,
  ...refused(LUA, [
    ...LUA_PHASES.split(' ').flatMap((phase) => family(`${phase}_lua`, ' _file', EVERY_HTTP, ANYTHING, LUA_DOC)),
    ...repeatable(LUA_BLOCKS.map((name) => row(name, EVERY_HTTP, '[plain...] {entries}', LUA_DOC))),
    ...['init_by', 'init_worker_by', 'exit_worker_by'].flatMap((phase) => [
      ...family(`${phase}_lua`, ' _file', 'http stream', ANYTHING, LUA_DOC),
      ...repeatable([row(`${phase}_lua_block`, 'http stream', '{entries}', LUA_DOC)]),
    ]),
    ...['ssl_certificate_by', 'ssl_client_hello_by', 'ssl_session_fetch_by', 'ssl_session_store_by'].flatMap(
      (phase) => [
        ...family(`${phase}_lua`, ' _file', 'http server', ANYTHING, LUA_DOC),
        ...repeatable([row(`${phase}_lua_block`, 'http server', '{entries}', LUA_DOC)]),
      ],
    ),
    ...family('balancer_by_lua', ' _file', 'upstream', ANYTHING, LUA_DOC),
    ...repeatable([row('balancer_by_lua_block', 'upstream', '{entries}', LUA_DOC)]),
  ]),
  ...accepted('Portico runs no Lua; its own directives say so.', [
    ...family(
      'lua_',
      'package_path package_cpath shared_dict capture_error_log regex_match_limit regex_cache_max_entries malloc_trim sa_restart max_pending_timers max_running_timers',
      'http',
      ANYTHING,
      LUA_DOC,
    ),
    ...family(
      'lua_',
      'code_cache socket_connect_timeout socket_send_timeout socket_read_timeout socket_buffer_size socket_pool_size socket_keepalive_timeout socket_log_errors ssl_trusted_certificate ssl_verify_depth ssl_protocols ssl_ciphers ssl_crl need_request_body check_client_abort http10_buffering transform_underscores_in_response_headers use_default_type',
      HTTP_IF,
      ANYTHING,
      LUA_DOC,
    ),
    ...family('lua_', 'load_resty_core', 'http', ANYTHING, LUA_DOC),
  ]),
  ...refused(NJS, [
    ...family(
      'js_',
      'content body_filter header_filter access',
      `${HTTP_IF} limit_except`,
      ANYTHING,
      'JavaScript in the server (njs).',
    ),
    ...family(
      'js_',
      'import path set var include preload_object periodic fetch_trusted_certificate shared_dict_zone',
      HTTP,
      ANYTHING,
      'JavaScript in the server (njs).',
    ),
  ]),
  ...refused(ECHO, [
    ...family(
      'echo',
      ' _duplicate _flush _sleep _blocking_sleep _reset_timer _read_request_body _location _location_async _subrequest _subrequest_async _foreach_split _end _request_body _exec _status',
      EVERY_HTTP,
      ANYTHING,
      'Answers with a text (echo-nginx-module).',
    ),
    ...family('echo_', 'before_body after_body', EVERY_HTTP, ANYTHING, 'Text around a response (echo-nginx-module).'),
  ]),
  ...refused(FIREWALL, [
    row('modsecurity', HTTP, 'flag', 'A firewall of requests (ModSecurity).'),
    ...family(
      'modsecurity_',
      'rules rules_file rules_remote transaction_id use_error_log',
      HTTP,
      ANYTHING,
      'Rules of ModSecurity.',
    ),
    ...family(
      '',
      'SecRulesEnabled SecRulesDisabled DeniedUrl CheckRule MainRule BasicRule LearningMode LibInjectionSql LibInjectionXss',
      HTTP,
      ANYTHING,
      'A firewall of requests (NAXSI).',
    ),
    ...family(
      '',
      'testcookie testcookie_name testcookie_secret testcookie_session testcookie_arg testcookie_max_attempts testcookie_fallback testcookie_get_only testcookie_pass testcookie_whitelist',
      HTTP_IF,
      ANYTHING,
      'Keeps bots out by a cookie (testcookie).',
    ),
    ...family(
      'auth_',
      'pam pam_service_name ldap ldap_servers ldap_servers_size digest digest_user_file jwt jwt_key jwt_key_file jwt_enabled gss gss_keytab gss_realm',
      `${HTTP_IF} limit_except`,
      ANYTHING,
      'Logs clients in (a module of its own).',
    ),
  ]),
  ...later('Numbers of that kind are to come.', [
    ...family(
      'vhost_traffic_status',
      ' _bypass_limit _bypass_stats _display _display_format _display_jsonp _display_sum_key _dump _filter _filter_by_host _filter_by_set_key _filter_check_duplicate _filter_max_node _histogram_buckets _limit _limit_check_duplicate _limit_traffic _limit_traffic_by_set_key _set_by_filter _stats_by_upstream _average_method _zone',
      HTTP_IF,
      ANYTHING,
      'Numbers of sites (nginx-module-vts).',
    ),
    ...family(
      '',
      'status status_zone status_format sysguard sysguard_load sysguard_mem sysguard_interval',
      `${HTTP_IF} stream stream-server`,
      ANYTHING,
      STATUS,
    ),
    ...family(
      'upload_progress',
      ' _content_type _header _json_output _jsonp_output _jsonp_parameter _java_output _template',
      HTTP_IF,
      ANYTHING,
      'Tells how far an upload is (upload-progress).',
    ),
    ...family('', 'track_uploads report_uploads', HTTP_IF, ANYTHING, 'Tells how far an upload is (upload-progress).'),
    ...family(
      'check_',
      'http_send http_expect_alive fastcgi_param keepalive_requests shm_size status',
      'http server location upstream',
      ANYTHING,
      'Asks servers whether they are well (upstream-check).',
    ),
  ]),
  ...refused(PASSENGER, [
    row('passenger_enabled', HTTP_IF, 'flag', 'Runs an application (Passenger).'),
    ...family(
      'passenger_',
      'app_root app_type startup_file python ruby nodejs base_uri document_root app_env min_instances max_pool_size',
      HTTP_IF,
      ANYTHING,
      'How Passenger runs an application.',
    ),
  ]),
  ...accepted('Passenger does not run here.', [
    ...family(
      'passenger_',
      'root log_level log_file instance_registry_dir pool_idle_time max_request_queue_size max_requests max_instances_per_app user group friendly_error_pages pre_start set_header env_var spawn_method start_timeout disable_security_update_check show_version_in_header load_shell_envvars restart_dir sticky_sessions app_group_name concurrency_model thread_count memory_limit buffer_response buffer_upload default_user user_switching data_buffer_dir',
      HTTP_IF,
      ANYTHING,
      'A setting of Passenger.',
    ),
  ]),
  ...later('Folders are listed in the plain manner of `autoindex`.', [
    ...family(
      'fancyindex',
      ' _css_href _default_sort _case_sensitive _directories_first _exact_size _footer _header _show_path _show_dotfiles _ignore _hide_symlinks _hide_parent_dir _localtime _name_length _time_format',
      HTTP_IF,
      ANYTHING,
      'Lists folders (ngx-fancyindex).',
    ),
  ]),
  ...later('Variables of these modules are empty.', [
    ...family(
      'set_',
      'unescape_uri escape_uri quote_sql_str quote_pgsql_str quote_json_str if_empty hashed_upstream misc_secure_random_alphanum secure_random_alphanum secure_random_lcalpha rotate local_today formatted_gmt_time formatted_local_time md5 sha1 hmac_sha1 hmac_sha256 base32_alphabet encode_base32 decode_base32 encode_base64 decode_base64 encode_base64url decode_base64url encode_hex decode_hex crc32_short crc32_long random',
      EVERY_HTTP,
      ANYTHING,
      'Makes a variable (set-misc).',
    ),
    ...family(
      '',
      'encrypted_session_key encrypted_session_iv encrypted_session_expires set_encrypt_session set_decrypt_session',
      EVERY_HTTP,
      ANYTHING,
      'Encrypts a variable (encrypted-session).',
    ),
    ...family('array_', 'split join map map_op', EVERY_HTTP, ANYTHING, 'Lists in variables (array-var).'),
    ...family(
      '',
      'let set_form_input set_form_input_multi',
      EVERY_HTTP,
      ANYTHING,
      'Makes a variable (form-input, let).',
    ),
  ]),
  ...later(
    'The other server is not asked; the location answers 502.',
    asksOthers([
      ...family(
        '',
        'redis_pass redis2_pass redis2_query redis2_literal_raw_query redis2_connect_timeout redis2_read_timeout redis2_send_timeout redis2_buffer_size srcache_fetch srcache_store srcache_fetch_skip srcache_store_skip memc_pass memc_connect_timeout drizzle_pass postgres_pass rds_json mongo gridfs ajp_pass xqueue push_subscriber push_publisher push_stream_subscriber nchan_publisher nchan_subscriber nchan_pubsub nchan_channel_id nchan_message_buffer_length nchan_message_timeout',
        HTTP_IF,
        ANYTHING,
        'Answers from another program (a module of its own).',
      ),
    ]),
  ),
  ...refused('Portico sends no video streams. Leave the block "rtmp" to nginx, on addresses of its own.', [
    row('rtmp', 'main', '{entries}', 'Sends video streams (nginx-rtmp).'),
    ...family(
      'rtmp_',
      'stat stat_stylesheet control',
      'server location',
      ANYTHING,
      'Numbers of video streams (nginx-rtmp).',
    ),
  ]),
  ...accepted('Tracing is done by the access log.', [
    ...family(
      'opentracing',
      ' _load_tracer _tag _trace_locations _propagate_context _operation_name _fastcgi_propagate_context',
      HTTP_IF,
      ANYTHING,
      'Traces requests (OpenTracing).',
    ),
    ...family(
      'opentelemetry',
      ' _config _operation_name _propagate _attribute _trust_incoming_spans _ignore_paths',
      HTTP_IF,
      ANYTHING,
      'Traces requests (OpenTelemetry).',
    ),
    ...family(
      'otel_',
      'trace trace_context span_name span_attr service_name resource_attr',
      HTTP_IF,
      ANYTHING,
      'Traces requests (OpenTelemetry).',
    ),
    row('otel_exporter', 'http', '{entries}', 'Where traces go (OpenTelemetry).'),
  ]),
  ...later('Portico asks no authority for certificates yet.', [
    ...family('acme_', 'certificate shared_zone', HTTP, ANYTHING, 'Certificates from an authority (ACME).'),
    ...repeatable([row('acme_issuer', 'http', 'plain {entries}', 'An authority of certificates (ACME).')]),
  ]),
  ...later('SPNEGO, concat and their like have no effect.', [
    ...family(
      'concat',
      ' _types _unique _max_files _delimiter _ignore_file_error',
      HTTP,
      ANYTHING,
      'Joins files (nginx-http-concat).',
    ),
    ...family(
      '',
      'ajp_keep_conn server_tag server_info server_admin expires_by_types trim trim_js trim_css jsmin cssmin xss_get xss_callback_arg sticky_route tcp_nopush_delay substitutions_filter subs_filter subs_filter_types subs_filter_bypass replace_filter replace_filter_types replace_filter_max_buffered_size footer footer_types slowfs_cache headers_filter cookie_flag set_cookie_flag security_headers hide_server_tokens length_hiding unzip accesskey accesskey_arg accesskey_hashmethod accesskey_signature eval eval_override_content_type eval_subrequest_in_memory',
      HTTP_IF,
      ANYTHING,
      'A directive of a module that does not come with nginx.',
    ),
  ]),
];
