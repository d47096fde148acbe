/**
 * TLS right upon the handle of an accepted connection. `node:tls` makes two streams of a connection, the one that carries it and a `TLSSocket`, and gives both a dozen
 * listeners: half of what a handshake took, and more than all of it where a session is resumed. Here there is none until the handshake has succeeded, and then one.
 *
 * It stands upon what `node:tls` itself stands upon, which nothing documents: `isTlsDirect` says whether this Node has it as it is expected to be. Where it has not, and for
 * what is not asked of it here (certificates of clients, sessions that the server keeps), there is `node:tls`.
 */

import type { SecureContext } from 'node:tls';
import type { BareConnection, BareHandle } from './bare-connection.ts';
import { forgetReading } from './direct-reading.ts';
import { bindingOf, streamBinding } from './stream-binding.ts';

interface TlsBinding {
  wrap(handle: BareHandle, context: object, isServer: boolean, hasWritten: boolean): DirectTlsHandle;
  readonly TLSWrap: { readonly prototype: object };
}

export interface CipherName {
  readonly name: string;
  readonly version: string;
}

/** Node's handle of a TLS connection. What it says of its session must not be asked once it is closed. */
export interface DirectTlsHandle extends BareHandle {
  /** Undefined when it is closed. */
  _parent: BareHandle | undefined;
  onhandshakedone?: () => void;
  onerror?: (error: Error) => void;
  setALPNProtocols(protocols: Buffer): void;
  setOCSPResponse(response: Buffer): void;
  receive(bytes: Buffer): void;
  destroySSL(): void;
  getCipher(): CipherName;
  getProtocol(): string;
  getSession(): Buffer | undefined;
  isSessionReused(): boolean;
  getALPNNegotiatedProtocol(): string | false;
  setMaxSendFragment(bytes: number): number;
  shutdown(request: object): number;
  [OWNER]?: HandshakeOwner | undefined;
}

export interface HandshakeOwner {
  /** Called once. The handle may be made a stream of, now or when something comes. */
  onSecured(handle: DirectTlsHandle): void;
  /** Something has come behind the handshake, and the handle is no stream yet: it is to be made one, before this returns. */
  onData(handle: DirectTlsHandle, bytes: Buffer): void;
  /** The client has been told already. */
  onFailed(error: Error): void;
  /** The client has closed its side, or is gone. */
  onEnd(): void;
  /** An error of ours. */
  onBug(error: unknown): void;
}

export interface HandshakeStart {
  readonly context: SecureContext;
  /** As `node:tls` writes lists of protocols for OpenSSL; undefined: none is agreed upon. */
  readonly alpn: Buffer | undefined;
  /** The authority's word about the certificate of the context, which the client wants; undefined: there is none. */
  readonly staple: Buffer | undefined;
  /** What has been read of the connection. */
  readonly read: Buffer;
  readonly owner: HandshakeOwner;
}

const OWNER: unique symbol = Symbol('HandshakeOwner');
/** What the connection's handle knows its TLS by: nothing else that lives as long does, and what nobody knows is freed. */
const SECURED: unique symbol = Symbol('DirectTlsHandle');

const METHODS = [
  ...['setALPNProtocols', 'receive', 'destroySSL', 'getCipher', 'getProtocol', 'getSession', 'isSessionReused'],
  ...[
    'getALPNNegotiatedProtocol',
    'setMaxSendFragment',
    'setOCSPResponse',
    'shutdown',
    'useUserBuffer',
    'writeBuffer',
    'readStart',
  ],
  ...['readStop', 'getpeername', 'getsockname', 'setKeepAlive', 'close'],
];
/** How this Node's own `node:tls` calls it: other arguments than these would end the process. */
const OWN_CALL = /tls_wrap\.wrap\(handle, context\.context,\s*!!options\.isServer,\s*wrapHasActiveWriteFromPrevOwner\)/;

/** `caller`: the text of the function in which Node does the same. Undefined: it is not as it is expected to be. */
export function checkTlsBinding(found: unknown, caller: string): TlsBinding | undefined {
  const { wrap, TLSWrap } = (found ?? {}) as Partial<TlsBinding>;
  const methods = (TLSWrap?.prototype ?? {}) as Readonly<Record<string, unknown>>;
  const isAsExpected =
    typeof wrap === 'function' && OWN_CALL.test(caller) && METHODS.every((name) => typeof methods[name] === 'function');
  return isAsExpected ? (found as TlsBinding) : undefined;
}

let known: { readonly binding: TlsBinding | undefined } | undefined;

function tlsBinding(): TlsBinding | undefined {
  if (known === undefined) {
    // Imported, it would be loaded where no TLS is spoken, too.
    const { TLSSocket } = process.getBuiltinModule('node:tls');
    const { _wrapHandle: caller } = TLSSocket.prototype as unknown as { readonly _wrapHandle?: unknown };
    const binding = streamBinding() && checkTlsBinding(bindingOf('tls_wrap'), String(caller));
    known = { binding };
  }
  return known.binding;
}

export function isTlsDirect(): boolean {
  return tlsBinding() !== undefined;
}

/** Only if `isTlsDirect`. The connection has no other reader from now on. */
export function shakeHands(connection: BareConnection, { context, alpn, staple, read, owner }: HandshakeStart): void {
  const { handle } = connection;
  const secured = tlsBinding()?.wrap(handle, (context as { readonly context: object }).context, true, false);
  if (secured === undefined) {
    throw new Error('this Node does not show how TLS is put upon a connection');
  }
  secured._parent = handle;
  (handle as { [SECURED]?: DirectTlsHandle })[SECURED] = secured;
  secured[OWNER] = owner;
  secured.reading = handle.reading ?? false;
  secured.onread = onRead;
  secured.onerror = onError;
  secured.onhandshakedone = onDone;
  secured.close = closeBoth;
  secured.reset = resetBoth;
  connection.onRelease = () => release(secured);
  if (alpn !== undefined) {
    secured.setALPNProtocols(alpn);
  }
  if (staple !== undefined) {
    secured.setOCSPResponse(staple);
  }
  secured.receive(read);
}

/** The handle is a stream from now on. */
export function leaveHandshake(handle: DirectTlsHandle): void {
  handle[OWNER] = undefined;
}

/** Our side of TLS is closed, as far as the kernel takes that at once; the connection is to be closed behind it. Nothing may be on its way. */
export function closeNotify(handle: DirectTlsHandle): void {
  const binding = streamBinding();
  if (binding !== undefined) {
    const request = new binding.ShutdownWrap();
    request.handle = handle;
    request.oncomplete = ignore;
    handle.shutdown(request);
  }
}

function ignore(): void {
  // The connection was closed meanwhile.
}

function onRead(this: DirectTlsHandle, bytes?: ArrayBuffer): void {
  const owner = this[OWNER];
  const binding = streamBinding();
  if (owner === undefined || binding === undefined) {
    return;
  }
  const { streamBaseState, kReadBytesOrError, kArrayBufferOffset } = binding;
  const length = streamBaseState[kReadBytesOrError] ?? 0;
  try {
    if (length > 0 && bytes !== undefined) {
      owner.onData(this, Buffer.from(bytes, streamBaseState[kArrayBufferOffset], length));
    } else if (length < 0) {
      owner.onEnd();
    }
  } catch (error) {
    owner.onBug(error);
  }
}

function onError(this: DirectTlsHandle, error: Error): void {
  const owner = this[OWNER];
  try {
    owner?.onFailed(error);
  } catch (bug) {
    owner?.onBug(bug);
  }
}

/** Nothing that is thrown here may reach Node, which stands in the midst of OpenSSL. */
function onDone(this: DirectTlsHandle): void {
  const owner = this[OWNER];
  this.onhandshakedone = ignore;
  try {
    owner?.onSecured(this);
  } catch (error) {
    owner?.onBug(error);
  }
}

/** OpenSSL's part is let go when the connection is closed, for it may be what has called us. */
function closeBoth(this: DirectTlsHandle, done?: () => void): void {
  this._parent?.close(() => {
    release(this);
    done?.();
  });
}

function resetBoth(this: DirectTlsHandle, done: () => void): number {
  return (
    this._parent?.reset?.(() => {
      release(this);
      done();
    }) ?? 0
  );
}

/** What Node finds in the place of the stream, if something of it is still to be told that it is over. */
const CLOSED: { readonly destroyed: true } = { destroyed: true };
let ownerSymbol: symbol | undefined;

/**
 * V8 frees a handle with properties of ours, and all that they lead to, only when it collects the whole heap: so they lead nowhere. Otherwise each collection of new objects
 * copied every connection that had been closed, a third of what a handshake took.
 */
function release(handle: DirectTlsHandle): void {
  handle.destroySSL();
  handle[OWNER] = undefined;
  handle._parent = undefined;
  handle.onread = ignore;
  forgetReading(handle);
  handle.onerror = ignore;
  ownerSymbol ??= Object.getOwnPropertySymbols(handle).find(({ description }) => description === 'owner_symbol');
  if (ownerSymbol !== undefined && ownerSymbol in handle) {
    (handle as unknown as Record<symbol, unknown>)[ownerSymbol] = CLOSED;
  }
}
