/** Where the server's own log goes: one file in our form, or the error logs of an nginx.conf, each with the level that it was asked for. */

import type { ErrorLog } from '../../config/model/logs.ts';
import type { ProcessSettings } from '../../config/model/server-model.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Identity } from '../privileges.ts';
import type { LogEvent } from './log-event.ts';
import { ownEvent } from './log-event.ts';
import type { LogOutlet } from './log-outlet.ts';
import { newErrorOutlet, newOutlet, rendererOf } from './log-outlet.ts';
import { LogSink } from './log-sink.ts';
import { newSyslogOutlet } from './syslog-outlet.ts';

const SELF_NAME = 'portico';
const STANDARD_ERROR = '';

type LogSettings = Pick<ProcessSettings, 'logFile' | 'logFormat' | 'logLevel' | 'errorLogs'>;

export class ServerLogs {
  readonly outlets: readonly LogOutlet[];
  readonly #sinks: readonly LogSink[];

  private constructor(outlets: readonly LogOutlet[], sinks: readonly LogSink[]) {
    this.outlets = outlets;
    this.#sinks = sinks;
  }

  /** Throws what `open` throws. */
  static open(settings: LogSettings, identity: Identity | undefined, clock: Clock): ServerLogs {
    const { logFile, logFormat, logLevel, errorLogs } = settings;
    if (errorLogs.length > 0) {
      return ServerLogs.#openErrorLogs(errorLogs, identity, clock);
    }
    const render = rendererOf(logFormat);
    const sink = new LogSink(logFile, identity, (count) => render(clock.nowMs(), self(), lost(count)));
    return new ServerLogs([newOutlet(sink, { format: logFormat, least: logLevel })], [sink]);
  }

  /** A file that is named twice is opened once. What is wrong with a syslog server is told in the files, or at standard error where there is none. */
  static #openErrorLogs(rules: readonly ErrorLog[], identity: Identity | undefined, clock: Clock): ServerLogs {
    const sinks = new Map<string, LogSink>();
    const open = (path: string, level: ErrorLog['level']): LogOutlet => {
      const sink: LogSink =
        sinks.get(path) ??
        new LogSink(path, identity, (count) => newErrorOutlet(sink, level).render(clock.nowMs(), self(), lost(count)));
      sinks.set(path, sink);
      return newErrorOutlet(sink, level);
    };
    const near = rules.flatMap(({ sink, level }) => (sink.kind === 'syslog' ? [] : [open(pathOf(sink), level)]));
    const told = near.length > 0 ? near : [open(STANDARD_ERROR, 'error')];
    const complain = (text: string): void => {
      for (const outlet of told) {
        outlet.sink.write(outlet.render(clock.nowMs(), self(), ownEvent('error', text)));
      }
    };
    const far = rules.flatMap(({ sink, level }) =>
      sink.kind === 'syslog' ? [newSyslogOutlet(sink, level, complain)] : [],
    );
    return new ServerLogs([...near, ...far], [...sinks.values()]);
  }

  /** After the files were moved away. All are tried; throws what is in the way of the first that cannot be opened. */
  reopen(): void {
    const faults = this.#sinks.flatMap((sink) => {
      try {
        sink.reopen();
        return [];
      } catch (error) {
        return [error];
      }
    });
    if (faults.length > 0) {
      throw faults[0];
    }
  }

  /** The rest, at the end. */
  async finish(clock: Clock): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.finish(clock)));
  }
}

function pathOf(sink: ErrorLog['sink']): string {
  return sink.kind === 'file' && typeof sink.path === 'string' ? sink.path : STANDARD_ERROR;
}

function self(): { readonly pid: number; readonly name: string } {
  return { pid: process.pid, name: SELF_NAME };
}

function lost(count: number): LogEvent {
  return ownEvent(
    'warning',
    `${count} lines of the log could not be written: its reader was too slow, or its disk full`,
  );
}
