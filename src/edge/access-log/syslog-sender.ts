/**
 * Lines for a syslog server, a datagram each, with the head of RFC 3164 as nginx writes it. Nobody waits for the server: what cannot be sent is lost and counted,
 * as UDP is.
 */

import type { Socket } from 'node:dgram';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { LogTarget } from '../../config/model/logs.ts';
import { SYSLOG_FACILITIES, SYSLOG_SEVERITIES } from '../../config/model/syslog-words.ts';
import { systemClock } from '../../kernel/clock.ts';

export type SyslogSink = Extract<LogTarget['sink'], { kind: 'syslog' }>;

const LIMITS = {
  /** Datagrams that the system has not taken yet; what comes then is lost. */
  pendingMax: 1000,
  /** After a fault (a name that is not found, a network that is down) nothing is tried for so long … */
  retryMs: 1_000,
  /** … and no fault is told again before. */
  repeatMs: 60_000,
} as const;

const PORT = 514;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export class SyslogSender {
  readonly #sink: SyslogSink;
  readonly #hostname: string;
  readonly #onError: (text: string) => void;
  readonly #severity: number;
  #socket: Socket | undefined;
  #isConnected = false;
  #waiting: Buffer[] = [];
  #pending = 0;
  #lost = 0;
  #toldMs = Number.NEGATIVE_INFINITY;
  #retryMs = Number.NEGATIVE_INFINITY;

  constructor(sink: SyslogSink, hostname: string, onError: (text: string) => void) {
    this.#sink = sink;
    this.#hostname = hostname.toLowerCase();
    this.#onError = onError;
    this.#severity = SYSLOG_SEVERITIES.indexOf(sink.severity);
  }

  /** A line of latin-1 text; its end is left away. `severity`: in place of the one that the configuration names. */
  write(line: string, severity: number = this.#severity): void {
    if (this.#pending + this.#waiting.length >= LIMITS.pendingMax) {
      this.#lost += 1;
      return;
    }
    const { facility, tag, hasHost } = this.#sink;
    const priority = Math.max(0, SYSLOG_FACILITIES.indexOf(facility)) * 8 + Math.max(0, severity);
    const host = hasHost ? `${this.#hostname} ` : '';
    const text = line.endsWith('\n') ? line.slice(0, -1) : line;
    const bytes = Buffer.from(`<${priority}>${syslogTime(systemClock.nowMs())} ${host}${tag}: ${text}`, 'latin1');
    if (this.#isConnected) {
      this.#send(bytes);
    } else if (this.#open()) {
      this.#waiting.push(bytes);
    } else {
      this.#lost += 1;
    }
  }

  #send(bytes: Buffer): void {
    this.#pending += 1;
    this.#socket?.send(bytes, (error) => {
      this.#pending -= 1;
      if (error !== null) {
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
    const { host, port } = addressOf(this.#sink.server);
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

  #fail(socket: Socket, error: Error): void {
    if (socket === this.#socket) {
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
      this.#onError(
        `the syslog server ${this.#sink.server} cannot be reached, lines are lost (${lost}): ${error.message}`,
      );
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

/** `host`, `host:port`, `[::1]:port`. */
export function addressOf(server: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(server) ?? [];
  return { host: bracketed ?? plain ?? server, port: port === undefined ? PORT : Number(port) };
}

let stampSecond = Number.NaN;
let stamp = '';

/** `Nov  3 07:04:33`, of the machine's zone; made once a second. */
export function syslogTime(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (second !== stampSecond) {
    stampSecond = second;
    const time = new Date(atMs);
    const two = (value: number): string => String(value).padStart(2, '0');
    const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
    stamp = `${MONTHS[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${clock}`;
  }
  return stamp;
}
