/** The asking side of an exchange, made up for tests: what a client would have sent. */

import type { Handshake, HandshakeRefusal } from '../websocket/handshake.ts';
import { readHandshake } from '../websocket/handshake.ts';
import type { Client, Origin } from './exchange.ts';
import { fieldBlock } from './fake-field-block.ts';
import type { FieldBlock } from './fields.ts';
import { splitList } from './list.ts';
import type { PeerOrigins } from './peer.ts';
import { Peer } from './peer.ts';
import type { HttpVersion } from './version.ts';
import { HTTP_VERSION } from './version.ts';

export interface FakeRequestLine {
  readonly method?: string;
  /** As the transport decodes it. */
  readonly path: string;
  readonly query?: string;
  readonly host?: string;
  /** As it was sent, if that is not the path. */
  readonly rawPath?: string;
  readonly fields?: readonly (readonly [name: string, value: string])[];
}

const ORIGIN: Origin = {
  scheme: 'http',
  name: 'example.org',
  port: '80',
  believed: 'none',
  isContradictory: false,
  tls: undefined,
};
const ORIGINS: PeerOrigins = {
  untrusted: ORIGIN,
  trusted: ORIGIN,
  trustedPlain: ORIGIN,
  trustedSecure: ORIGIN,
  contradictory: ORIGIN,
};

export class FakeRequestHead {
  readonly method: string;
  readonly target: string;
  readonly rawPath: string;
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly hasTargetAuthority = false;
  scriptName = '';
  readonly version: HttpVersion = HTTP_VERSION.http11;
  readonly block: FieldBlock;
  readonly expectsContinue: boolean;
  readonly handshake: Handshake | HandshakeRefusal | undefined;
  readonly peer: Peer = new Peer({ address: '192.0.2.1', port: '40000' }, ORIGINS);
  client: Client = this.peer.client;
  origin: Origin = ORIGIN;

  constructor({
    method = 'GET',
    path,
    rawPath = path,
    query = '',
    host = 'example.org',
    fields = [],
  }: FakeRequestLine) {
    this.method = method;
    this.path = path;
    this.rawPath = rawPath;
    this.query = query;
    this.host = host;
    this.target = query === '' ? rawPath : `${rawPath}?${query}`;
    this.block = fieldBlock(fields);
    this.expectsContinue = this.block.get('expect') !== undefined;
    const { block } = this;
    this.handshake = readHandshake({
      method,
      minor: 1,
      framing: { kind: 'none' },
      block: {
        getAll: (lower) => block.getAll(lower),
        connection: splitList(block.getAll('connection')).map((option) => option.toLowerCase()),
        upgrade: block.get('upgrade'),
      },
    });
  }
}
