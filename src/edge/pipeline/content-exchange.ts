/**
 * A request as the content of a location sees it: the facts of the exchange that it came by, but with the method, path, query and client that the steps have left.
 * One for each time that a content is asked: an error page asks another one, and what the first still says then goes nowhere.
 */

import type { BodySink, Client, Exchange, Origin, Responder } from '../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../protocol/http/fields.ts';
import type { Peer } from '../../protocol/http/peer.ts';
import type { HttpVersion } from '../../protocol/http/version.ts';
import type { Handshake, HandshakeRefusal } from '../../protocol/websocket/handshake.ts';
import type { RequestBody } from '../../upstream/request-body.ts';
import { escapePath } from './escape-uri.ts';
import type { ReadBody } from './read-body.ts';

/** What may differ from the exchange. */
export interface ContentFacts {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly client: Client;
  readonly block: FieldBlock;
  readonly hasBody: boolean;
  readonly readBody: ReadBody | undefined;
  /** The body is asked for, and nobody else can read it any more. Returns to whom it goes. */
  onBodyTaken(sink: BodySink): BodySink;
}

export class ContentExchange implements Exchange {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly client: Client;
  readonly block: FieldBlock;
  readonly hasBody: boolean;
  readonly requestId: string;
  responder: Responder;
  route: object | undefined;
  scriptName = '';
  readonly #exchange: Exchange;
  readonly #facts: ContentFacts;
  /** The body as another content has read it before. */
  #replayed: RequestBody | undefined = undefined;

  constructor(exchange: Exchange, facts: ContentFacts, responder: Responder) {
    this.method = facts.method;
    this.path = facts.path;
    this.query = facts.query;
    this.client = facts.client;
    this.block = facts.block;
    this.hasBody = facts.hasBody;
    this.requestId = exchange.requestId;
    this.responder = responder;
    this.route = facts;
    this.#exchange = exchange;
    this.#facts = facts;
  }

  get target(): string {
    return this.#exchange.target;
  }
  /** As the client has sent it, unless the path is another one by now. */
  get rawPath(): string {
    const { path, rawPath } = this.#exchange;
    return this.path === path ? rawPath : escapePath(this.path);
  }
  get host(): string {
    return this.#exchange.host;
  }
  get hasTargetAuthority(): boolean {
    return this.#exchange.hasTargetAuthority;
  }
  get version(): HttpVersion {
    return this.#exchange.version;
  }
  get peer(): Peer {
    return this.#exchange.peer;
  }
  get origin(): Origin {
    return this.#exchange.origin;
  }
  get bodyLength(): number | undefined {
    return this.hasBody ? (this.#facts.readBody?.length ?? this.#exchange.bodyLength) : undefined;
  }
  get expectsContinue(): boolean {
    return this.#exchange.expectsContinue;
  }
  /** A handshake is a GET: what has become one by an error page is none. */
  get handshake(): Handshake | HandshakeRefusal | undefined {
    return this.#exchange.handshake;
  }

  readBody(sink: BodySink): void {
    this.#replayed = this.#facts.readBody?.replay();
    if (this.#replayed === undefined) {
      this.#exchange.readBody(this.#facts.onBodyTaken(sink));
    } else {
      this.#replayed.start({
        take: (bytes) => sink.data(bytes),
        finish: () => sink.end(),
        // Whoever replays has read all that came from the client.
        fail: (why) => sink.fail(why === 'file' ? 'left' : why),
      });
    }
  }
  resumeBody(): void {
    if (this.#replayed === undefined) {
      this.#exchange.resumeBody();
    } else {
      this.#replayed.resume();
    }
  }
}
