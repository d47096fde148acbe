/** The strings by which Twisted names where to listen: `tcp:8000:interface=127.0.0.1`, `unix:/run/site.sock`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { BindAddress } from '../bind-address.ts';
import { readHost, readInteger, readPort, readSocketPath } from './option-values.ts';

export interface Endpoint {
  readonly address: BindAddress;
  readonly backlog?: number;
}

interface EndpointWords {
  readonly positional: readonly string[];
  readonly named: ReadonlyMap<string, string>;
}

const BACKLOG_MAX = 65_535;
/** Why the other kinds are not read. */
const REFUSALS: ReadonlyMap<string, string> = new Map([
  ['ssl', 'TLS is to come. Until then a proxy in front speaks it: listen on tcp: here'],
  ['systemd', 'Portico makes its sockets itself and keeps them open over reloads. Name the address with tcp: or unix:'],
  ['fd', 'Portico makes its sockets itself and keeps them open over reloads. Name the address with tcp: or unix:'],
]);

export function readEndpoint(text: string): Outcome<Endpoint> {
  const [kind = '', ...words] = splitEscaped(text, ':');
  switch (kind) {
    case 'tcp':
      return readTcp(splitWords(words), '0.0.0.0');
    case 'tcp6':
      return readTcp(splitWords(words), '::');
    case 'unix':
      return readUnix(splitWords(words));
    default:
      return failure(
        REFUSALS.get(kind) ?? `"${text}" is not an endpoint that is supported. Write tcp:PORT or unix:PATH`,
      );
  }
}

function readTcp({ positional, named }: EndpointWords, everywhere: string): Outcome<Endpoint> {
  const stranger = strangerIn(named, ['port', 'interface', 'backlog']);
  if (stranger !== undefined) {
    return failure(`"${stranger}" is not supported in tcp:. Leave it out`);
  }
  const [
    portText = named.get('port') ?? '',
    hostText = named.get('interface') ?? everywhere,
    backlog = named.get('backlog'),
  ] = positional;
  const port = readPort(portText);
  const host = readHost(hostText === '' ? everywhere : hostText);
  if (!port.ok || !host.ok) {
    return port.ok ? failure(host.ok ? '' : host.fault) : port;
  }
  return withBacklog({ kind: 'tcp', host: host.value, port: port.value }, backlog);
}

function readUnix({ positional, named }: EndpointWords): Outcome<Endpoint> {
  const stranger = strangerIn(named, ['address', 'backlog']);
  if (stranger !== undefined) {
    return failure(`"${stranger}" is not supported in unix:. PORTICO_UMASK is for the permissions of the socket`);
  }
  const [path = named.get('address') ?? '', ...rest] = positional;
  if (rest.length > 0) {
    return failure('unix: takes the path of a socket. PORTICO_UMASK is for its permissions');
  }
  const address = readSocketPath(path);
  return address.ok ? withBacklog(address.value, named.get('backlog')) : address;
}

function withBacklog(address: BindAddress, text: string | undefined): Outcome<Endpoint> {
  if (text === undefined) {
    return success({ address });
  }
  const backlog = readInteger(1, BACKLOG_MAX)(text);
  return backlog.ok ? success({ address, backlog: backlog.value }) : backlog;
}

function strangerIn(named: ReadonlyMap<string, string>, known: readonly string[]): string | undefined {
  return [...named.keys()].find((name) => !known.includes(name));
}

function splitWords(words: readonly string[]): EndpointWords {
  const positional: string[] = [];
  const named = new Map<string, string>();
  for (const word of words) {
    const [name = '', ...rest] = splitEscaped(word, '=');
    if (rest.length === 0) {
      positional.push(withoutEscapes(word));
    } else {
      named.set(withoutEscapes(name), withoutEscapes(rest.join('=')));
    }
  }
  return { positional, named };
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
