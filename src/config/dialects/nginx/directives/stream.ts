/** `stream`: connections that are passed on as they are. */

import type { Place } from '../../../place.ts';
import type { UpstreamAddress } from '../../../upstream-address.ts';
import { readUpstreamAddress } from '../../../upstream-address.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { later, repeatable, row } from '../row.ts';
import { decides } from './access-rules.ts';
import { keep } from './keep.ts';
import { passesTo } from './passing-on.ts';
import { STREAM_LISTENING } from './stream-listening.ts';
import { STREAM_PROXYING } from './stream-proxying.ts';
import { opensBlock } from './structure.ts';
import { upstream } from './upstreams.ts';

const BOTH = 'stream stream-server';
const WHY = 'Streams do not have this yet.';
const PROTOCOLS = 'SSLv2|SSLv3|TLSv1|TLSv1.1|TLSv1.2|TLSv1.3...';

/** To whom the connections of a server are passed on. */
export const STREAM_TARGET: DraftKey<{ readonly address: UpstreamAddress; readonly place: Place }> =
  draftKey('proxy_pass of a stream');
export const SENDS_AT_ONCE: DraftKey<boolean> = draftKey('tcp_nodelay of streams');

const LATER: readonly Row[] = later(WHY, [
  row('variables_hash_max_size', 'stream', 'number', 'Size of the table of variables.'),
  row('variables_hash_bucket_size', 'stream', 'number', 'Size of a row in the table of variables.'),
  row('server_names_hash_max_size', 'stream', 'number', 'Size of the table of names.'),
  row('server_names_hash_bucket_size', 'stream', 'number', 'Size of a row in the table of names.'),
  row('map_hash_max_size', 'stream', 'number', 'Size of the table of a `map`.'),
  row('map_hash_bucket_size', 'stream', 'number', 'Size of a row in the table of a `map`.'),
  row('resolver', `${BOTH} stream-upstream`, 'address...', 'Where names are looked up.'),
  row('resolver_timeout', `${BOTH} stream-upstream`, 'msec', 'How long looking up a name may take.'),
  row('proxy_protocol_timeout', BOTH, 'msec', 'How long the header of the PROXY protocol may take.'),
  row('preread_buffer_size', BOTH, 'size', 'How much is read before the connection is passed on.'),
  row('preread_timeout', BOTH, 'msec', 'How long reading that may take.'),
  row('pass', 'stream-server', 'text', 'The listener that gets the connections.'),
  row('return', 'stream-server', 'text', 'What a client gets before the connection is closed.'),
  row('ssl_preread', BOTH, 'flag', 'Whether the beginning of a handshake is looked at.'),
  row('ssl_handshake_timeout', BOTH, 'msec', 'How long a handshake may take.'),
  row('ssl_alpn', BOTH, 'plain...', 'Protocols of ALPN.'),
  row('proxy_bind', BOTH, 'text [plain]', 'The own address of connections to the upstream.'),
  row('proxy_socket_rcvbuf', BOTH, 'size', 'Memory of the system for what the upstream sends.'),
  row('proxy_socket_sndbuf', BOTH, 'size', 'Memory of the system for what the upstream gets.'),
  row('proxy_buffer_size', BOTH, 'size', 'Memory for what is passed on.'),
  row('proxy_downstream_buffer', BOTH, 'size', 'The older name of `proxy_buffer_size`.'),
  row('proxy_upstream_buffer', BOTH, 'size', 'The older name of `proxy_buffer_size`.'),
  row('proxy_protocol', BOTH, 'off|on|v2', 'Whether the upstream is told who the client is.'),
  row('proxy_upload_rate', BOTH, 'text', 'How fast clients are read, in bytes a second.'),
  row('proxy_download_rate', BOTH, 'text', 'How fast upstreams are read, in bytes a second.'),
  row('proxy_requests', BOTH, 'number', 'How many datagrams make a session.'),
  row('proxy_responses', BOTH, 'number', 'How many datagrams answer one.'),
  row('proxy_ssl', BOTH, 'flag', 'Whether TLS is spoken with the upstream.'),
  row('proxy_ssl_session_reuse', BOTH, 'flag', 'Whether sessions of TLS are taken up again.'),
  row('proxy_ssl_ciphers', BOTH, 'plain', 'Ciphers that may be used.'),
  row('proxy_ssl_name', BOTH, 'text', "The name that the upstream's certificate has to have."),
  row('proxy_ssl_server_name', BOTH, 'flag', 'Whether the name is told to the upstream.'),
  row('proxy_ssl_verify', BOTH, 'flag', "Whether the upstream's certificate is checked."),
  row(
    'proxy_ssl_verify_depth',
    BOTH,
    'number',
    "How many certificates may be between the upstream's and its authority's.",
  ),
  row('proxy_ssl_trusted_certificate', BOTH, 'path', "Authorities of the upstream's certificate."),
  row('proxy_ssl_crl', BOTH, 'path', 'Certificates that are revoked.'),
  row('proxy_ssl_certificate', BOTH, 'text', 'The certificate that is shown to the upstream.'),
  row('proxy_ssl_certificate_key', BOTH, 'text', 'The key of that certificate.'),
  row(
    'proxy_ssl_certificate_cache',
    BOTH,
    'parameter [parameter] [parameter]',
    'How many certificates with variables in their names are kept.',
  ),
  row('proxy_ssl_password_file', BOTH, 'path', 'Passwords of keys.'),
  row('proxy_ssl_alpn', BOTH, 'plain...', 'Protocols of ALPN for the upstream.'),
  ...repeatable([
    row('server_name', 'stream-server', 'plain...', 'Names by which TLS asks for the listener.'),
    row('upstream', 'stream', 'plain {stream-upstream}', 'Servers that share connections.', { apply: upstream }),
    row('set_real_ip_from', BOTH, 'address', 'A proxy that is believed when it tells the address of its client.'),
    row('set', 'stream-server', 'variable text', 'Gives a variable a value.'),
    row('map', 'stream', 'text variable {entries}', 'A variable whose value depends on another text.'),
    row('geo', 'stream', 'variable [variable] {entries}', 'A variable whose value depends on an address.'),
    row('split_clients', 'stream', 'text variable {entries}', 'A variable that divides clients by shares.'),
    row('log_format', 'stream', 'plain text...', 'What a line of the access log holds.'),
    row('access_log', BOTH, 'text [parameter...]', 'Where connections are logged, and how.'),
    row('proxy_ssl_protocols', BOTH, PROTOCOLS, 'Versions of TLS that are spoken with the upstream.'),
    row('proxy_ssl_conf_command', BOTH, 'plain plain', 'A setting of OpenSSL.'),
  ]),
]);

export const STREAM: readonly Row[] = [
  row('stream', 'main', '{stream}', 'Connections that are passed on as they are.', { apply: opensBlock }),
  row('tcp_nodelay', BOTH, 'flag', 'Whether small packets are sent at once.', {
    apply: keep(SENDS_AT_ONCE, (args) => args.flag(0)),
  }),
  row('proxy_pass', 'stream-server', 'text', 'The server, or the upstream, that gets the connections.', {
    apply: passOn,
  }),
  ...STREAM_LISTENING,
  ...STREAM_PROXYING,
  ...repeatable([
    row('server', 'stream', '{stream-server}', 'A listener.', { apply: opensBlock }),
    row('allow', BOTH, 'network', 'Clients that are let in.', { apply: decides(true) }),
    row('deny', BOTH, 'network', 'Clients that are kept out.', { apply: decides(false) }),
  ]),
  ...LATER,
];

function passOn(args: GivenArguments, draft: Draft, report: NginxReport): void {
  passesTo({ protocol: undefined, needsPort: true })(args, draft, report);
  const address = readUpstreamAddress(args.text(0));
  if (args.text(0).includes('$')) {
    report('nginx.later', args.place(0), 'a server that a variable names is not asked yet', {
      hint: 'Nobody listens at the address of this server.',
      severity: 'warning',
    });
  } else if (address.ok) {
    draft.set(STREAM_TARGET, { address: address.value, place: args.place(0) });
  }
}
