/** A line for a syslog server, with the head of RFC 3164 as nginx writes it. */

import { MONTHS } from './months.ts';

const SEVERITIES_EACH = 8;
const PORT = 514;

export interface SyslogHead {
  /** As numbers: RFC 3164 4.1.1. */
  readonly facility: number;
  readonly severity: number;
  /** Undefined: it is left away. */
  readonly hostname: string | undefined;
  readonly tag: string;
}

/** `line` is latin-1 text that stands for bytes; its end is left away. */
export function syslogDatagram({ facility, severity, hostname, tag }: SyslogHead, nowMs: number, line: string): Buffer {
  const priority = Math.max(0, facility) * SEVERITIES_EACH + Math.max(0, severity);
  const host = hostname === undefined ? '' : `${hostname} `;
  const text = line.endsWith('\n') ? line.slice(0, -1) : line;
  return Buffer.from(`<${priority}>${syslogTime(nowMs)} ${host}${tag}: ${text}`, 'latin1');
}

let stampSecond = Number.NaN;
let stamp = '';

/** `Nov  3 07:04:33`, of the machine's zone; made once a second. */
export function syslogTime(atMs: number): string {
  const second = Math.floor(atMs / 1000);
  if (second !== stampSecond) {
    stampSecond = second;
    const time = new Date(atMs);
    const two = (value: number): string => String(value).padStart(2, '0');
    const clock = `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
    stamp = `${MONTHS[time.getMonth()]} ${String(time.getDate()).padStart(2)} ${clock}`;
  }
  return stamp;
}

/** `host`, `host:port`, `[::1]:port`. */
export function syslogAddress(server: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d+))?$/.exec(server) ?? [];
  return { host: bracketed ?? plain ?? server, port: port === undefined ? PORT : Number(port) };
}
