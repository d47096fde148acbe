/** The strings by which Twisted names where to listen: `tcp:8000:interface=127.0.0.1`, `unix:/run/site.sock`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { BindAddress } from '../bind-address.ts';
import { readHost, readInteger, readPort, readSocketPath } from './option-values.ts';

export interface Endpoint {
  readonly address: BindAddress;
  readonly backlog?: number;
  /** TLS is spoken there. */
  readonly certificate?: { readonly certFile: string; readonly keyFile: string };
}

type Kind = 'tcp' | 'ssl' | 'unix';
/** The values of an endpoint by their names. */
type Words = ReadonlyMap<string, string>;

const BACKLOG_MAX = 65_535;
const OWN_SOCKETS =
  'Portico makes its sockets itself and keeps them open over reloads. Name the address with tcp:, ssl: or unix:';
/** Why the other kinds are not read. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['systemd', OWN_SOCKETS],
  ['fd', OWN_SOCKETS],
]);
/** As in Twisted: where the private key is if nothing is said. */
const DEFAULT_KEY_FILE = 'server.pem';

/** The words of each kind, in the order in which they may stand without their names, and why some of them are not read. */
const WORDS: Readonly<Record<Kind, readonly (readonly [name: string, refusal?: string])[]>> = {
  tcp: [['port'], ['interface'], ['backlog']],
  ssl: [
    ['port'],
    ['privateKey'],
    ['certKey'],
    ['sslmethod', 'TLS 1.2 and 1.3 are spoken, and clients choose. Leave it out'],
    ['interface'],
    ['backlog'],
    ['extraCertChain', 'Put these certificates into the file of certKey, behind the first one'],
    ['dhParameters', 'Keys are agreed upon by elliptic curves. Leave it out'],
  ],
  unix: [
    ['address'],
    ['mode', 'PORTICO_UMASK is for the permissions of the socket'],
    ['backlog'],
    ['lockfile', 'The socket of a server that is gone is found and replaced without it. Leave it out'],
  ],
};

export function readEndpoint(text: string): Outcome<Endpoint> {
  const [kind = '', ...words] = splitEscaped(text, ':');
  switch (kind) {
    case 'tcp':
      return readWords('tcp', words, (named) => readTcp(named, '0.0.0.0'));
    case 'tcp6':
      return readWords('tcp', words, (named) => readTcp(named, '::'));
    case 'ssl':
      return readWords('ssl', words, readSsl);
    case 'unix':
      return readWords('unix', words, readUnix);
    default:
      return failure(
        REFUSALS.get(kind) ?? `"${text}" is not an endpoint that is supported. Write tcp:PORT, ssl:PORT or unix:PATH`,
      );
  }
}

function readTcp(named: Words, everywhere: string): Outcome<Endpoint> {
  const port = readPort(named.get('port') ?? '');
  const host = readHost(named.get('interface') || everywhere);
  if (!port.ok || !host.ok) {
    return port.ok ? failure(host.ok ? '' : host.fault) : port;
  }
  return withBacklog({ kind: 'tcp', host: host.value, port: port.value }, named.get('backlog'));
}

function readSsl(named: Words): Outcome<Endpoint> {
  const keyFile = named.get('privateKey') ?? DEFAULT_KEY_FILE;
  const certFile = named.get('certKey') ?? keyFile;
  if (keyFile === '' || certFile === '') {
    return failure('ssl: needs files: ssl:443:privateKey=key.pem:certKey=cert.pem');
  }
  const endpoint = readTcp(named, '0.0.0.0');
  return endpoint.ok ? success({ ...endpoint.value, certificate: { certFile, keyFile } }) : endpoint;
}

function readUnix(named: Words): Outcome<Endpoint> {
  const address = readSocketPath(named.get('address') ?? '');
  return address.ok ? withBacklog(address.value, named.get('backlog')) : address;
}

function withBacklog(address: BindAddress, text: string | undefined): Outcome<Endpoint> {
  if (text === undefined) {
    return success({ address });
  }
  const backlog = readInteger(1, BACKLOG_MAX)(text);
  return backlog.ok ? success({ address, backlog: backlog.value }) : backlog;
}

function readWords(kind: Kind, words: readonly string[], read: (named: Words) => Outcome<Endpoint>): Outcome<Endpoint> {
  const known = WORDS[kind];
  const named = new Map<string, string>();
  let namelessCount = 0;
  for (const word of words) {
    const [first = '', ...rest] = splitEscaped(word, '=');
    const name = rest.length === 0 ? known[namelessCount]?.[0] : withoutEscapes(first);
    namelessCount += rest.length === 0 ? 1 : 0;
    const row = known.find(([own]) => own === name);
    if (row === undefined) {
      return failure(`"${name ?? withoutEscapes(word)}" is not supported in ${kind}:. Leave it out`);
    }
    if (row[1] !== undefined) {
      return failure(`"${row[0]}" is not supported in ${kind}:. ${row[1]}`);
    }
    if (named.has(row[0])) {
      return failure(`"${row[0]}" is given twice in ${kind}:. Leave one out`);
    }
    named.set(row[0], withoutEscapes(rest.length === 0 ? word : rest.join('=')));
  }
  return read(named);
}

/** A backslash takes the meaning from the sign behind it; it stays, for what is split next. */
function splitEscaped(text: string, separator: ':' | '='): string[] {
  const parts = [''];
  for (const [piece] of text.matchAll(/\\.|[^\\]|\\$/gsu)) {
    if (piece === separator) {
      parts.push('');
    } else {
      parts.push(`${parts.pop() ?? ''}${piece}`);
    }
  }
  return parts;
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/gsu, '$1');
}
