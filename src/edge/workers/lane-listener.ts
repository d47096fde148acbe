/** Where workers dial in: a Unix socket for each edge thread, which the supervisor keeps for the next edge. A connection is a lane once its HELLO has shown the secret. */

import type { Server, Socket } from 'node:net';
import type { AppId } from '../../config/model/app.ts';
import type { AppGateway, OpenLane } from '../../gateway/app-gateway.ts';
import type { CallTunnel } from '../../gateway/call-tunnel.ts';
import type { WorkersOf } from '../../protocol/control/edge.ts';
import { FrameReader } from '../../protocol/lanes/frame-reader.ts';
import { FRAME, renderFrame } from '../../protocol/lanes/frames.ts';
import type { Hello } from '../../protocol/lanes/hello.ts';
import { parseHello } from '../../protocol/lanes/hello.ts';
import type { Receive } from '../../relay/sockets/direct-reading.ts';
import type { GuardedSocket, SocketOwner } from '../../relay/sockets/guarded-socket.ts';
import type { ListenPlace } from '../../relay/sockets/node-internals.ts';
import { listenWithBuffer } from '../../relay/sockets/node-internals.ts';
import { EDGE_LIMITS } from '../limits.ts';
import { DirectLaneSocket } from './lane-socket.ts';
import { WorkerTunnelSocket } from './tunnel-socket.ts';

/** What a worker that has dialled a tunnel is told. */
const TUNNEL_IS_OPEN = Buffer.from([1]);
const DRAIN = renderFrame(FRAME.drain, 0);
const CLIENT_IS_GONE = Buffer.from([0]);
/** Where the kernel puts what it has read. The room before it is for the beginning of a frame that an earlier read has brought. */
const READ_AT = EDGE_LIMITS.laneRoomBytes;

/** Where the lanes of an application are let in, and where they lead. */
export interface LaneDoor extends WorkersOf {
  readonly gateway: AppGateway;
}

export interface LaneListenerOptions {
  /** The bound socket. */
  readonly where: ListenPlace;
  /** By application. */
  readonly doors: ReadonlyMap<AppId, LaneDoor>;
  log(level: 'warning' | 'error', text: string): void;
  /** An error of ours in a lane, which ends by it. */
  onBug(what: string, error: unknown): void;
}

export function listenForLanes(options: LaneListenerOptions): Server {
  const buffer = Buffer.allocUnsafeSlow(READ_AT + EDGE_LIMITS.laneReadBytes);
  const onSocket = (socket: GuardedSocket): Receive => {
    const newcomer = new Newcomer(socket, buffer, options);
    socket.owner = newcomer;
    return newcomer.receive;
  };
  return listenWithBuffer(options.where, buffer.subarray(READ_AT), onSocket, (error) =>
    options.onBug('a new lane', error),
  );
}

/** A new connection, which is nobody's until its HELLO has said which lane it is. */
class Newcomer implements SocketOwner {
  readonly #socket: Socket;
  readonly #sending: DirectLaneSocket;
  readonly #buffer: Buffer;
  readonly #options: LaneListenerOptions;
  readonly #reader = new FrameReader();
  #helloBytes = 0;
  #worker = -1;
  #gateway: AppGateway | undefined;
  #lane: OpenLane | undefined;
  #tunnel: CallTunnel | undefined;

  constructor(socket: Socket, buffer: Buffer, options: LaneListenerOptions) {
    this.#socket = socket;
    this.#sending = new DirectLaneSocket(socket);
    this.#buffer = buffer;
    this.#options = options;
    socket.setTimeout(EDGE_LIMITS.helloTimeoutMs, () => this.#refuse());
    socket.on('error', () => undefined); // 'close' follows
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#onClose());
  }

  /** The socket has been destroyed, so calls that ran on the lane fail and the others go elsewhere; the worker dials again. */
  onBug(error: unknown): void {
    this.#options.onBug(`a lane of worker ${this.#worker}`, error);
  }

  readonly receive = (length: number): undefined => {
    if (this.#lane !== undefined) {
      this.#lane.onBytes(this.#buffer, READ_AT, READ_AT + length);
    } else if (this.#tunnel !== undefined) {
      this.#tunnel.onWorkerBytes(this.#buffer.subarray(READ_AT, READ_AT + length));
    } else if (this.#worker === -1) {
      this.#onFirstBytes(length);
    }
  };

  #onFirstBytes(length: number): void {
    this.#helloBytes += length;
    if (this.#helloBytes > EDGE_LIMITS.helloBytesMax) {
      this.#refuse();
      return;
    }
    this.#reader.feed(this.#buffer, READ_AT, READ_AT + length);
    if (!this.#reader.next()) {
      return;
    }
    const { buffer, start, end, type } = this.#reader;
    const hello = type === FRAME.hello ? parseHello(buffer.toString('utf8', start, end)) : undefined;
    const door = this.#options.doors.get(hello?.app ?? '');
    if (hello !== undefined && door === undefined) {
      this.#dismiss(hello);
    } else if (hello === undefined || door === undefined || !opens(door, hello)) {
      this.#refuse();
    } else {
      this.#onHello(hello, door.gateway);
    }
  }

  #refuse(): void {
    if (this.#worker === -1) {
      this.#options.log('warning', "a connection to the lane socket did not say a worker's hello; it was closed");
    }
    this.#socket.destroy();
  }

  /**
   * The application came or went by a reload in which the edge before was lost. Its worker has nothing to do here, and ends when all of its lanes say so; it
   * would dial for ever if they were closed.
   */
  #dismiss({ worker, role }: Hello): void {
    this.#worker = worker;
    if (role === 'requests') {
      this.#socket.write(DRAIN);
    } else {
      this.#socket.destroy();
    }
  }

  #onHello(hello: Hello, gateway: AppGateway): void {
    this.#socket.setTimeout(0);
    this.#worker = hello.worker;
    this.#gateway = gateway;
    if (hello.role === 'control') {
      gateway.addControl(hello.worker, this.#sending);
    } else if (hello.role === 'tunnel') {
      this.#openTunnel(hello, gateway);
    } else {
      this.#lane = gateway.addLane(this.#sending, hello);
    }
  }

  /** The worker waits for the answer before it calls the application. From then on the connection is the application's. */
  #openTunnel(hello: Hello, gateway: AppGateway): void {
    const socket = this.#socket;
    this.#tunnel = gateway.openTunnel(new WorkerTunnelSocket(socket), hello);
    if (this.#tunnel === undefined) {
      socket.end(CLIENT_IS_GONE);
    } else {
      socket.on('drain', () => this.#tunnel?.onWorkerDrain());
      socket.write(TUNNEL_IS_OPEN);
    }
  }

  #onClose(): void {
    if (this.#lane !== undefined) {
      this.#lane.onLost();
    } else if (this.#tunnel !== undefined) {
      this.#tunnel.onWorkerEnd();
    } else if (this.#worker !== -1) {
      this.#gateway?.removeControl(this.#worker, this.#sending);
    }
  }
}

function opens({ secret, firstSlot, slotsMax }: LaneDoor, hello: Hello): boolean {
  return isSame(hello.secret, secret) && hello.slot >= firstSlot && hello.slot < firstSlot + slotsMax;
}

/** Takes the same time wherever the two differ. `timingSafeEqual` of `node:crypto` would load the whole of it in every edge: see randomBytes. */
function isSame(given: string, secret: string): boolean {
  let difference = given.length ^ secret.length;
  for (let index = 0; index < secret.length; index += 1) {
    // Behind the end of `given` there is NaN, which counts as 0: the lengths differ then.
    difference |= given.charCodeAt(index) ^ secret.charCodeAt(index);
  }
  return difference === 0;
}
