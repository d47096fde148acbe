/** TLS, HTTP/2 and HTTP/3. */

import type { Row } from '../row.ts';
import { accepted, later, repeatable, row } from '../row.ts';
import { CERTIFICATE_KEYS, CERTIFICATES, checkSessionCache, REJECTS_HANDSHAKES } from './certificates.ts';
import { HTTP, HTTP_SERVER } from './contexts.ts';
import { keep } from './keep.ts';

/** Where each directive of TLS may be, whatever is spoken over it. */
const TLS = 'http server stream stream-server mail mail-server';
const STREAMED = 'http server stream stream-server';
const PROTOCOLS = 'SSLv2|SSLv3|TLSv1|TLSv1.1|TLSv1.2|TLSv1.3...';

const NO_TLS = 'TLS of nginx files is to come: until then a listener with `ssl` does not start.';
const NO_HTTP2 = 'HTTP/1.1 is spoken.';
const OBSOLETE = 'nginx itself has given it up.';

export const TLS_ROWS: readonly Row[] = [
  ...later(NO_TLS, [
    ...repeatable([
      row('ssl_certificate', TLS, 'text', 'The certificate, and those between it and its authority.', {
        apply: (args, draft) => draft.append(CERTIFICATES, { name: args.text(0), place: args.place(0) }),
      }),
      row('ssl_certificate_key', TLS, 'text', 'The key of the certificate.', {
        apply: (args, draft) => draft.append(CERTIFICATE_KEYS, args.text(0)),
      }),
      row('ssl_protocols', TLS, PROTOCOLS, 'Versions of TLS that are spoken.'),
      row('ssl_session_ticket_key', TLS, 'path', 'A key that encrypts tickets.'),
      row('ssl_session_cache', TLS, 'plain [plain]', 'Where sessions are kept.', { apply: checkSessionCache }),
      row('ssl_conf_command', TLS, 'plain plain', 'A setting of OpenSSL.'),
      row('ssl_ech_file', STREAMED, 'path', 'A key that encrypts the beginning of a handshake.'),
    ]),
    row(
      'ssl_certificate_cache',
      STREAMED,
      'parameter [parameter] [parameter]',
      'How many certificates with variables in their names are kept.',
    ),
    row('ssl_certificate_compression', TLS, 'flag', 'Whether certificates are sent compressed.'),
    row('ssl_password_file', TLS, 'path', 'Passwords of keys.'),
    row('ssl_dhparam', TLS, 'path', 'Parameters of an older exchange of keys.'),
    row('ssl_ecdh_curve', TLS, 'plain', 'Curves of the exchange of keys.'),
    row('ssl_ciphers', TLS, 'plain', 'Ciphers that may be used.'),
    row('ssl_verify_client', TLS, 'off|on|optional|optional_no_ca', 'Whether clients have to show a certificate.'),
    row('ssl_verify_depth', TLS, 'number', "How many certificates may be between a client's and its authority's."),
    row('ssl_client_certificate', TLS, 'path', "Authorities of clients' certificates, which are told to clients."),
    row('ssl_trusted_certificate', TLS, 'path', "Authorities of clients' certificates, which are not told to clients."),
    row('ssl_prefer_server_ciphers', TLS, 'flag', 'Whether the server chooses the cipher.'),
    row('ssl_session_tickets', TLS, 'flag', 'Whether clients keep their sessions themselves.'),
    row('ssl_session_timeout', TLS, 'sec', 'How long a session may be taken up again.'),
    row('ssl_crl', TLS, 'path', 'Certificates that are revoked.'),
    row('ssl_ocsp', STREAMED, 'off|on|leaf', "Whether authorities are asked about clients' certificates."),
    row('ssl_ocsp_responder', STREAMED, 'plain', 'Who is asked.'),
    row('ssl_ocsp_cache', STREAMED, 'plain', 'Where answers of authorities are kept.'),
    row('ssl_stapling', STREAMED, 'flag', "Whether the authority's word about the certificate is sent with it."),
    row('ssl_stapling_file', STREAMED, 'path', "The authority's word, from a file."),
    row('ssl_stapling_responder', STREAMED, 'plain', "Who is asked for the authority's word."),
    row('ssl_stapling_verify', STREAMED, 'flag', "Whether the authority's word is checked."),
    row('ssl_reject_handshake', STREAMED, 'flag', 'Whether handshakes are refused.', {
      apply: keep(REJECTS_HANDSHAKES, (args) => args.flag(0)),
    }),
    row('ssl_buffer_size', HTTP_SERVER, 'size', 'How much is encrypted at a time.'),
    row('ssl_early_data', HTTP_SERVER, 'flag', 'Whether data may come before the handshake is done.'),
    row('ssl', 'http server mail mail-server', 'flag', 'Whether TLS is spoken on all addresses.'),
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
