/** Asks an authority about a certificate over HTTP (RFC 6960 A.1). */

import type { IncomingMessage } from 'node:http';
import type { LookupFunction } from 'node:net';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { renderRequestPath } from '../../protocol/ocsp/ocsp-request.ts';
import { OCSP_LIMITS } from './limits.ts';

const TYPE = 'application/ocsp-response';
const TYPE_SHOWN_CHARS = 80;
const OK = 200;

/** Faults are in nginx's words. `responder`: its URL. */
export async function askResponder(
  responder: string,
  request: Buffer,
  { lookup, timeoutMs }: { readonly lookup: LookupFunction | undefined; readonly timeoutMs: number },
): Promise<Outcome<Buffer>> {
  const { request: ask } = await import('node:http');
  const { hostname, port, pathname, search } = new URL(responder);
  const deadline = AbortSignal.timeout(timeoutMs);
  return new Promise((resolve) => {
    const fail = (error: Error): void =>
      resolve(failure(deadline.aborted ? 'OCSP responder timed out' : `OCSP responder: ${error.message}`));
    const asking = ask({
      host: hostname.replace(/^\[|\]$/g, ''),
      ...{ port, path: renderRequestPath(`${pathname}${search}`, request), agent: false, signal: deadline },
      ...(lookup === undefined ? {} : { lookup }),
      // Small responders end lines without CR, and nginx takes that. What counts is signed, and the connection has no second answer.
      insecureHTTPParser: true,
    });
    asking.on('error', fail);
    asking.on('response', (response) => read(response, resolve, fail));
    asking.end();
  });
}

function read(
  response: IncomingMessage,
  resolve: (answer: Outcome<Buffer>) => void,
  fail: (error: Error) => void,
): void {
  const type = response.headers['content-type'] ?? '';
  const refuse = (fault: string): void => {
    resolve(failure(fault));
    response.destroy();
  };
  response.on('error', fail);
  if (response.statusCode !== OK) {
    refuse(`OCSP responder sent invalid response (its status is ${response.statusCode})`);
    return;
  }
  if (type.toLowerCase() !== TYPE) {
    const shown = type.slice(0, TYPE_SHOWN_CHARS).replace(/[^\x20-\x7e]|["\\]/g, '?');
    refuse(`OCSP responder sent invalid "Content-Type" header: "${shown}"`);
    return;
  }
  const pieces: Buffer[] = [];
  let bytes = 0;
  response.on('data', (piece: Buffer) => {
    bytes += piece.length;
    pieces.push(piece);
    if (bytes > OCSP_LIMITS.responseBytesMax) {
      refuse('OCSP responder sent invalid response (it is too long)');
    }
  });
  response.on('end', () => resolve(success(Buffer.concat(pieces))));
  response.on('close', () => resolve(failure('OCSP responder prematurely closed connection')));
}
