/** TLS, HTTP/2 and HTTP/3. */

import type { Row } from '../row.ts';
import { accepted, later, repeatable, row } from '../row.ts';
import { CLIENT_STATUS_ROWS } from './client-status.ts';
import { HTTP, HTTP_SERVER } from './contexts.ts';
import { SITE_TLS_ROWS, STREAMED, TLS } from './site-tls.ts';

const NO_ECH = 'Clients say the name of the site openly, as most do.';
const NO_HTTP2 = 'HTTP/1.1 is spoken.';
const OBSOLETE = 'nginx itself has given it up.';

export const TLS_ROWS: readonly Row[] = [
  ...SITE_TLS_ROWS,
  ...CLIENT_STATUS_ROWS,
  ...later(NO_ECH, [
    ...repeatable([row('ssl_ech_file', STREAMED, 'path', 'A key that encrypts the beginning of a handshake.')]),
  ]),
  ...accepted('They are kept as long as their files are the same, which is looked at once a second.', [
    row(
      'ssl_certificate_cache',
      STREAMED,
      'parameter [parameter] [parameter]',
      'How many certificates with variables in their names are kept.',
    ),
  ]),
  ...accepted('They are sent as they are.', [
    row('ssl_certificate_compression', TLS, 'flag', 'Whether certificates are sent compressed.'),
  ]),
  ...later(NO_HTTP2, [
    row('http2', HTTP_SERVER, 'flag', 'Whether HTTP/2 is spoken.'),
    row('http3', HTTP_SERVER, 'flag', 'Whether HTTP/3 is spoken.'),
    row('http3_hq', HTTP_SERVER, 'flag', 'Whether the predecessor of HTTP/3 is spoken, for tests.'),
  ]),
  ...accepted(NO_HTTP2, [
    row('http2_recv_buffer_size', 'http', 'size', 'Memory by which HTTP/2 is read.'),
    row('http2_pool_size', HTTP_SERVER, 'size', 'Memory that is set aside for a connection of HTTP/2.'),
    row('http2_max_concurrent_streams', HTTP_SERVER, 'number', 'How many requests may run on a connection of HTTP/2.'),
    row('http2_body_preread_size', HTTP_SERVER, 'size', 'How much of a body comes before it is asked for.'),
    row('http2_streams_index_size', HTTP_SERVER, 'number', 'Size of the table of requests.'),
    row('http2_chunk_size', HTTP, 'size', 'How large frames of HTTP/2 are.'),
    row('http3_max_concurrent_streams', HTTP_SERVER, 'number', 'How many requests may run on a connection of HTTP/3.'),
    row('http3_stream_buffer_size', HTTP_SERVER, 'size', 'Memory for a request of HTTP/3.'),
    row('quic_retry', HTTP_SERVER, 'flag', "Whether clients' addresses are proved first."),
    row('quic_gso', HTTP_SERVER, 'flag', 'Whether packets are sent in batches.'),
    row('quic_host_key', HTTP_SERVER, 'path', 'The key of tokens of QUIC.'),
    row('quic_active_connection_id_limit', HTTP_SERVER, 'number', 'How many names a connection of QUIC may have.'),
    row('quic_mtu', HTTP_SERVER, 'size', 'How large packets of QUIC are.'),
  ]),
  ...accepted(OBSOLETE, [
    row('http2_max_concurrent_pushes', HTTP_SERVER, 'number', 'How many responses were pushed at a time.'),
    row('http2_max_requests', HTTP_SERVER, 'number', 'How many requests might come on a connection.'),
    row('http2_max_field_size', HTTP_SERVER, 'size', 'How long a field might be.'),
    row('http2_max_header_size', HTTP_SERVER, 'size', 'How long a head might be.'),
    row('http2_recv_timeout', HTTP_SERVER, 'msec', 'How long a client might pause.'),
    row('http2_idle_timeout', HTTP_SERVER, 'msec', 'How long an idle connection stayed open.'),
    row('http2_push_preload', HTTP, 'flag', 'Whether what Link fields name was pushed.'),
    ...repeatable([row('http2_push', HTTP, 'text', 'What was pushed.')]),
  ]),
];
