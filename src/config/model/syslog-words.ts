/** The words of syslog (RFC 3164 4.1.1) in the order of their numbers, as nginx spells them. */

import type { SyslogHead } from '../../kernel/syslog-datagram.ts';
import type { SyslogTarget } from './logs.ts';

export const SYSLOG_FACILITIES: readonly string[] = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'intern',
  'lpr',
  'news',
  'uucp',
  'clock',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'cron',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
];

export const SYSLOG_SEVERITIES: readonly string[] = [
  'emerg',
  'alert',
  'crit',
  'error',
  'warn',
  'notice',
  'info',
  'debug',
];

/** What stands in front of the lines. */
export function syslogHead({ facility, severity, tag, hasHost }: SyslogTarget, hostname: string): SyslogHead {
  return {
    facility: SYSLOG_FACILITIES.indexOf(facility),
    severity: SYSLOG_SEVERITIES.indexOf(severity),
    hostname: hasHost ? hostname.toLowerCase() : undefined,
    tag,
  };
}
