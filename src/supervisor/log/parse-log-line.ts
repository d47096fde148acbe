/** A line of the log as text, taken apart again: for whoever wants objects of a server that writes none. */

export interface LogLine {
  /** `2026-11-21 10:04:33.123 +0000`; '' of a line in another form. */
  readonly time: string;
  readonly level: string;
  readonly name: string;
  readonly pid: number;
  readonly message: string;
}

const FORM = /^(\d{4}-\d\d-\d\d \S+ \S+) \[(\d+)\] ([A-Z]+) (\S+): (.*)$/;

export function parseLogLine(line: string): LogLine {
  const [, time = '', pid = '0', level = '', name = '', message = line] = FORM.exec(line) ?? [];
  return { time, level: level.toLowerCase(), name, pid: Number(pid), message };
}
