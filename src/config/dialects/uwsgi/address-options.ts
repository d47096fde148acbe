/** Options of uWSGI that say where to listen, and for whom. */

import type { Outcome } from '../../../kernel/outcome.ts';
import { success } from '../../../kernel/outcome.ts';
import { parseText } from '../../setting-values.ts';
import type { Option } from '../option.ts';
import { setting, settingOfEach } from '../option.ts';
import { readInteger, readSeconds } from '../option-values.ts';
import { each, flag, row } from './option-row.ts';
import { ROUTE_OPTIONS, readRoute } from './read-route.ts';
import { readAddress, readHttpsAddress, readHttpsKeys, readSocketMode, readSocketProtocol } from './uwsgi-values.ts';

const BACKLOG_MAX = 65_535;
/** The header of a packet has 16 bits for it. */
const PACKET_BYTES_MAX = 65_535;

/** Each with what it looks at; the rules are run in the order of all of them. */
const ROUTES: readonly Option[] = ROUTE_OPTIONS.map((name) => ({
  names: [`--${name}`],
  value: name === 'route-run' ? 'ACTION' : 'RULE',
  isRepeatable: true,
  doc: 'A rule that leads elsewhere or refuses: redirect:URL, redirect-permanent:URL, break:STATUS, last.',
  treatment: settingOfEach(
    (text) => readRoute(name, text),
    () => ({}),
  ),
}));

export const ADDRESS_OPTIONS: readonly Option[] = [
  ...ROUTES,
  each(
    'http httprouter http-socket http11-socket',
    ['ADDRESS', 'Where HTTP is spoken: HOST:PORT, :PORT or the path of a Unix socket.'],
    [readAddress, (httpAddresses) => ({ httpAddresses })],
  ),
  each(
    'https https-socket',
    ['ADDRESS,CERT,KEY', 'Where TLS is spoken, with the files of the certificate and its key.'],
    [readHttpsAddress, (httpsAddresses) => ({ httpsAddresses })],
  ),
  each(
    'https2',
    ['KEYS', 'The same as addr=ADDRESS,cert=CERT,key=KEY.'],
    [readHttpsKeys, (https2Addresses) => ({ https2Addresses })],
  ),
  each(
    'http-to-https',
    ['ADDRESS', 'Where HTTP is spoken that leads to https.'],
    [readAddress, (redirectAddresses) => ({ redirectAddresses })],
  ),
  each(
    's socket uwsgi-socket',
    ['ADDRESS', 'Where the uwsgi protocol is spoken.'],
    [readAddress, (socketAddresses) => ({ socketAddresses })],
  ),
  row(
    'protocol socket-protocol',
    'NAME',
    'What --socket speaks: uwsgi or http.',
    setting(readSocketProtocol, (socketProtocol) => ({ socketProtocol })),
  ),
  row(
    'l listen',
    'COUNT',
    'The length of the queue of connections.',
    setting(readInteger(1, BACKLOG_MAX), (backlog) => ({ backlog })),
  ),
  row(
    'C chmod-socket chmod',
    '[MODE]',
    'The mode of Unix sockets; 666 if none is said.',
    setting(readSocketMode, (socketMode) => ({ socketMode })),
  ),
  row(
    'chown-socket',
    'USER:GROUP',
    'The owner of Unix sockets.',
    setting(parseText, (socketOwner) => ({ socketOwner })),
  ),
  row(
    'http-keepalive',
    '[SECONDS]',
    'How long a connection is kept between requests; 75 seconds if it is not said.',
    setting(
      (text): Outcome<number | undefined> => (/^(?:|true|1)$/.test(text) ? success(undefined) : readSeconds(0)(text)),
      (keepAliveMs) => (keepAliveMs === undefined ? {} : { keepAliveMs }),
    ),
  ),
  row(
    'http-enable-proxy-protocol enable-proxy-protocol',
    '[SWITCH]',
    'Connections begin with the header of the PROXY protocol, which proxies of this machine and of private networks may send.',
    flag((proxyProtocol) => ({ proxyProtocol })),
  ),
  row(
    'limit-post',
    'BYTES',
    'The largest body of a request; 1 GiB if it is not said.',
    setting(readInteger(0, Number.MAX_SAFE_INTEGER), (bodyBytesMax) => ({ bodyBytesMax })),
  ),
  row(
    'b buffer-size',
    'BYTES',
    'The largest packet of variables where the uwsgi protocol is spoken; 65535, the largest that there can be, if it is not said. Of HTTP a head has 32768 bytes at most.',
    setting(readInteger(1), (bytes) => ({ uwsgiBufferBytes: Math.min(bytes, PACKET_BYTES_MAX) })),
  ),
];
