/**
 * What a packet of variables asks for, as the head of an HTTP/1.0 request: everything that holds for requests of HTTP, from the grammar of fields to their bounds, holds for it from there
 * on, and one reader says so. HTTP/1.0, because whoever is in front reads the response up to the end of the connection and undoes no chunks.
 *
 * Names of fields that differ in `-` and `_` alone are one variable: which of them the client has sent is nothing that can be told here.
 */

import type { FrontRequest } from '../http/front-request.ts';
import { isToken } from '../http/grammar.ts';
import { readAskedTarget } from './asked-target.ts';
import type { UwsgiFault } from './faults.ts';
import { UWSGI_REQUEST_LIMITS } from './limits.ts';
import { isPassedOn } from './passed-variables.ts';
import type { UwsgiVariable } from './render-packet.ts';

export interface UwsgiRequest {
  readonly kind: 'request';
  /** Of a request of HTTP/1.0 in latin-1, with its empty line. */
  readonly head: string;
  readonly front: FrontRequest;
  /** The rest is as it was said: nobody has looked whether it makes sense. '' where it was not. */
  readonly remoteAddress: string;
  readonly remotePort: string;
  readonly serverName: string;
  readonly serverPort: string;
  readonly scheme: 'http' | 'https';
}

export type UwsgiReading = UwsgiRequest | { readonly kind: 'invalid'; readonly fault: UwsgiFault };

/** Of these two that say different things contradict each other. */
const READ = new Set([
  ...['REQUEST_METHOD', 'REQUEST_URI', 'PATH_INFO', 'QUERY_STRING', 'SCRIPT_NAME', 'CONTENT_TYPE', 'CONTENT_LENGTH'],
  ...['REMOTE_ADDR', 'REMOTE_PORT', 'SERVER_NAME', 'SERVER_PORT', 'HTTPS', 'REQUEST_SCHEME', 'UWSGI_SCHEME'],
  ...['HTTP_CONTENT_LENGTH', 'HTTP_TRANSFER_ENCODING'],
]);

/** About the connection between the client and whoever is in front, or said by a variable of another name. */
const DROPPED = new Set([
  ...['HTTP_CONNECTION', 'HTTP_PROXY_CONNECTION', 'HTTP_KEEP_ALIVE', 'HTTP_TE', 'HTTP_TRAILER', 'HTTP_UPGRADE'],
  ...['HTTP_EXPECT', 'HTTP_CONTENT_TYPE', 'HTTP_CONTENT_LENGTH', 'HTTP_TRANSFER_ENCODING'],
]);

const FIELD = 'HTTP_';
/** Names of fields that were read before. Clients choose names, so neither their number nor their length may grow. */
const FIELD_MEMORY = { namesMax: 512, nameBytesMax: 64 } as const;
const fieldNames = new Map<string, string>();
const LINE_BREAK = /[\r\n\0]/;
const DIGITS = /^[0-9]{1,16}$/;

/** `takesMountAway`: SCRIPT_NAME is to be taken away from PATH_INFO. */
export function readUwsgiRequest(variables: readonly UwsgiVariable[], takesMountAway: boolean): UwsgiReading {
  if (variables.length > UWSGI_REQUEST_LIMITS.variablesMax) {
    return invalid('uwsgi.too-many-variables', `more than ${UWSGI_REQUEST_LIMITS.variablesMax} variables`, 431);
  }
  const said = new Map<string, string>();
  let fields = '';
  let passed = '';
  for (const { name, value } of variables) {
    if (READ.has(name)) {
      if ((said.get(name) ?? value) !== value) {
        return invalid('uwsgi.repeated-variable', `${name} is said twice, and differently`);
      }
      said.set(name, value);
    }
    const field = fieldOf(name);
    if (field !== undefined) {
      if (field === '' || LINE_BREAK.test(value)) {
        return invalid('uwsgi.bad-field', 'a variable that is no field of a request');
      }
      fields += `${field}: ${value}\r\n`;
    } else if (isPassedOn(name, value)) {
      // Behind it would come a variable that nobody has said.
      if (name.includes('\0') || value.includes('\0')) {
        return invalid('uwsgi.bad-variable', 'a variable with a NUL in it');
      }
      passed += `\0${name}\0${value}`;
    }
  }
  return requestOf(said, { fields, passed, takesMountAway });
}

/** The name of the field that a variable stands for: '' if there can be none of that name. Undefined: it stands for none that is in the head. */
function fieldOf(name: string): string | undefined {
  if (!name.startsWith(FIELD)) {
    return undefined;
  }
  const known = fieldNames.get(name);
  if (known !== undefined) {
    return known;
  }
  if (DROPPED.has(name)) {
    return undefined;
  }
  const field = name.slice(FIELD.length);
  const found = isToken(field) ? field.replaceAll('_', '-') : '';
  if (name.length <= FIELD_MEMORY.nameBytesMax) {
    if (fieldNames.size >= FIELD_MEMORY.namesMax) {
      fieldNames.clear();
    }
    fieldNames.set(name, found);
  }
  return found;
}

interface Gathered {
  readonly fields: string;
  readonly passed: string;
  readonly takesMountAway: boolean;
}

function requestOf(said: ReadonlyMap<string, string>, { fields, passed, takesMountAway }: Gathered): UwsgiReading {
  const value = (name: string): string => said.get(name) ?? '';
  const method = value('REQUEST_METHOD');
  if (!isToken(method)) {
    return invalid('uwsgi.bad-method', 'REQUEST_METHOD is no method');
  }
  const asked = readAskedTarget(said, takesMountAway);
  if (asked.kind === 'invalid') {
    return asked;
  }
  const body = bodyOf(said);
  if (typeof body !== 'string') {
    return body;
  }
  const scheme = schemeOf(said);
  if (scheme === undefined) {
    return invalid('uwsgi.bad-scheme', 'a scheme that is neither http nor https');
  }
  const { line, scriptName, takenAway, isPathEmpty, target } = asked;
  return {
    kind: 'request',
    head: `${method} ${line} HTTP/1.0\r\n${body}${fields}\r\n`,
    front: { scriptName, takenAway, isPathEmpty, target, variables: passed },
    remoteAddress: value('REMOTE_ADDR'),
    remotePort: value('REMOTE_PORT'),
    serverName: value('SERVER_NAME'),
    serverPort: value('SERVER_PORT'),
    scheme,
  };
}

/** The fields that tell of the body. */
function bodyOf(said: ReadonlyMap<string, string>): string | UwsgiReading {
  const length = said.get('CONTENT_LENGTH') ?? '';
  const sent = said.get('HTTP_CONTENT_LENGTH') ?? '';
  if (length !== '' && (!DIGITS.test(length) || (sent !== '' && sent !== length))) {
    return invalid('uwsgi.bad-length', 'CONTENT_LENGTH is no number, or HTTP_CONTENT_LENGTH another');
  }
  // Where nobody says how long it is, a body would be cut off.
  if (length === '' && (sent !== '' || said.has('HTTP_TRANSFER_ENCODING'))) {
    return invalid('uwsgi.no-length', 'a body without CONTENT_LENGTH', 411);
  }
  const type = said.get('CONTENT_TYPE') ?? '';
  if (LINE_BREAK.test(type)) {
    return invalid('uwsgi.bad-field', 'CONTENT_TYPE is no type');
  }
  return `${type === '' ? '' : `Content-Type: ${type}\r\n`}${length === '' ? '' : `Content-Length: ${length}\r\n`}`;
}

/** In uWSGI's order; nginx's `uwsgi_params` have the second and third. */
function schemeOf(said: ReadonlyMap<string, string>): 'http' | 'https' | undefined {
  const own = said.get('UWSGI_SCHEME') ?? '';
  const https = said.get('HTTPS') ?? '';
  if (own === '' && /^(on|1)$/i.test(https)) {
    return 'https';
  }
  switch ((own || said.get('REQUEST_SCHEME') || 'http').toLowerCase()) {
    case 'http':
      return 'http';
    case 'https':
      return 'https';
    default:
      return undefined;
  }
}

function invalid(code: string, detail: string, status = 400): UwsgiReading {
  return { kind: 'invalid', fault: { code, status, detail } };
}
