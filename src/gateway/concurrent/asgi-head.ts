/**
 * The head of a request as an ASGI worker wants it (docs/lanes.md): a request part, which differs each time, and a block part, which
 * repeats with the field section and is rendered once for it. The fields keep their order; those that are not in the block part come with
 * the index at which they are inserted.
 */

import type { Client, Exchange, Origin, TlsFacts } from '../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../protocol/http/fields.ts';
import { mountOf } from '../../protocol/http/front-request.ts';
import { versionNumber } from '../../protocol/http/version.ts';
import { FRAME_LIMITS } from '../../protocol/lanes/frames.ts';
import type { LaneHead } from '../lanes/lane-output.ts';
import { isDisbelieved, isNeverPassed, SECRET_FIELDS } from '../request-fields.ts';

interface RenderedBlock {
  readonly origin: Origin;
  readonly version: number;
  readonly scriptName: string;
  readonly text: string;
  /** The slot in which lanes keep the block part. */
  readonly slot: number;
  /** `\0index\0name\0value…` of the fields that are secret or of this request alone, or ''. */
  readonly inserted: string;
  /** How many fields the head has, those of `inserted` included. */
  readonly count: number;
  /** The index at which Host is inserted if the target names another host. */
  readonly hostIndex: number;
  /** The peer is not trusted but sent forwarded fields: the true values are added. */
  readonly rewritesForwarded: boolean;
}

const rendered = new WeakMap<FieldBlock, RenderedBlock>();
/** Kept beside the blocks: a connection with a client certificate may send many blocks, and a chain of certificates is long. */
const renderedTls = new WeakMap<TlsFacts, string>();

/** The keys of ASGI's extension "tls", but for the server's certificate, which the worker has. JSON has no NUL in it. */
function renderTls({ version, cipherSuite, client, clientFault }: TlsFacts): string {
  const json = JSON.stringify({
    client_cert_chain: client?.chain ?? [],
    client_cert_name: client?.subject ?? null,
    client_cert_error: clientFault ?? null,
    tls_version: version ?? null,
    cipher_suite: cipherSuite ?? null,
  });
  return Buffer.from(json).latin1Slice();
}

/** '' for a connection without TLS. */
function tlsOf(tls: TlsFacts | undefined): string {
  if (tls === undefined) {
    return '';
  }
  const known = renderedTls.get(tls);
  if (known !== undefined) {
    return known;
  }
  const fresh = renderTls(tls);
  renderedTls.set(tls, fresh);
  return fresh;
}

let nextSlot = 0;

/** Slots are taken in turn: nobody knows which block part comes again, and one that is pushed out is sent once more. */
function slotFor(text: string): number {
  if (text.length > FRAME_LIMITS.keptBlockBytesMax) {
    return FRAME_LIMITS.blockSlots;
  }
  nextSlot = (nextSlot + 1) % FRAME_LIMITS.blockSlots;
  return nextSlot;
}

function renderBlock(exchange: Exchange): RenderedBlock {
  const { origin, version, hasTargetAuthority } = exchange;
  const scriptName = mountOf(exchange);
  let text = `${origin.scheme}\0${versionNumber(version)}\0${origin.name}\0${origin.port}\0${tlsOf(origin.tls)}\0${scriptName}`;
  let inserted = '';
  let count = 0;
  let hostIndex = 0;
  let rewritesForwarded = false;
  for (const { lower, value } of exchange.block.fields) {
    if (isNeverPassed(lower)) {
      continue;
    }
    if (isDisbelieved(lower, origin)) {
      rewritesForwarded ||= origin.believed === 'none';
      continue;
    }
    if (lower === 'host' && hasTargetAuthority) {
      hostIndex = count;
      continue;
    }
    if (SECRET_FIELDS.has(lower) || lower === 'content-length') {
      inserted += `\0${count}\0${lower}\0${value}`;
    } else {
      text += `\0${lower}\0${value}`;
    }
    count += 1;
  }
  return { origin, version, scriptName, text, slot: slotFor(text), inserted, count, hostIndex, rewritesForwarded };
}

function blockOf(exchange: Exchange): RenderedBlock {
  if (exchange.hasTargetAuthority) {
    return renderBlock(exchange); // Rare, and without the Host of the block.
  }
  const known = rendered.get(exchange.block);
  if (
    known !== undefined &&
    known.origin === exchange.origin &&
    known.version === exchange.version &&
    known.scriptName === mountOf(exchange)
  ) {
    return known;
  }
  const fresh = renderBlock(exchange);
  // What comes by another protocol than HTTP is the one request of its connection: nothing of it repeats.
  if (exchange.peer.front === undefined) {
    rendered.set(exchange.block, fresh);
  }
  return fresh;
}

/** Address and port as one value, the same for all requests of a connection, by which the worker finds what it has made of it. '' for a Unix socket. */
function clientOf({ address, port }: Client): string {
  return address === '' ? '' : `${address} ${port}`;
}

/** The path has what the server in front has taken away (ASGI specification, "WSGI Compatibility"). */
function rawPathOf({ rawPath, peer: { front } }: Exchange): string {
  if (front === undefined) {
    return rawPath;
  }
  return front.isPathEmpty && rawPath === '/' ? front.takenAway : front.takenAway + rawPath;
}

export function renderAsgiHead(exchange: Exchange): LaneHead {
  const block = blockOf(exchange);
  const { client } = exchange;
  let request = `${exchange.method}\0${rawPathOf(exchange)}\0${exchange.query}\0${clientOf(client)}\0${exchange.requestId}${block.inserted}`;
  let { count } = block;
  if (exchange.hasTargetAuthority) {
    request += `\0${block.hostIndex}\0host\0${exchange.host}`;
    count += 1;
  }
  if (block.rewritesForwarded) {
    request += `\0${count}\0x-forwarded-for\0${client.address}\0${count + 1}\0x-forwarded-proto\0${exchange.origin.scheme}\0${count + 2}\0x-forwarded-host\0${exchange.host}`;
  }
  return { request, block: block.text, slot: block.slot };
}
