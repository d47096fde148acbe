/** What of a response is compared, in a form in which two that a client cannot tell apart are equal. */

import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { SeenResponse } from './response-reader.ts';
import { fieldValue } from './response-reader.ts';

export interface NormalResponse {
  readonly 'status line': string;
  /** By name, one value a line, with names as they were written. */
  readonly fields: ReadonlyMap<string, string>;
  readonly body: string;
  readonly framing: string;
}

/** Compared neither by value nor by presence. */
const NOT_COMPARED = new Set(['date']);

export interface Seen {
  readonly address: string;
  readonly clientPort: number;
}

export function normalForm(response: SeenResponse, { address, clientPort }: Seen): NormalResponse {
  const fields = new Map<string, string>();
  const boundary = /boundary=(\S+)/.exec(fieldValue(response, 'content-type') ?? '')?.[1];
  const same = (text: string): string => {
    const addressed = text.replaceAll(address, 'ADDRESS').replace(new RegExp(`\\b${clientPort}\\b`, 'g'), 'PORT');
    return boundary === undefined ? addressed : addressed.replaceAll(boundary, 'BOUNDARY');
  };
  for (const [name, value] of response.fields) {
    const key = name.toLowerCase();
    if (NOT_COMPARED.has(key)) continue;
    const shown = `${name}: ${same(normalValue(key, value, response))}`;
    fields.set(key, fields.has(key) ? `${fields.get(key)}\n${shown}` : shown);
  }
  return {
    'status line': response.statusLine,
    fields,
    body: same(decode(response)),
    framing: [response.framing, ...response.trailers].join(' '),
  };
}

function normalValue(key: string, value: string, response: SeenResponse): string {
  if (key === 'expires') return relativeTime(value, fieldValue(response, 'date'));
  if (key === 'set-cookie')
    return value.replace(/^(\w+=)[A-Za-z0-9+/]{22}[A-Za-z0-9+/=]=/, '$1UID').replace(/expires=[^;]+/i, 'expires=TIME');
  if (key === 'x-request-id') return value.replace(/^[0-9a-f]{32}$/, 'ID');
  return value;
}

/** Against the clock of the same response, to a second or two; beyond, as it is. */
function relativeTime(value: string, date: string | undefined): string {
  const seconds = (Date.parse(value) - Date.parse(date ?? '')) / 1000;
  if (Number.isNaN(seconds) || Math.abs(seconds) > 400 * 86_400) return value;
  return `Date + ${Math.round(seconds / 5) * 5} s`;
}

function decode(response: SeenResponse): string {
  const coding = fieldValue(response, 'content-encoding');
  try {
    if (coding === 'gzip' && response.body.length > 0) return gunzipSync(response.body).toString('latin1');
    if (coding === 'br' && response.body.length > 0) return brotliDecompressSync(response.body).toString('latin1');
  } catch (error) {
    return `cannot be decoded: ${String(error)}`;
  }
  return response.body.toString('latin1');
}
