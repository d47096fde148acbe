/**
 * The head of a request as a WSGI worker wants it (docs/lanes.md): a request part, which differs each time, and a block part,
 * which repeats with the field section and is rendered once for it. PEP 3333 gives the keys; field names with an underscore are
 * dropped, so that `X_User` can never pass for `X-User`, and so is `Proxy` (httpoxy).
 */

import type { Exchange, Origin, TlsFacts } from '../protocol/http/exchange.ts';
import type { Field, FieldBlock } from '../protocol/http/fields.ts';
import { mountOf } from '../protocol/http/front-request.ts';
import { pathBelow } from '../protocol/http/path.ts';
import { protocolName } from '../protocol/http/version.ts';
import type { CollectedBody } from '../relay/body/body-collector.ts';
import type { SpoolFile } from '../relay/spool/spool-file.ts';
import { isDisbelieved, isNeverPassed, SECRET_FIELDS } from './request-fields.ts';

/** Fields that never reach the application: they tell how the body is framed on the connection, and the application gets the body without framing. */
const DROPPED: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'trailer', 'te']);

interface RenderedBlock {
  readonly origin: Origin;
  readonly version: number;
  readonly scriptName: string;
  readonly text: string;
  /** `\0key\0value…` of the secret fields, or ''. */
  readonly secrets: string;
  /** The peer is not trusted but sent forwarded fields: what the edge itself knows goes into the request part. */
  readonly rewritesForwarded: boolean;
}

const rendered = new WeakMap<FieldBlock, RenderedBlock>();
const keys = new Map<string, string>();
/** The map of keys must not grow with the names that clients choose, neither by their number … */
const KEYS_MAX = 2048;
/** … nor by their length: a name may be nearly as long as a head. */
const KEY_NAME_LENGTH_MAX = 64;

function environKey(lower: string): string {
  const known = keys.get(lower);
  if (known !== undefined) {
    return known;
  }
  const key = lower === 'content-type' ? 'CONTENT_TYPE' : `HTTP_${lower.toUpperCase().replaceAll('-', '_')}`;
  if (lower.length <= KEY_NAME_LENGTH_MAX) {
    if (keys.size >= KEYS_MAX) {
      keys.clear();
    }
    keys.set(lower, key);
  }
  return key;
}

/** Repeated fields are one list (RFC 9110 5.3); cookies are joined as RFC 6265 5.4 writes them. */
function joinRepeated(fields: readonly Field[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { lower, value } of fields) {
    const before = values.get(lower);
    values.set(lower, before === undefined ? value : `${before}${lower === 'cookie' ? '; ' : ','}${value}`);
  }
  return values;
}

/**
 * A distinguished name, as bytes in latin-1 like all the head. RFC 4514 2.4 leaves no NUL in it, and here none may pass: behind it would come
 * a key of the client's choice.
 */
function nameText(name: string): string {
  return Buffer.from(name.replaceAll('\0', '\\00')).latin1Slice();
}

/** mod_ssl's words (PEP 3333, "environ Variables"), `\0key\0value…`. */
function renderTls({ protocol, cipher, client, clientFault }: TlsFacts, scheme: Origin['scheme']): string {
  // A site may take clients whose certificates nobody known has signed.
  const verdict = client === undefined ? 'NONE' : clientFault === undefined ? 'SUCCESS' : `FAILED:${clientFault}`;
  // A trusted proxy may have said that its client does without: HTTPS never contradicts wsgi.url_scheme.
  let text = scheme === 'https' ? '\0HTTPS\0on' : '';
  text += `\0SSL_PROTOCOL\0${protocol}\0SSL_CIPHER\0${cipher}\0SSL_CLIENT_VERIFY\0${verdict}`;
  if (client !== undefined) {
    text += `\0SSL_CLIENT_S_DN\0${nameText(client.subject)}\0SSL_CLIENT_I_DN\0${nameText(client.issuer)}\0SSL_CLIENT_CERT\0${client.chain[0] ?? ''}`;
  }
  return text;
}

function renderBlock({ block, origin, version }: Exchange, scriptName: string): RenderedBlock {
  let text = `SERVER_NAME\0${origin.name}\0SERVER_PORT\0${origin.port}\0SERVER_PROTOCOL\0${protocolName(version)}\0wsgi.url_scheme\0${origin.scheme}`;
  if (scriptName !== '') {
    text += `\0SCRIPT_NAME\0${scriptName}`;
  }
  if (origin.tls !== undefined) {
    text += renderTls(origin.tls, origin.scheme);
  }
  let secrets = '';
  let rewritesForwarded = false;
  for (const [lower, value] of joinRepeated(block.fields)) {
    if (DROPPED.has(lower) || isNeverPassed(lower)) {
      continue;
    }
    if (isDisbelieved(lower, origin)) {
      rewritesForwarded ||= origin.believed === 'none';
    } else if (SECRET_FIELDS.has(lower)) {
      secrets += `\0${environKey(lower)}\0${value}`;
    } else {
      text += `\0${environKey(lower)}\0${value}`;
    }
  }
  return { origin, version, scriptName, text, secrets, rewritesForwarded };
}

function blockOf(exchange: Exchange): RenderedBlock {
  const scriptName = mountOf(exchange);
  const known = rendered.get(exchange.block);
  if (
    known !== undefined &&
    known.origin === exchange.origin &&
    known.version === exchange.version &&
    known.scriptName === scriptName
  ) {
    return known;
  }
  const fresh = renderBlock(exchange, scriptName);
  // What comes by another protocol than HTTP is the one request of its connection: nothing of it repeats.
  if (exchange.peer.front === undefined) {
    rendered.set(exchange.block, fresh);
  }
  return fresh;
}

/** PATH_INFO is what the mount leaves of the path. A path that a rewrite has led out of it stays as it is. */
function pathInfo({ path, scriptName, peer: { front } }: Exchange): string {
  if (front?.isPathEmpty === true && path === '/') {
    return '';
  }
  return scriptName === '' ? path : (pathBelow(path, scriptName) ?? path);
}

/** The body that goes with a head: its length, and the file it was spooled to, if it was. */
export interface WsgiBody {
  readonly length: number;
  readonly file: Pick<SpoolFile, 'path' | 'shareDescriptor'> | undefined;
}

/** Renders the request part; the block part comes from the memo. Both are latin-1 text. */
export function renderWsgiHead(
  exchange: Exchange,
  body: WsgiBody | undefined,
  into: { request: string; block: string },
): void {
  const block = blockOf(exchange);
  const client = exchange.client;
  const { front } = exchange.peer;
  const target = front?.target || exchange.target;
  let request = `${exchange.method}\0${pathInfo(exchange)}\0${exchange.query}\0${target}\0${client.address}\0${client.port}\0${exchange.requestId}${block.secrets}`;
  if (body !== undefined) {
    request += `\0CONTENT_LENGTH\0${body.length}`;
    if (body.file !== undefined) {
      // Bytes as latin-1, like all the head: the folder's name is the operator's choice.
      const path = Buffer.from(body.file.path).latin1Slice();
      request += `\0portico.body_file\0${path}\0portico.body_descriptor\0${body.file.shareDescriptor()}`;
    }
  }
  if (front !== undefined) {
    request += front.variables;
  }
  if (exchange.hasTargetAuthority) {
    request += `\0HTTP_HOST\0${exchange.host}`;
  }
  if (block.rewritesForwarded) {
    request += `\0HTTP_X_FORWARDED_FOR\0${client.address}\0HTTP_X_FORWARDED_PROTO\0${exchange.origin.scheme}\0HTTP_X_FORWARDED_HOST\0${exchange.host}`;
  }
  into.request = request;
  into.block = block.text;
}

/** The head of a call, with its body where it has one. */
export function renderCallHead(call: {
  readonly exchange: Exchange;
  readonly body: CollectedBody | undefined;
  request: string;
  block: string;
}): void {
  const { exchange, body } = call;
  renderWsgiHead(exchange, body, call);
}
