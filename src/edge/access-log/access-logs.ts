/** The access logs of a plan: what is written when a request is over, or the session of a stream. */

import { statSync } from 'node:fs';
import type { AccessFormat } from '../../config/access-format/access-format.ts';
import type { AccessLogRule, LogTarget } from '../../config/model/logs.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { IncomingExchange } from '../../protocol/http/incoming-exchange.ts';
import { leadsUp } from '../pipeline/leads-up.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import type { CompiledTemplate, Route } from '../pipeline/route.ts';
import type { Subject, TemplateFor } from '../pipeline/subject.ts';
import { rendererOf } from './access-log.ts';
import type { LogLease } from './log-files.ts';
import type { LoggedExchange } from './logged-exchange.ts';
import type { FormatCompilation } from './nginx-format.ts';
import { compileNginxFormat } from './nginx-format.ts';
import { ownStatus } from './own-status.ts';

/** Of what a scope says nothing in its log. */
const NOWHERE = '/dev/null';

export interface AccessLogsParts {
  readonly lease: LogLease;
  readonly targets: readonly LogTarget[];
  /** By index of the target: what somebody else has opened. */
  readonly fds: readonly (number | null)[];
  readonly clock: Clock;
}

export type WriteLog<S = Route> = (subject: S) => void;

interface Writing<S> {
  readonly compilation: FormatCompilation<S>;
  /** Of logs whose names have variables: the folder that has to be there. Undefined: whatever their names are, they are written. */
  readonly root: TemplateFor<S> | undefined;
  /** A format in words of ours. */
  readonly renderOwn: (format: AccessFormat) => TemplateFor<S>;
}

export class AccessLogs {
  readonly #parts: AccessLogsParts;

  constructor(parts: AccessLogsParts) {
    this.#parts = parts;
  }

  /** Of requests. Undefined: nothing is written. Throws what open(2) throws. */
  open(
    rules: readonly AccessLogRule[],
    compilation: FormatCompilation<Route>,
    root: CompiledTemplate,
  ): WriteLog | undefined {
    const variable = (name: string) => (name === 'status' ? ownStatus : compilation.variable(name));
    return this.#open(rules, {
      compilation: { template: (template) => compilation.template(template), variable },
      root,
      renderOwn: (format) => this.#renderOwn(format),
    });
  }

  /** Of sessions, which have no format of ours. */
  openForSessions<S extends Subject>(
    rules: readonly AccessLogRule[],
    compilation: FormatCompilation<S>,
  ): WriteLog<S> | undefined {
    return this.#open(rules, { compilation, root: undefined, renderOwn: () => '' });
  }

  #open<S extends Subject>(rules: readonly AccessLogRule[], writing: Writing<S>): WriteLog<S> | undefined {
    const logs = rules.flatMap((rule) => this.#openRule(rule, writing) ?? []);
    const [first] = logs;
    return logs.length <= 1
      ? first
      : (subject) => {
          for (const log of logs) {
            log(subject);
          }
        };
  }

  #openRule<S extends Subject>(
    { target, format, when }: AccessLogRule,
    { compilation, root, renderOwn }: Writing<S>,
  ): WriteLog<S> | undefined {
    const found = this.#parts.targets[target];
    if (found === undefined) {
      throw new Error(`the model has no log ${target}`);
    }
    const render = format.words === 'nginx' ? compileNginxFormat(format, compilation) : renderOwn(format);
    const write = this.#outlet(found, target, compilation, root);
    if (write === undefined) {
      return undefined;
    }
    const log: WriteLog<S> = (subject) => write(`${renderTemplate(render, subject)}\n`, subject);
    return when === undefined ? log : conditional(compilation.template(when), log);
  }

  /** Formats that ask the transport's exchange. */
  #renderOwn(format: AccessFormat): (route: Route) => string {
    const { clock } = this.#parts;
    const render = rendererOf(format, '');
    return ({ main, client }) => {
      // The exchange of a transport, when it is over, is all of these.
      const exchange = main.exchange as unknown as LoggedExchange & IncomingExchange;
      const peer = exchange.client;
      exchange.client = client;
      const line = render(exchange, clock.nowMs(), clock.monotonicMs() - exchange.startedMs);
      exchange.client = peer;
      return line.slice(0, -1);
    };
  }

  #outlet<S>(
    target: LogTarget,
    index: number,
    compilation: FormatCompilation<S>,
    root: TemplateFor<S> | undefined,
  ): ((line: string, subject: S) => void) | undefined {
    const { lease, fds } = this.#parts;
    const { sink } = target;
    if (sink.kind === 'syslog') {
      const sender = lease.syslog(sink);
      return (line: string): void => sender.write(line);
    }
    if (typeof sink.path !== 'string') {
      return toNamed(lease, target, compilation.template(sink.path), root);
    }
    if (sink.path === NOWHERE) {
      return undefined;
    }
    const gathering = gatheringOf(target);
    const collector = lease.collector(sink.path, fds[index] ?? undefined, gathering);
    return (line: string): void => collector.write(line);
  }
}

function gatheringOf({ bufferBytes, flushMs, gzipLevel }: LogTarget) {
  const isBuffered = bufferBytes > 0 || flushMs > 0 || gzipLevel > 0;
  return {
    bytesMax: bufferBytes,
    delayMs: isBuffered ? flushMs || Number.POSITIVE_INFINITY : 0,
    gzipLevel,
  };
}

/** As in nginx, nothing is written for a host that has no folder of its own: anybody can make up hosts. */
function toNamed<S>(
  lease: LogLease,
  { kept }: LogTarget,
  path: TemplateFor<S>,
  root: TemplateFor<S> | undefined,
): (line: string, subject: S) => void {
  const logs = lease.named(kept);
  return (line, subject) => {
    const name = renderTemplate(path, subject);
    const isSound = !leadsUp(name) && !name.includes('\0');
    if (isSound && (root === undefined || isFolder(renderTemplate(root, subject)))) {
      logs.write(name, line);
    }
  };
}

function isFolder(path: string): boolean {
  return statSync(Buffer.from(path, 'latin1'), { throwIfNoEntry: false })?.isDirectory() === true;
}

function conditional<S>(when: TemplateFor<S>, log: WriteLog<S>): WriteLog<S> | undefined {
  if (typeof when === 'string') {
    return when === '' || when === '0' ? undefined : log;
  }
  return (subject) => {
    const value = when(subject);
    if (value !== '' && value !== '0') {
      log(subject);
    }
  };
}
