/** The server, and the time. */

import { ssiDate } from '../../filters/ssi/ssi-date.ts';
import { clfDateHere, isoDateHere } from '../local-time.ts';
import type { VariableServices, VariableTable } from './variable.ts';

/** Of the nginx whose configuration files are understood: for those that ask. */
const NGINX_VERSION = '1.22.1';

export function serverVariables({ clock, hostname, traffic }: VariableServices): VariableTable {
  return {
    hostname: () => hostname,
    pid: () => String(process.pid),
    nginx_version: () => NGINX_VERSION,
    msec: () => (clock.nowMs() / 1000).toFixed(3),
    time_iso8601: () => isoDateHere(clock.nowMs()),
    time_local: () => clfDateHere(clock.nowMs()),
    date_local: (route) => ssiDate(route, clock.nowMs(), false),
    date_gmt: (route) => ssiDate(route, clock.nowMs(), true),
    request_time: ({ main }) => ((clock.monotonicMs() - main.startedMs) / 1000).toFixed(3),
    connections_active: () => String(traffic.numbers().active),
    connections_reading: () => String(traffic.numbers().reading),
    connections_writing: () => String(traffic.numbers().writing),
    connections_waiting: () => String(traffic.numbers().waiting),
  };
}
