/** An error log of the server that goes to a syslog server, each line with the severity of its level. */

import { hostname } from 'node:os';
import type { SyslogTarget } from '../../config/model/logs.ts';
import { SYSLOG_SEVERITIES, syslogHead } from '../../config/model/syslog-words.ts';
import type { ErrorLevel } from '../../kernel/error-line.ts';
import { SyslogSender } from '../../kernel/syslog-sender.ts';
import type { LogOutlet } from './log-outlet.ts';
import { newErrorOutlet } from './log-outlet.ts';

/** As long as a line for syslog may be, as in nginx. */
const LINE_MAX = 2048;
/** Lines are rendered before they come here, and begin with date, time and level. */
const LEVEL = /^\S+ \S+ \[(\w+)\]/;

export function newSyslogOutlet(target: SyslogTarget, level: ErrorLevel, onError: (text: string) => void): LogOutlet {
  const sender = new SyslogSender(target.server, syslogHead(target, hostname()), onError);
  const write = (text: string): void => {
    for (const line of text.split('\n')) {
      const [, name = ''] = LEVEL.exec(line) ?? [];
      if (line !== '') {
        sender.write(Buffer.from(line).latin1Slice().slice(0, LINE_MAX), SYSLOG_SEVERITIES.indexOf(name));
      }
    }
  };
  return newErrorOutlet({ write }, level);
}
