/**
 * The error logs of the configuration, as an edge thread writes them: lines about one request, in nginx's form, to each log of its location that was asked for
 * their level. A line is in the file before the client has its answer: who has seen a refusal finds the reason. What cannot be written is told once, and never
 * stops a request.
 */

import type { ErrorLog as ErrorLogRule } from '../../config/model/logs.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { ErrorLevel, ErrorLineOrigin } from '../../kernel/error-line.ts';
import { isLogged, renderErrorLine } from '../../kernel/error-line.ts';
import { escapeLog } from '../access-log/line.ts';
import { LineWriter } from '../access-log/line-writer.ts';

/** What a line says of the request that it is about. Latin-1, as the client has sent it. */
export interface ErrorSubject {
  /** The number of the client's connection. */
  readonly connection: number;
  /** '' on a Unix socket. */
  readonly client: string;
  /** The name of the site. */
  readonly server: string;
  readonly request: string;
  /** '' if the request has no field Host. */
  readonly host: string;
  readonly referrer: string;
}

interface Target {
  readonly writer: Pick<LineWriter, 'write'>;
  readonly least: ErrorLevel;
}

/** Standard error of the server, by which the edge's own is known to itself. */
const STDERR_FD = 2;
/** A file that `error_log` names to be rid of the lines. */
const NOWHERE = '/dev/null';

/** The logs of one scope. */
export class ErrorLog {
  readonly #targets: readonly Target[];
  readonly #origin: ErrorLineOrigin;
  readonly #clock: Clock;

  constructor(targets: readonly Target[], origin: ErrorLineOrigin, clock: Clock) {
    this.#targets = targets;
    this.#origin = origin;
    this.#clock = clock;
  }

  /** Asked where a message costs something to be made. */
  hears(level: ErrorLevel): boolean {
    return this.#targets.some(({ least }) => isLogged(level, least));
  }

  /** `message` is ours; what it has of the client's must be escaped. */
  say(level: ErrorLevel, message: string, subject: ErrorSubject): void {
    if (!this.hears(level)) {
      return;
    }
    // As in nginx, a line for those who look into nginx itself says nothing of the request but its connection.
    const text = level === 'debug' ? message : message + renderSubject(subject);
    const line = renderErrorLine(this.#clock.nowMs(), level, this.#origin, subject.connection, text);
    for (const { writer, least } of this.#targets) {
      if (isLogged(level, least)) {
        writer.write(line);
      }
    }
  }
}

/** All files that the error logs of a thread's scopes name, each opened once. */
export class ErrorLogs {
  readonly #origin: ErrorLineOrigin;
  readonly #clock: Clock;
  readonly #onError: (text: string) => void;
  readonly #writers = new Map<string, LineWriter>();

  constructor(origin: ErrorLineOrigin, clock: Clock, onError: (text: string) => void) {
    this.#origin = origin;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Throws what open(2) throws. */
  open(rules: readonly ErrorLogRule[]): ErrorLog {
    const targets = rules.flatMap(({ sink, level }) => {
      const writer = this.#writerOf(sink);
      return writer === undefined ? [] : [{ writer, least: level }];
    });
    return new ErrorLog(targets, this.#origin, this.#clock);
  }

  /** After rotation. */
  reopen(): void {
    for (const writer of this.#writers.values()) {
      writer.reopen();
    }
  }

  /** What is written later opens the files again. */
  close(): void {
    for (const writer of this.#writers.values()) {
      writer.close();
    }
  }

  #writerOf(sink: ErrorLogRule['sink']): LineWriter | undefined {
    if (sink.kind === 'syslog' || (sink.kind === 'file' && sink.path === NOWHERE)) {
      return undefined;
    }
    // An error log's path has no variables.
    const path = sink.kind === 'file' && typeof sink.path === 'string' ? sink.path : '';
    const known = this.#writers.get(path);
    if (known !== undefined) {
      return known;
    }
    const fd = path === '' ? STDERR_FD : undefined;
    const writer = new LineWriter(path || 'standard error', this.#onError, fd, 'error log');
    this.#writers.set(path, writer);
    return writer;
  }
}

function renderSubject({ client, server, request, host, referrer }: ErrorSubject): string {
  const parts = [
    `, client: ${client || 'unix:'}, server: ${server}`,
    request === '' ? '' : `, request: "${escapeLog(request)}"`,
    host === '' ? '' : `, host: "${escapeLog(host)}"`,
    referrer === '' ? '' : `, referrer: "${escapeLog(referrer)}"`,
  ];
  return parts.join('');
}
