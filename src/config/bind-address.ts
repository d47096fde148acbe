/** An address to listen on, as people write it: HOST:PORT, :PORT, PORT, HOST, [::1]:PORT, unix:PATH. Datagrams (UDP) come only to addresses of streams, which say so. */

import { renderHostPort } from '../kernel/addresses/render-host.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';

export type BindAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'udp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string };

/** An address of the command line. `speaks`: absent for HTTP. */
export type ServeBind = BindAddress & { readonly speaks?: 'uwsgi' };

/** As gunicorn: the port of a host that is given without one. */
export const DEFAULT_PORT = 8000;
const PORT_MAX = 65_535;
/** sockaddr_un on Linux holds 108 bytes with the NUL at the end. */
export const UNIX_PATH_BYTES_MAX = 107;

export function parseBindAddress(text: string): Outcome<BindAddress> {
  if (text.startsWith('unix:')) {
    return parseUnix(text.slice('unix:'.length));
  }
  const match = /^(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]/\s]*))(?::(\d+))?$/.exec(text);
  if (!match || text === '') {
    return failure(`"${text}" is not an address. Write HOST:PORT, :PORT, [::1]:PORT or unix:/path/to/socket`);
  }
  const [, v6, name = '', portText] = match;
  if (v6 === undefined && portText === undefined && /^\d+$/.test(name)) {
    return bindPort('127.0.0.1', name);
  }
  return bindPort(v6 ?? (name === '' || name === '*' ? '0.0.0.0' : name), portText ?? String(DEFAULT_PORT));
}

const UWSGI = /^uwsgi:(?:\/\/)?/;

/** … or an address where uwsgi is spoken: uwsgi://HOST:PORT, uwsgi:/PATH, uwsgi:unix:PATH. */
export function parseServeBind(text: string): Outcome<ServeBind> {
  if (!UWSGI.test(text)) {
    return parseBindAddress(text);
  }
  const where = text.replace(UWSGI, '');
  // `uwsgi:/PATH` has one slash, `uwsgi:///PATH` three.
  const address = where.startsWith('/') ? parseUnix(where) : parseBindAddress(where);
  return address.ok ? success({ ...address.value, speaks: 'uwsgi' }) : address;
}

/** Those that are given more than once, as they are written. Port 0 is another each time. */
export function repeatedAddresses(addresses: readonly BindAddress[]): string[] {
  const written = addresses.flatMap((address) =>
    address.kind !== 'unix' && address.port === 0 ? [] : [renderBindAddress(address)],
  );
  return written.filter((text, index) => written.indexOf(text) < index);
}

/** What a browser would be given, or the path of the socket. Two addresses that can both be bound are written differently: one port may be that of TCP and that of UDP. */
export function renderBindAddress(address: BindAddress): string {
  if (address.kind === 'unix') {
    return `unix:${address.path}`;
  }
  return `${renderHostPort(address.host, address.port)}${address.kind === 'udp' ? ' udp' : ''}`;
}

function parseUnix(path: string): Outcome<BindAddress> {
  if (path === '' || path.endsWith('/')) {
    return failure('unix: needs the path of a socket, as in unix:/run/site/portico.sock');
  }
  if (Buffer.byteLength(path) > UNIX_PATH_BYTES_MAX) {
    return failure(
      `the path of a Unix socket has at most ${UNIX_PATH_BYTES_MAX} bytes; choose a shorter one than "${path}"`,
    );
  }
  return success({ kind: 'unix', path });
}

function bindPort(host: string, portText: string): Outcome<BindAddress> {
  const port = Number(portText);
  if (port > PORT_MAX) {
    return failure(`port ${portText} does not exist. Ports go up to ${PORT_MAX}`);
  }
  return success({ kind: 'tcp', host, port });
}
