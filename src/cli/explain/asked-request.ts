/** A request that nobody has sent: what the pipeline is asked about, and what it answers. No socket, no body. */

import { isConditionField } from '../../protocol/http/condition-fields.ts';
import type { BodySink, Exchange, Origin, Responder, ResponseHead } from '../../protocol/http/exchange.ts';
import type { Field, FieldBlock } from '../../protocol/http/fields.ts';
import { isProxyField } from '../../protocol/http/forwarded-fields.ts';
import type { PeerOrigins } from '../../protocol/http/peer.ts';
import { Peer } from '../../protocol/http/peer.ts';
import type { HttpVersion } from '../../protocol/http/version.ts';
import { HTTP_VERSION } from '../../protocol/http/version.ts';

export interface AskedLine {
  readonly method: string;
  readonly scheme: 'http' | 'https';
  /** As the field Host has it: a name, and a port that is not the usual one. */
  readonly host: string;
  readonly port: string;
  /** As it is sent: escaped. */
  readonly rawPath: string;
  readonly path: string;
  readonly query: string;
  readonly from: string;
}

/** Of the connection, as far as anything asks. */
const CLIENT_PORT = '50000';
const REQUEST_ID = '0'.repeat(32);

export class AskedRequest implements Exchange, Responder {
  readonly method: string;
  readonly target: string;
  readonly rawPath: string;
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly hasTargetAuthority = false;
  readonly version: HttpVersion = HTTP_VERSION.http11;
  readonly block: FieldBlock;
  readonly peer: Peer;
  readonly client: Peer['client'];
  readonly origin: Origin;
  readonly requestId: string = REQUEST_ID;
  readonly responder: Responder = this;
  readonly hasBody = false;
  readonly bodyLength: undefined = undefined;
  readonly expectsContinue = false;
  readonly handshake: undefined = undefined;
  readonly hasCaughtUp = true;
  scriptName = '';
  route: object | undefined = undefined;
  /** Undefined: the connection is closed without an answer. */
  readonly answered: Promise<ResponseHead | undefined>;
  #settle: (head: ResponseHead | undefined) => void = () => undefined;
  #head: ResponseHead | undefined;

  constructor({ method, scheme, host, port, rawPath, path, query, from }: AskedLine) {
    this.method = method;
    this.rawPath = rawPath;
    this.path = path;
    this.query = query;
    this.host = host;
    this.target = query === '' ? rawPath : `${rawPath}?${query}`;
    this.block = blockOf([{ name: 'Host', lower: 'host', value: host }]);
    this.origin = {
      scheme,
      name: host.replace(/:\d+$/, ''),
      port,
      believed: 'none',
      isContradictory: false,
      tls: undefined,
    };
    this.peer = new Peer({ address: from, port: CLIENT_PORT }, originsOf(this.origin));
    this.client = this.peer.client;
    this.answered = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  watch(): void {
    // Nothing happens to a request that nobody has sent.
  }

  respond(head: ResponseHead): void {
    this.begin(head);
    this.end();
  }

  begin(head: ResponseHead): void {
    this.#head = head;
  }

  write(): boolean {
    return true;
  }

  writeFile(_: unknown, sent: () => void): void {
    sent();
  }

  hint(): boolean {
    return true;
  }

  trail(): void {
    // Nobody reads the body.
  }

  end(): void {
    this.#settle(this.#head);
  }

  cut(): void {
    this.#settle(undefined);
  }

  refuse(status: number): void {
    throw new Error(`a request without a body was refused with ${status} by its transport`);
  }

  acceptWebSocket(): never {
    throw new Error('a request that is no handshake was taken for a WebSocket');
  }

  switchProtocols(): undefined {
    return undefined;
  }

  takeOver(): undefined {
    return undefined;
  }

  readBody(sink: BodySink): void {
    sink.end();
  }

  resumeBody(): void {
    // It has ended.
  }
}

function originsOf(origin: Origin): PeerOrigins {
  return { untrusted: origin, trusted: origin, trustedPlain: origin, trustedSecure: origin, contradictory: origin };
}

function blockOf(fields: readonly Field[]): FieldBlock {
  return {
    fields,
    get: (lower) => fields.find((field) => field.lower === lower)?.value,
    getAll: (lower) => fields.filter((field) => field.lower === lower).map(({ value }) => value),
    hasProxyFields: fields.some(({ lower }) => isProxyField(lower)),
    hasConditions: fields.some(({ lower }) => isConditionField(lower)),
  };
}
