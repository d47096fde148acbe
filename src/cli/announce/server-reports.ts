/**
 * What a server says of its start, in the form that suits whoever reads it: a block on a terminal, lines of the log elsewhere. A log file has
 * it as well, because a person at the terminal is gone when the file is read.
 */

import type { ProcessSettings } from '../../config/model/server-model.ts';
import { systemClock } from '../../kernel/clock.ts';
import type { Log } from '../../supervisor/log/log.ts';
import type { LogEvent } from '../../supervisor/log/log-event.ts';
import { ownEvent } from '../../supervisor/log/log-event.ts';
import { escapeControls, escapeLines } from '../../supervisor/log/log-line.ts';
import { rendererOf } from '../../supervisor/log/log-outlet.ts';
import type { ServeReports } from '../../supervisor/main.ts';
import type { Terminal } from '../terminal.ts';
import { announce } from './announce.ts';
import { renderBlock, renderLines } from './summary.ts';

/** `/dev/stderr`, `/dev/stdout`, `/dev/fd/1`, `/proc/self/fd/2` */
const OWN_STREAM = /^\/(?:dev|proc)\//;

/** Where and how the server's own log is written. */
type LogSettings = Pick<ProcessSettings, 'logFile' | 'logFormat' | 'logLevel'>;

/** `inWords`: says a message, which names flags, in the words of whoever has described the server. */
export function newServerReports(
  settings: LogSettings,
  terminal: Terminal,
  version: string,
  inWords: (text: string) => string = (text) => text,
): ServeReports {
  const isText = settings.logFormat === 'text';
  const hasLogFile = settings.logFile !== '';
  // A log that is a stream of this process, as in containers, is where whoever reads the other stream looks as well.
  const hasOwnStream = OWN_STREAM.test(settings.logFile);
  const isWatched = terminal.isWatched && isText;
  const print = (events: readonly LogEvent[]): void => {
    const render = rendererOf(settings.logFormat);
    const self = { pid: process.pid, name: 'portico' };
    terminal.error(events.map((event) => render(systemClock.nowMs(), self, event)).join(''));
  };
  /** Standard error is the log, unless that is a file: then both are told. */
  const tell = (log: Log, events: readonly LogEvent[]): void => {
    if (hasLogFile || !isWatched) {
      log.sayAll(events);
    }
    if (hasLogFile && !isWatched && !hasOwnStream) {
      print(events);
    }
  };
  return {
    onFaults: (messages) =>
      isText
        ? terminal.error(messages.map((text) => `portico: ${escapeControls(inWords(text))}.\n`).join(''))
        : print(messages.map((text) => ownEvent('error', inWords(text)))),
    onWait: (text) => (isText ? terminal.error(`portico: ${text}\n`) : print([ownEvent('info', text)])),
    onStarted: (announcement, log) => {
      const told = announce(announcement, version, settings.logLevel === 'debug');
      const summary = { ...told, warnings: told.warnings.map(inWords) };
      if (isWatched) {
        terminal.error(renderBlock(summary, terminal.hasColours));
      }
      tell(
        log,
        renderLines(summary).map(({ level, text }) => ownEvent(level, text)),
      );
    },
    onGivenUp: (error, traceback, log) => {
      const shown = traceback.trimEnd();
      // A fault that is not in the application's code has no traceback: its sentence is shown.
      const behind = shown === '' || shown === error ? '' : shown;
      const sentence = `the server cannot start: ${inWords(error)}`;
      if (isWatched) {
        terminal.error(`${behind === '' ? '' : `${escapeLines(behind)}\n\n`}portico: ${escapeLines(sentence)}\n`);
      }
      // As text the sentence comes last here too, because it is what a person sees first.
      const inOrder =
        isText && behind !== '' ? [behind, sentence] : [behind === '' ? sentence : `${sentence}\n${behind}`];
      tell(
        log,
        inOrder.map((text) => ownEvent('error', text)),
      );
    },
  };
}
