/**
 * A connection to a server. It is read into the one buffer of the thread and written past Node's stream, and has one request at a time as its user. It knows no
 * protocol.
 */

import type { Socket } from 'node:net';
import type { Clock } from '../../kernel/clock.ts';
import { readDirectly } from '../../relay/sockets/direct-reading.ts';
import { DirectWriter } from '../../relay/sockets/direct-writer.ts';
import { GuardedSocket, guardSocket } from '../../relay/sockets/guarded-socket.ts';
import { sentBytes } from '../../relay/sockets/node-internals.ts';
import { UPSTREAM_LIMITS } from '../limits.ts';
import type { Peer } from '../peer-choice.ts';
import type { ConnectionWay } from './dial.ts';
import { dial } from './dial.ts';
import { LazyTimer } from './lazy-timer.ts';

/** Whose turn it is to use a connection: a request, or the pool of those that are idle. */
export interface ConnectionUser {
  onConnected(): void;
  /** The bytes are borrowed until it returns. */
  onRead(bytes: Buffer): void;
  /** The server has closed its sending side. */
  onServerEnd(): void;
  /** The connection is gone, and its user has not closed it. */
  onLost(error: NodeJS.ErrnoException): void;
  /** Everything that was written has been taken. */
  onTaken(): void;
  /** The time that was set by `wait` is over. */
  onTimeout(): void;
  /** An error of ours in one of these functions: the connection is gone. Absent: nobody waits for anything. */
  onBug?(error: unknown): void;
}

export interface ConnectionParts {
  readonly clock: Clock;
  /** An error of ours in what the kernel calls back. */
  readonly onBug: (error: unknown) => void;
}

/** Nothing stays in these: reads and writes are over when they return. */
const READ = Buffer.allocUnsafeSlow(UPSTREAM_LIMITS.readBytes);
const PACED_READ = READ.subarray(0, UPSTREAM_LIMITS.pacedReadBytes);
const JOINED = Buffer.allocUnsafeSlow(UPSTREAM_LIMITS.joinedBytes);
/** Of what is read: short responses are as long as the ones before. */
let read = READ.subarray(0, 0);

const CLOSED: NodeJS.ErrnoException = Object.assign(new Error('the connection was closed'), { code: 'ECONNRESET' });

export class UpstreamConnection {
  readonly peer: Peer;
  readonly way: ConnectionWay;
  readonly openedMs: number;
  /** How many requests it has carried, with the present one. */
  requests = 0;
  isConnected = false;
  isPaused = false;
  /** The server has been reached, and TLS with it is not agreed upon yet; or it cannot be. */
  isHandshaking = false;
  user: ConnectionUser | undefined;
  /** Who uses it while it is idle, made once by the pool. */
  idleUser: ConnectionUser | undefined;
  /** The pool numbers those that it keeps, in the order of their coming. */
  keptAs = 0;
  /** Bytes written, ever; those that wait among them. */
  writtenBytes = 0;
  readonly #parts: ConnectionParts;
  readonly #socket: Socket;
  readonly #timer: LazyTimer;
  #writer: DirectWriter | undefined;
  /** What is written waits for `flush`. */
  isJoining = false;
  #joinedBytes = 0;
  #waitMs = 0;
  /** What the kernel had taken when the time was last set. */
  #sentBytes = 0;
  #error: NodeJS.ErrnoException | undefined;
  readonly #onTaken = (error?: Error | null): void => {
    if (!error && this.isDrained) {
      this.#tell((user) => user.onTaken());
    }
  };

  constructor(peer: Peer, way: ConnectionWay, parts: ConnectionParts) {
    this.peer = peer;
    this.way = way;
    this.#parts = parts;
    this.openedMs = parts.clock.monotonicMs();
    this.#timer = new LazyTimer(parts.clock, () => this.#onDue());
    const socket = dial(peer, way, {
      buffer: way.isPaced === true ? PACED_READ : READ,
      callback: (length) => {
        this.#onRead(length);
        return true;
      },
    });
    this.#socket = socket;
    // Its client keeps the process alive as long as it is wanted.
    socket.unref();
    if (socket instanceof GuardedSocket) {
      socket.owner = this;
    } else {
      guardSocket(socket, this);
    }
    if (way.secure === undefined) {
      socket.once('connect', () => this.#onConnected());
    } else {
      this.isHandshaking = socket.destroyed;
      socket.once('connect', () => {
        this.isHandshaking = true;
      });
      socket.once('secureConnect', () => this.#onConnected());
    }
    socket.on('end', () => {
      if (!this.isHandshaking) {
        this.#tell((user) => user.onServerEnd());
      } // Otherwise Node ends the handshake with an error.
    });
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('close', () => this.#onClose());
  }

  #onConnected(): void {
    if (this.#socket.destroyed) {
      return; // The server is not the one that was meant: the error follows.
    }
    this.isConnected = true;
    this.isHandshaking = false;
    this.#writer = new DirectWriter(this.#socket);
    readDirectly(this.#socket, (length) => this.#onRead(length));
    this.#tell((user) => user.onConnected());
  }

  #onRead(length: number): undefined {
    if (read.length !== length) {
      read = READ.subarray(0, length);
    }
    const { user } = this;
    try {
      user?.onRead(read);
    } catch (error) {
      this.#fail(user, error);
    }
  }

  #onClose(): void {
    this.#timer.close();
    this.#tell((user) => {
      this.user = undefined;
      user.onLost(this.#error ?? CLOSED);
    });
  }

  #tell(tells: (user: ConnectionUser) => void): void {
    const { user } = this;
    if (user === undefined) {
      return;
    }
    try {
      tells(user);
    } catch (error) {
      this.#fail(user, error);
    }
  }

  /** An error of ours in what a user was told. Node would take it for one of the whole process. */
  #fail(user: ConnectionUser | undefined, error: unknown): void {
    const next = this.user === user ? undefined : this.user;
    this.destroy();
    try {
      next?.onLost(CLOSED);
      if (user?.onBug === undefined) {
        this.onBug(error);
      } else {
        user.onBug(error);
      }
    } catch (worse) {
      this.onBug(worse);
    }
  }

  /** An error of ours that is no user's. */
  onBug(error: unknown): void {
    this.#parts.onBug(error);
  }

  // What its user asks for.

  /** What is written until `flush` leaves in one write, as far as it fits. */
  join(): void {
    this.isJoining = true;
  }

  flush(): boolean {
    this.isJoining = false;
    const length = this.#joinedBytes;
    this.#joinedBytes = 0;
    return length === 0 || this.#send(JOINED, length);
  }

  /** The bytes are borrowed until it returns. False: some of them wait, and `onTaken` follows. */
  write(bytes: Buffer): boolean {
    this.writtenBytes += bytes.length;
    if (this.isJoining) {
      if (this.#joinedBytes + bytes.length <= JOINED.length) {
        bytes.copy(JOINED, this.#joinedBytes);
        this.#joinedBytes += bytes.length;
        return true;
      }
      this.flush();
    }
    return this.#send(bytes, bytes.length);
  }

  /** As many of `length` bytes as the kernel takes at once, behind what is joined. They are borrowed until it returns. 0: `write` them. */
  writeAtOnce(pieces: readonly Buffer[], length: number): number {
    const writer = this.#writer;
    if (writer?.isReady !== true) {
      return 0;
    }
    const joined = this.#joinedBytes;
    const sent =
      joined === 0
        ? writer.writeMany(pieces, length)
        : writer.writeMany([JOINED.subarray(0, joined), ...pieces], joined + length);
    if (sent < joined) {
      JOINED.copyWithin(0, sent, joined);
    }
    this.#joinedBytes = Math.max(0, joined - sent);
    const taken = Math.max(0, sent - joined);
    this.writtenBytes += taken;
    return taken;
  }

  /** As `write`, for bytes that nobody changes any more. */
  writeLasting(bytes: Buffer): boolean {
    if (this.isJoining) {
      return this.write(bytes);
    }
    this.writtenBytes += bytes.length;
    const sent = this.#writer?.isReady === true ? this.#writer.writeLasting(bytes) : 0;
    return this.#giveRest(bytes, bytes.length, sent);
  }

  /** Latin-1. */
  writeText(text: string): boolean {
    if (this.isJoining && this.#joinedBytes + text.length <= JOINED.length) {
      this.writtenBytes += text.length;
      this.#joinedBytes += JOINED.latin1Write(text, this.#joinedBytes);
      return true;
    }
    return this.write(Buffer.from(text, 'latin1'));
  }

  #send(bytes: Buffer, length: number): boolean {
    const writer = this.#writer;
    return this.#giveRest(bytes, length, writer?.isReady === true ? writer.write(bytes, 0, length) : 0);
  }

  /** What the kernel has not taken waits in the stream. */
  #giveRest(bytes: Buffer, length: number, sent: number): boolean {
    const socket = this.#socket;
    const writer = this.#writer;
    if (sent < length && socket.writable) {
      socket.write(Buffer.from(bytes.subarray(sent, length)), this.#onTaken);
      return false;
    }
    if (writer !== undefined && writer.pendingBytes > 0) {
      socket.write('', this.#onTaken); // Its callback comes behind what is pending.
      return false;
    }
    return true;
  }

  /** Nothing of what was written waits for the kernel. */
  get isDrained(): boolean {
    return this.#socket.writableLength === 0 && (this.#writer === undefined || this.#writer.pendingBytes === 0);
  }

  /** Something of what was written has not left. */
  get hasWaiting(): boolean {
    return this.#joinedBytes > 0 || !this.isDrained;
  }

  /** The server takes nothing any more. What it has sent before may still be read. */
  get isBroken(): boolean {
    return this.#writer?.isBroken === true;
  }

  get isDestroyed(): boolean {
    return this.#socket.destroyed;
  }

  pause(): void {
    this.isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.#socket.resume();
  }

  /** `onTimeout` follows unless something is set anew within so many milliseconds. */
  wait(forMs: number, nowMs?: number): void {
    this.#waitMs = forMs;
    if (!this.isDrained) {
      this.#sentBytes = sentBytes(this.#socket);
    }
    this.#timer.set(forMs, nowMs);
  }

  waitNoMore(): void {
    this.#timer.clear();
  }

  #onDue(): void {
    if (!this.isDrained && sentBytes(this.#socket) > this.#sentBytes) {
      this.wait(this.#waitMs); // The server takes a long write bit by bit.
      return;
    }
    this.#tell((user) => user.onTimeout());
  }

  /** Its user hears nothing more of it. */
  destroy(): void {
    this.user = undefined;
    this.#timer.close();
    this.#socket.destroy();
  }
}
