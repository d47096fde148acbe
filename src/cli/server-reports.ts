/**
 * What a server says of its start, in the form that suits whoever reads it: a block on a terminal, lines of the log elsewhere. A log file has
 * it as well, because a person at the terminal is gone when the file is read.
 */

import type { ServerModel } from '../config/model.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Log } from '../supervisor/log.ts';
import { rendererOf } from '../supervisor/log.ts';
import { ownEvent } from '../supervisor/log-event.ts';
import type { ServeReports } from '../supervisor/main.ts';
import { announce } from './announce.ts';
import type { Summary } from './summary.ts';
import { renderBlock, renderLines } from './summary.ts';
import type { Terminal } from './terminal.ts';

type Level = 'info' | 'warning' | 'error';

export function newServerReports(model: ServerModel, terminal: Terminal, version: string): ServeReports {
  const isText = model.logFormat === 'text';
  const hasLogFile = model.logFile !== '';
  const isWatched = terminal.isWatched && isText;
  const printLine = (level: Level, text: string): void => {
    const render = rendererOf(model.logFormat);
    terminal.error(render(systemClock.nowMs(), { pid: process.pid, name: 'portico' }, ownEvent(level, text)));
  };
  /** Standard error is the log, unless that is a file: then both are told. */
  const tell = (log: Log, level: Level, text: string): void => {
    log.say(level, text);
    if (hasLogFile && !isWatched) {
      printLine(level, text);
    }
  };
  return {
    onFaults: (messages) =>
      messages.forEach((text) => (isText ? terminal.error(`portico: ${text}.\n`) : printLine('error', text))),
    onWait: (text) => (isText ? terminal.error(`portico: ${text}\n`) : printLine('info', text)),
    onStarted: (announcement, log) => {
      const summary = announce(announcement, version, model.logLevel === 'debug');
      if (isWatched) {
        terminal.error(renderBlock(summary, terminal.hasColours));
      }
      if (hasLogFile || !isWatched) {
        tellSummary(summary, (level, text) => tell(log, level, text));
      }
    },
    onGivenUp: (error, traceback, log) => {
      const shown = traceback.trimEnd();
      // A fault that is not in the application's code has no traceback: its sentence is shown.
      const behind = shown === '' || shown === error ? '' : shown;
      const sentence = `the server cannot start: ${error}`;
      if (isWatched) {
        terminal.error(`${behind === '' ? '' : `${behind}\n\n`}portico: ${sentence}\n`);
      }
      if (!hasLogFile && isWatched) {
        return;
      }
      if (isText && behind !== '') {
        tell(log, 'error', behind); // The sentence comes last here too: it is what a person sees first.
      }
      tell(log, 'error', isText || behind === '' ? sentence : `${sentence}\n${behind}`);
    },
  };
}

function tellSummary(summary: Summary, tell: (level: Level, text: string) => void): void {
  for (const { level, text } of renderLines(summary)) {
    tell(level, text);
  }
}
