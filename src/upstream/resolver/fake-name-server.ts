/** Name servers for tests: what they are asked is told, and what they answer is said. */

import type { FakeResponse } from '../../protocol/dns/fake-response.ts';
import { fakeResponse, readFakeQuestion } from '../../protocol/dns/fake-response.ts';
import type { NameLineEvents, NameServer, OpenNameLine } from './name-line.ts';

/** A line that was opened, with the questions that were sent by it. */
export class FakeLine {
  readonly server: NameServer;
  readonly isTcp: boolean;
  readonly sent: Buffer[] = [];
  isClosed = false;
  readonly #events: NameLineEvents;

  constructor(server: NameServer, isTcp: boolean, events: NameLineEvents) {
    this.server = server;
    this.isTcp = isTcp;
    this.#events = events;
  }

  send(message: Buffer): void {
    this.sent.push(message);
  }

  close(): void {
    this.isClosed = true;
  }

  /** The question that was sent last: `192.0.2.53:53 udp app A`. */
  get asked(): string {
    const { name, type } = readFakeQuestion(this.sent.at(-1)!);
    return `${this.server.name} ${this.isTcp ? 'tcp' : 'udp'} ${name} ${{ 1: 'A', 28: 'AAAA', 33: 'SRV' }[type]}`;
  }

  /** What does not belong to the question as it was sent is made by `change`. */
  answer(response: FakeResponse, change: (bytes: Buffer) => Buffer = (bytes) => bytes): void {
    this.receive(change(fakeResponse(this.sent.at(-1)!, response)));
  }

  receive(message: Buffer): void {
    if (!this.isClosed) {
      this.#events.onMessage(message);
    }
  }

  lose(code: string | undefined): void {
    this.isClosed = true;
    const error = Object.assign(new Error(code), { code, errno: 111, syscall: this.isTcp ? 'connect' : 'recvmsg' });
    this.#events.onLost(code === undefined ? undefined : error);
  }
}

export function fakeLines(): { readonly lines: FakeLine[]; readonly open: OpenNameLine } {
  const lines: FakeLine[] = [];
  const open: OpenNameLine = (server, isTcp, events) => {
    const line = new FakeLine(server, isTcp, events);
    lines.push(line);
    return line;
  };
  return { lines, open };
}
