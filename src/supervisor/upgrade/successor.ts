/** The process of the server that is to replace this one: the program as it is on disk by now, started with our words, our variables and our sockets. */

import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { renderBindAddress } from '../../config/bind-address.ts';
import { allListeners } from '../../config/model/all-listeners.ts';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import type { PreparedServer } from '../prepare.ts';
import type { OwnProgram } from '../service-manager.ts';
import type { HandOver, InheritedSocket, Report } from './predecessor.ts';
import { PREDECESSOR_VARIABLE } from './predecessor.ts';

export interface SuccessorEvents {
  onSays(text: string): void;
  onRuns(): void;
  /** Called once. `how`: the rest of a sentence. */
  onEnd(how: string): void;
}

/** What is handed over, by our own descriptors. */
type Given = Pick<PreparedServer, 'sockets' | 'model' | 'manager'>;

/** 0 to 2 are the standard ones. */
const FIRST_INHERITED = 3;

export class Successor {
  readonly #process: ChildProcess;

  constructor({ file, args, env }: OwnProgram, given: Given, events: SuccessorEvents) {
    const { handOver, fds } = numberHandedOver(given);
    // By this variable a gunicorn.conf.py sees that its server replaces another.
    const told = given.model.process.manner === 'gunicorn' ? { GUNICORN_PID: String(process.pid) } : {};
    this.#process = spawn(file, args, {
      env: { ...env, ...told, [PREDECESSOR_VARIABLE]: JSON.stringify(handOver) },
      stdio: ['ignore', 'inherit', 'inherit', ...fds],
    });
    // It outlives us.
    this.#process.unref();
    const reports = this.#process.stdio[handOver.reportFd] as Readable | null | undefined;
    if (reports) {
      readReports(reports, events);
    }
    let hasEnded = false;
    const end = (how: string): void => {
      if (!hasEnded) {
        hasEnded = true;
        events.onEnd(how);
      }
    };
    this.#process.on('error', ({ message }) => {
      if (this.pid === 0) {
        end(`could not be started: ${message}`);
      }
    });
    this.#process.on('close', (code, signal) =>
      end(signal === null ? `has ended with exit code ${code}` : `was ended by ${signal}`),
    );
  }

  /** 0 if it could not be started. */
  get pid(): number {
    return this.#process.pid ?? 0;
  }
}

/** Puts the numbers that the descriptors have in the new process into what it is told, and lists what they are here. */
export function numberHandedOver({ sockets, model, manager }: Given): {
  readonly handOver: HandOver;
  readonly fds: readonly (number | 'pipe')[];
} {
  const fds: (number | 'pipe')[] = [];
  const number = (fd: number | 'pipe') => FIRST_INHERITED + fds.push(fd) - 1;
  const inherited = sockets.map(({ address: { kind, address, port, path, fds: own }, listener }): InheritedSocket => {
    const { address: named, isIpv6Only = false } = allListeners(model)[listener] ?? {};
    const name = named === undefined ? '' : renderBindAddress(named);
    return { kind, address, port, path, name, isIpv6Only, fds: [...new Set(own)].map(number) };
  });
  const { notifyFd, watchdogUs } = manager;
  const handOver = {
    from: process.pid,
    sockets: inherited,
    notifyFd: notifyFd === null ? null : number(notifyFd),
    watchdogUs,
    reportFd: number('pipe'),
  };
  return { handOver, fds };
}

function readReports(stream: Readable, events: SuccessorEvents): void {
  let pending = '';
  let left = SUPERVISOR_LIMITS.successorReportsMax;
  stream.setEncoding('utf8').on('data', (text: string) => {
    const taken = text.slice(0, left);
    left -= taken.length;
    const lines = (pending + taken).split('\n');
    pending = lines.pop() ?? '';
    for (const report of lines.flatMap(parseReport)) {
      if (report.kind === 'says') {
        events.onSays(report.text);
      } else {
        events.onRuns();
      }
    }
  });
  stream.on('error', () => undefined);
}

/** Another version of the program may have more to tell than this one understands. */
function parseReport(line: string): Report[] {
  try {
    const { kind, text } = JSON.parse(line) as { readonly kind?: unknown; readonly text?: unknown };
    if (kind === 'runs') {
      return [{ kind }];
    }
    return kind === 'says' && typeof text === 'string' ? [{ kind, text }] : [];
  } catch {
    return [];
  }
}
