/**
 * The variables that a request has without any configuration, by nginx's names. Readers ask whether a name is one of them: a name that neither is nor is defined
 * (`set`, `map`, a named group of a regex, …) is a fault of the file. `edge/pipeline/variables/` has a value for each.
 */

/** Names are compared without regard to case, and are kept in lower case. */
export const VARIABLE_NAMES: ReadonlySet<string> = new Set([
  // The request.
  ...['args', 'is_args', 'query_string', 'uri', 'document_uri', 'request_uri', 'request', 'request_method'],
  ...['request_id', 'request_length', 'request_body', 'request_body_file', 'request_completion', 'request_time'],
  ...['content_length', 'content_type', 'host', 'scheme', 'https', 'http2', 'http3', 'server_protocol', 'remote_user'],
  ...['request_port', 'is_request_port', 'limit_rate'],
  // Files.
  ...['document_root', 'realpath_root', 'request_filename', 'fastcgi_script_name', 'fastcgi_path_info'],
  // The connection.
  ...['binary_remote_addr', 'remote_addr', 'remote_port', 'realip_remote_addr', 'realip_remote_port'],
  ...['server_addr', 'server_port', 'server_name', 'connection', 'connection_requests', 'connection_time', 'pipe'],
  ...['proxy_protocol_addr', 'proxy_protocol_port', 'proxy_protocol_server_addr', 'proxy_protocol_server_port'],
  ...['tcpinfo_rtt', 'tcpinfo_rttvar', 'tcpinfo_snd_cwnd', 'tcpinfo_rcv_space'],
  // TLS.
  ...['ssl_protocol', 'ssl_cipher', 'ssl_ciphers', 'ssl_curve', 'ssl_curves', 'ssl_session_id', 'ssl_session_reused'],
  ...['ssl_early_data', 'ssl_server_name', 'ssl_alpn_protocol', 'ssl_sigalg', 'ssl_client_sigalg'],
  ...['ssl_client_cert', 'ssl_client_raw_cert', 'ssl_client_escaped_cert', 'ssl_client_s_dn', 'ssl_client_i_dn'],
  ...['ssl_client_s_dn_legacy', 'ssl_client_i_dn_legacy', 'ssl_client_serial', 'ssl_client_fingerprint'],
  ...['ssl_client_verify', 'ssl_client_v_start', 'ssl_client_v_end', 'ssl_client_v_remain'],
  // The response.
  ...['status', 'bytes_sent', 'body_bytes_sent', 'gzip_ratio'],
  // The server.
  ...['hostname', 'pid', 'nginx_version', 'msec', 'time_iso8601', 'time_local', 'date_local', 'date_gmt'],
  ...['connections_active', 'connections_reading', 'connections_writing', 'connections_waiting'],
  // What modules say.
  ...['invalid_referer', 'secure_link', 'secure_link_expires', 'uid_got', 'uid_set', 'uid_reset'],
  ...['limit_req_status', 'limit_conn_status', 'msie', 'modern_browser', 'ancient_browser'],
  // Upstreams: an application counts as one.
  ...['proxy_host', 'proxy_port', 'proxy_add_x_forwarded_for'],
  ...['upstream_addr', 'upstream_status', 'upstream_connect_time', 'upstream_header_time', 'upstream_response_time'],
  ...['upstream_response_length', 'upstream_bytes_received', 'upstream_bytes_sent', 'upstream_cache_status'],
  ...['upstream_last_server_name'],
]);

/** Behind each stands a name of the client's, the server's or the upstream's: `$http_user_agent`. */
export const VARIABLE_PREFIXES: readonly string[] = [
  'arg_',
  'cookie_',
  'http_',
  'sent_http_',
  'sent_trailer_',
  'upstream_http_',
  'upstream_cookie_',
  'upstream_trailer_',
  'proxy_protocol_tlv_',
];

/** Those that `set` may give another value. A name behind a prefix may be defined too; it is then an ordinary variable. */
export const SETTABLE_VARIABLES: ReadonlySet<string> = new Set(['args', 'limit_rate']);

export function isKnownVariable(name: string): boolean {
  const lower = name.toLowerCase();
  return VARIABLE_NAMES.has(lower) || VARIABLE_PREFIXES.some((prefix) => isBehind(lower, prefix));
}

function isBehind(name: string, prefix: string): boolean {
  return name.length > prefix.length && name.startsWith(prefix);
}

/** Variables of modules that are not here, and of `stream`: a file that names them is not wrong, and its directives are told of. */
const OF_OTHERS =
  /^(jwt_\w+|oidc_\w+|app_protect_\w+|geoip2?_\w+|fancyindex_\w+|session_log_\w+|protocol|bytes_received|session_time|ssl_preread_\w+|ssl_(?:alpn_protocol|ciphers?|curves?|sigalg|early_data|encrypted_hello|protocol|server_name|server_cert_type|session_id|session_reused|client_\w+)|slice_range|proxy_internal_\w+|grpc_internal_trailers|proxy_add_via|upstream_(?:addr|bytes_received|bytes_sent|connect_time|first_byte_time|header_time|last_addr|last_server_name|method|queue_time|response_length|response_time|session_time|status|cache_(?:status|age|key|last_modified|max_age))|brotli_ratio|zstd_ratio|vts_\w+|otel_\w+|opentracing_\w+|passenger_\w+|cache_purge_\w+|acme_\w+|js_\w+|connections_\w+|pid|request_uri_path|uploadprogress_\w+|upload_\w+|echo_\w+|memcached_key)$/;

/** Variables that are no fault of a file, although they have no value here: those of others, and a prefix alone, as `$arg_`, which nginx takes for the argument without a name. */
export function isForeignVariable(name: string): boolean {
  return VARIABLE_PREFIXES.includes(name) || OF_OTHERS.test(name);
}

/** Groups of a regex that have a name are variables. */
export function namedGroupsOf(regex: string): readonly string[] {
  return regex.includes('(?')
    ? [...regex.matchAll(/\(\?(?:P?<|')([A-Za-z_]\w*)[>']/g)].map(([, name = '']) => name)
    : [];
}
