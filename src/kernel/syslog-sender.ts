/** Lines for a syslog server, a datagram each. Nobody waits for the server: what cannot be sent is lost and counted, as UDP is. */

import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { systemClock } from './clock.ts';
import type { SyslogHead } from './syslog-datagram.ts';
import { syslogAddress, syslogDatagram } from './syslog-datagram.ts';

const LIMITS = {
  /** Datagrams that the system has not taken yet; what comes then is lost. */
  pendingMax: 1000,
  /** After a fault (a name that is not found, a network that is down) nothing is tried for so long … */
  retryMs: 1_000,
  /** … and no fault is told again before. */
  repeatMs: 60_000,
} as const;

/** The server's machine is there, and nobody listens: the next line may find somebody again, as after a restart of the server. */
const REFUSED = 'ECONNREFUSED';

export class SyslogSender {
  /** As `syslogAddress` reads it. */
  readonly #server: string;
  readonly #head: SyslogHead;
  readonly #onError: (text: string) => void;
  #socket: Socket | undefined;
  #isConnected = false;
  #waiting: Buffer[] = [];
  #pending = 0;
  #lost = 0;
  #toldMs = Number.NEGATIVE_INFINITY;
  #retryMs = Number.NEGATIVE_INFINITY;

  constructor(server: string, head: SyslogHead, onError: (text: string) => void) {
    this.#server = server;
    this.#head = head;
    this.#onError = onError;
  }

  /** A line of latin-1 text; its end is left away. `severity`: in place of the one that the configuration names. */
  write(line: string, severity: number = this.#head.severity): void {
    if (this.#pending + this.#waiting.length >= LIMITS.pendingMax) {
      this.#lost += 1;
      return;
    }
    const bytes = syslogDatagram({ ...this.#head, severity }, systemClock.nowMs(), line);
    if (this.#isConnected) {
      this.#send(bytes);
    } else if (this.#open()) {
      this.#waiting.push(bytes);
    } else {
      this.#lost += 1;
    }
  }

  #send(bytes: Buffer, isAgain: boolean = false): void {
    this.#pending += 1;
    this.#socket?.send(bytes, (error: NodeJS.ErrnoException | null) => {
      this.#pending -= 1;
      if (error?.code === REFUSED && !isAgain && this.#isConnected) {
        // The system tells here what became of the datagram before, and has not sent this one.
        this.#lost += 1;
        this.#tell(error);
        this.#send(bytes, true);
      } else if (error !== null) {
        this.#lost += 1;
        this.#tell(error);
      }
    });
  }

  /** False: it has been tried a moment ago. */
  #open(): boolean {
    if (this.#socket !== undefined) {
      return true;
    }
    if (systemClock.monotonicMs() < this.#retryMs) {
      return false;
    }
    const { host, port } = syslogAddress(this.#server);
    const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
    this.#socket = socket;
    socket.unref();
    socket.on('error', (error) => this.#fail(socket, error));
    socket.connect(port, host, () => {
      this.#isConnected = true;
      for (const bytes of this.#waiting.splice(0)) {
        this.#send(bytes);
      }
    });
    return true;
  }

  #fail(socket: Socket, error: NodeJS.ErrnoException): void {
    if (socket === this.#socket && error.code === REFUSED && this.#isConnected) {
      this.#lost += 1;
    } else if (socket === this.#socket) {
      this.#lost += this.#waiting.length;
      this.#waiting = [];
      this.#pending = 0;
      this.#retryMs = systemClock.monotonicMs() + LIMITS.retryMs;
      this.close();
    }
    this.#tell(error);
  }

  #tell(error: Error): void {
    const nowMs = systemClock.monotonicMs();
    if (nowMs - this.#toldMs >= LIMITS.repeatMs) {
      this.#toldMs = nowMs;
      const lost = this.#lost;
      this.#lost = 0;
      this.#onError(`the syslog server ${this.#server} cannot be reached, lines are lost (${lost}): ${error.message}`);
    }
  }

  flush(): void {
    // A line has been given to the system when it was written.
  }

  reopen(): void {
    // There is no file.
  }

  close(): void {
    this.#isConnected = false;
    this.#socket?.close();
    this.#socket = undefined;
  }
}
