/** Which server gets the next request, as one text: `least-conn`, `hash $uri consistent`, `random least-time=header`. */

import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import type { Balancing, TimedUntil } from '../model/upstream.ts';
import { parseTemplateText, renderTemplateText } from './template-text.ts';

const UNTIL: readonly TimedUntil[] = ['header', 'last-byte', 'connect', 'first-byte'];
const WORDS = 'round-robin, least-conn, ip-hash, hash TEXT, least-time header, or random';

export function parseBalancing(text: string): Outcome<Balancing> {
  const [kind = '', rest = ''] = text.trim().split(/\s+(.*)/s);
  switch (kind) {
    case 'round-robin':
    case 'least-conn':
    case 'ip-hash':
      return rest === '' ? success({ kind }) : failure(`behind "${kind}" stands nothing`);
    case 'hash':
      return parseHash(rest);
    case 'least-time':
      return parseLeastTime(rest);
    case 'random':
      return parseRandom(rest);
    default:
      return failure(`"${text}" is no way to choose a server. Write ${WORDS}`);
  }
}

function parseHash(rest: string): Outcome<Balancing> {
  const isConsistent = rest.endsWith(' consistent');
  const key = parseTemplateText(isConsistent ? rest.slice(0, -' consistent'.length) : rest);
  if (!key.ok) {
    return key;
  }
  return rest === ''
    ? failure('behind "hash" stands what decides: "hash $request_uri"')
    : success({ kind: 'hash', key: key.value, isConsistent });
}

function parseLeastTime(rest: string): Outcome<Balancing> {
  const countsUnfinished = rest.endsWith(' inflight');
  const until = untilOf(countsUnfinished ? rest.slice(0, -' inflight'.length) : rest);
  return until === undefined
    ? failure(`behind "least-time" stands one of ${UNTIL.join(', ')}`)
    : success({ kind: 'least-time', until, countsUnfinished });
}

function parseRandom(rest: string): Outcome<Balancing> {
  const until = untilOf(rest.replace(/^least-time=/, ''));
  if (rest === '' || rest === 'least-conn') {
    return success({ kind: 'random', best: rest === '' ? undefined : rest });
  }
  return until === undefined || !rest.startsWith('least-time=')
    ? failure('behind "random" stands nothing, "least-conn", or "least-time=header"')
    : success({ kind: 'random', best: until });
}

function untilOf(word: string): TimedUntil | undefined {
  return UNTIL.find((until) => until === word);
}

export function renderBalancing(balancing: Balancing): string {
  switch (balancing.kind) {
    case 'hash':
      return `hash ${renderTemplateText(balancing.key)}${balancing.isConsistent ? ' consistent' : ''}`;
    case 'least-time':
      return `least-time ${balancing.until}${balancing.countsUnfinished ? ' inflight' : ''}`;
    case 'random': {
      const { best } = balancing;
      return best === undefined ? 'random' : `random ${best === 'least-conn' ? best : `least-time=${best}`}`;
    }
    default:
      return balancing.kind;
  }
}
