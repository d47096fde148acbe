/**
 * Files that come with nginx and are included by name, for machines on which there is no nginx: Portico's own, made of what they are about.
 * The media types are those that Portico uses, the parameters are the variables of CGI, and the tables of charsets follow from the encodings.
 */

import { readKnownMediaTypes } from '../../known-media-types.ts';

/** What a gateway tells an application about a request, RFC 3875 section 4.1, with nginx's variables. */
const REQUEST = [
  ['QUERY_STRING', '$query_string'],
  ['REQUEST_METHOD', '$request_method'],
  ['CONTENT_TYPE', '$content_type'],
  ['CONTENT_LENGTH', '$content_length'],
  ['REQUEST_URI', '$request_uri'],
  ['DOCUMENT_ROOT', '$document_root'],
  ['SERVER_PROTOCOL', '$server_protocol'],
  ['REQUEST_SCHEME', '$scheme'],
  ['HTTPS', '$https if_not_empty'],
  ['REMOTE_ADDR', '$remote_addr'],
  ['REMOTE_PORT', '$remote_port'],
  ['SERVER_PORT', '$server_port'],
  ['SERVER_NAME', '$server_name'],
] as const;

const FASTCGI = [
  ...REQUEST,
  ['SCRIPT_NAME', '$fastcgi_script_name'],
  ['DOCUMENT_URI', '$document_uri'],
  ['GATEWAY_INTERFACE', 'CGI/1.1'],
  ['SERVER_SOFTWARE', 'nginx/$nginx_version'],
  ['SERVER_ADDR', '$server_addr'],
  // PHP refuses to run as a CGI program without it.
  ['REDIRECT_STATUS', '200'],
] as const;

/** What a proxied application needs to know who asks, and by which name. */
const PROXY = [
  // Not $http_host: with an absolute request target that one is whatever the client says.
  ['Host', '$host'],
  ['X-Real-IP', '$remote_addr'],
  ['X-Forwarded-For', '$proxy_add_x_forwarded_for'],
  ['X-Forwarded-Proto', '$scheme'],
] as const;

const OWN_FILES: Readonly<Record<string, () => string>> = {
  'mime.types': mediaTypes,
  proxy_params: () => lines('proxy_set_header', PROXY),
  uwsgi_params: () => lines('uwsgi_param', [...REQUEST, ['PATH_INFO', '$document_uri']]),
  scgi_params: () => lines('scgi_param', [...REQUEST, ['SCGI', '1'], ['DOCUMENT_URI', '$document_uri']]),
  fastcgi_params: () => lines('fastcgi_param', FASTCGI),
  'fastcgi.conf': () => lines('fastcgi_param', [...FASTCGI, ['SCRIPT_FILENAME', '$document_root$fastcgi_script_name']]),
  'koi-utf': () => toUtf8('koi8-r'),
  'win-utf': () => toUtf8('windows-1251'),
  'koi-win': () => betweenBytes('koi8-r', 'windows-1251'),
};

/** Undefined where there is none of this name. */
export function ownFile(name: string): string | undefined {
  return Object.hasOwn(OWN_FILES, name) ? OWN_FILES[name]?.() : undefined;
}

export function ownFileNames(): readonly string[] {
  return Object.keys(OWN_FILES);
}

function lines(directive: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${directive} ${name} ${value};\n`).join('');
}

function mediaTypes(): string {
  const byType = new Map<string, string[]>();
  for (const [extension, type] of readKnownMediaTypes()) {
    byType.set(type, [...(byType.get(type) ?? []), extension]);
  }
  const entries = [...byType].map(([type, extensions]) => `    ${type} ${extensions.join(' ')};\n`);
  return `types {\n${entries.join('')}}\n`;
}

/** Bytes from 0x80 on: those below are ASCII in every encoding here. */
const UPPER_BYTES = Array.from({ length: 128 }, (_, index) => 128 + index);
/** A byte that stands for no character. */
const NO_CHARACTER = '\ufffd';
/** What an encoding of the web makes of a byte that the charset itself leaves out. */
const CONTROL = /[\u0080-\u009f]/;

function decodeByte(encoding: string, byte: number): string {
  return new TextDecoder(encoding).decode(Uint8Array.of(byte));
}

function toUtf8(encoding: string): string {
  const entries = UPPER_BYTES.map((byte) => [byte, decodeByte(encoding, byte)] as const)
    .filter(([, character]) => character !== NO_CHARACTER && !CONTROL.test(character))
    .map(([byte, character]) => `    ${hex([byte])} ${hex(Buffer.from(character))};\n`);
  return `charset_map ${encoding} utf-8 {\n${entries.join('')}}\n`;
}

function betweenBytes(from: string, to: string): string {
  const targets = new Map(UPPER_BYTES.map((byte) => [decodeByte(to, byte), byte]));
  const entries = UPPER_BYTES.flatMap((byte) => {
    const target = targets.get(decodeByte(from, byte));
    return target === undefined ? [] : [`    ${hex([byte])} ${hex([target])};\n`];
  });
  return `charset_map ${from} ${to} {\n${entries.join('')}}\n`;
}

function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join('');
}
