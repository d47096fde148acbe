/**
 * The error logs of the configuration, as an edge thread writes them: lines about one request, in nginx's form, to each log of its location that was asked for
 * their level. A line is in the file before the client has its answer: who has seen a refusal finds the reason. What cannot be written is told once, and never
 * stops a request.
 *
 * Where requests are passed on, a place without a log of its own tells of its errors in the log of the server: a 502 whose reason stands nowhere helps nobody.
 */

import type { ErrorLog as ErrorLogRule } from '../../config/model/logs.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { ErrorLevel, ErrorLineOrigin } from '../../kernel/error-line.ts';
import { ERROR_LEVELS, isLogged, renderErrorLine } from '../../kernel/error-line.ts';
import { SERVER_STDERR } from '../../protocol/control/edge.ts';
import { escapeLog } from '../access-log/line.ts';
import type { LineWriter } from '../access-log/line-writer.ts';
import { openAgain } from '../access-log/line-writer.ts';
import type { LogLease } from '../access-log/log-files.ts';

/** What a line says of the request that it is about. Latin-1, as the client has sent it. */
export interface ErrorSubject {
  /** The number of the client's connection. */
  readonly connection: number;
  /** '' on a Unix socket. */
  readonly client: string;
  /** The name of the site. */
  readonly server: string;
  readonly request: string;
  /** The server behind this one that was asked last; '' for none. */
  readonly upstream: string;
  /** '' if the request has no field Host. */
  readonly host: string;
  readonly referrer: string;
}

interface Target {
  /** `text`: what of the line is the message. */
  readonly write: (line: string, level: ErrorLevel, text: string) => void;
  readonly least: ErrorLevel;
}

/** Lines of places that have no log. It is for whoever writes them to keep them few: clients can cause as many as they like. */
export type TellOtherwise = (text: string) => void;

/** As long as a line for syslog may be, as in nginx. */
const SYSLOG_LINE_MAX = 2048;
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
    if (this.hears(level)) {
      // As in nginx, a line for those who look into nginx itself says nothing of the request but its connection.
      const text = level === 'debug' ? message : message + renderSubject(subject);
      this.sayText(level, text, subject.connection);
    }
  }

  /** A whole line. What it has of the client's must be escaped. */
  sayText(level: ErrorLevel, text: string, connection: number): void {
    const line = renderErrorLine(this.#clock.nowMs(), level, this.#origin, connection, text);
    for (const { write, least } of this.#targets) {
      if (isLogged(level, least)) {
        write(line, level, text);
      }
    }
  }
}

/** Where the error logs of a plan's scopes are written. */
export class ErrorLogs {
  readonly #origin: ErrorLineOrigin;
  readonly #clock: Clock;
  readonly #lease: Pick<LogLease, 'writer' | 'syslog'>;
  readonly #stderr: number;
  readonly #otherwise: TellOtherwise | undefined;

  /** `stderr`: the descriptor of the server's standard error. `otherwise` has the errors of places without a log; undefined: nobody has them. */
  constructor(
    origin: ErrorLineOrigin,
    clock: Clock,
    lease: Pick<LogLease, 'writer' | 'syslog'>,
    {
      stderr = SERVER_STDERR,
      otherwise,
    }: { readonly stderr?: number; readonly otherwise?: TellOtherwise | undefined } = {},
  ) {
    this.#stderr = stderr;
    this.#otherwise = otherwise;
    this.#origin = origin;
    this.#clock = clock;
    this.#lease = lease;
  }

  /** Throws what open(2) throws. */
  open(rules: readonly ErrorLogRule[]): ErrorLog {
    const otherwise = this.#otherwise;
    if (rules.length === 0 && otherwise !== undefined) {
      const target: Target = { write: (_line, _level, text) => otherwise(text), least: 'error' };
      return new ErrorLog([target], this.#origin, this.#clock);
    }
    const targets = rules.flatMap(({ sink, level }) => {
      const write = this.#writeTo(sink);
      return write === undefined ? [] : [{ write, least: level }];
    });
    return new ErrorLog(targets, this.#origin, this.#clock);
  }

  #writeTo(sink: ErrorLogRule['sink']): Target['write'] | undefined {
    if (sink.kind === 'syslog') {
      const sender = this.#lease.syslog(sink);
      return (line, level) => sender.write(line.slice(0, SYSLOG_LINE_MAX), ERROR_LEVELS.indexOf(level));
    }
    if (sink.kind === 'file' && sink.path === NOWHERE) {
      return undefined;
    }
    const writer = this.#writerOf(sink);
    return (line) => writer.write(line);
  }

  #writerOf(sink: Exclude<ErrorLogRule['sink'], { kind: 'syslog' }>): LineWriter {
    // An error log's path has no variables.
    const path = sink.kind === 'file' && typeof sink.path === 'string' ? sink.path : '';
    const fd = path === '' ? standardError(this.#stderr) : undefined;
    return this.#lease.writer(path || 'standard error', 'error log', fd);
  }
}

/** Opened once: plans come and go, and it is nobody's to close. */
let openedStderr: { readonly from: number; readonly fd: number } | undefined;

function standardError(from: number): number {
  if (openedStderr?.from !== from) {
    openedStderr = { from, fd: openAgain(from) };
  }
  return openedStderr.fd;
}

function renderSubject({ client, server, request, upstream, host, referrer }: ErrorSubject): string {
  const parts = [
    `, client: ${client || 'unix:'}, server: ${server}`,
    request === '' ? '' : `, request: "${escapeLog(request)}"`,
    upstream === '' ? '' : `, upstream: "${escapeLog(upstream)}"`,
    host === '' ? '' : `, host: "${escapeLog(host)}"`,
    referrer === '' ? '' : `, referrer: "${escapeLog(referrer)}"`,
  ];
  return parts.join('');
}
