/**
 * Zones of shared memory, which nginx finds by their names alone, whichever directive declares them: the counts of one use would be those of another. Each has one use and one size, in all
 * blocks of all files.
 */

import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';

/** nginx's modules; of those that are there for `http` and for `stream`, each is one. */
export type ZoneUse = 'limit_req' | 'limit_conn' | 'upstream' | 'sticky' | 'session cache' | 'OCSP cache';

interface Declared {
  readonly use: string;
  bytes: number;
}

const DECLARED: DraftKey<Map<string, Declared>> = draftKey('zones of shared memory');

export interface SharedZone {
  readonly name: string;
  readonly use: ZoneUse;
  /** 0: another line says it. */
  readonly bytes: number;
  /** Of the words of the directive, the one that names it. */
  readonly at: number;
}

/** False: it cannot be, which is told. */
export function declareZone(args: GivenArguments, draft: Draft, report: NginxReport, zone: SharedZone): boolean {
  const main = mainOf(draft);
  const zones = main.own(DECLARED) ?? new Map<string, Declared>();
  main.set(DECLARED, zones);
  const { name, bytes, at } = zone;
  const use = `${draft.within('stream') === undefined ? 'http' : 'stream'} ${zone.use}`;
  const before = zones.get(name);
  if (before === undefined) {
    zones.set(name, { use, bytes });
    return true;
  }
  if (before.use !== use) {
    report(
      'nginx.duplicate',
      args.place(at),
      `the shared memory zone "${name}" is already declared for a different use`,
      {
        hint: 'Zones of limit_req_zone, limit_conn_zone, upstream, sticky, ssl_session_cache and ssl_ocsp_cache, in "http" and in "stream", need names of their own.',
      },
    );
    return false;
  }
  if (before.bytes !== 0 && bytes !== 0 && before.bytes !== bytes) {
    report(
      'nginx.conflict',
      args.place(at),
      `the size ${bytes} of shared memory zone "${name}" conflicts with already declared size ${before.bytes}`,
      { hint: 'Write the same size wherever the zone is named, or another name.' },
    );
    return false;
  }
  before.bytes ||= bytes;
  return true;
}

function mainOf(draft: Draft): Draft {
  return draft.parent === undefined ? draft : mainOf(draft.parent);
}
