/** `sticky`: how a client finds its server again. */

import type { Sticky } from '../../../model/upstream.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { row } from '../row.ts';
import { readSize } from '../sizes.ts';
import { readMilliseconds, readSeconds } from '../times.ts';
import { parseText } from '../variables-in-text.ts';
import { declareZone } from './shared-zones.ts';

export const STICKY: DraftKey<Sticky> = draftKey('sticky');
/** Upstreams, by the names of their zones of `sticky learn`. */
const OWNERS: DraftKey<Map<string, string>> = draftKey('zones of sticky');

/** nginx wants eight pages of memory. */
const ZONE_BYTES_MIN = 32_768;
const USUAL_LEARNT_MS = 600_000;

export const STICKY_ROWS: readonly Row[] = [
  row('sticky', 'upstream', 'plain parameter...', 'Keeps a client with its server.', { apply: sticky }),
];

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Cookie = Writable<Extract<Sticky, { kind: 'cookie' }>>;
type Learn = Writable<Extract<Sticky, { kind: 'learn' }>>;

function sticky(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const read = READERS.get(args.text(0));
  if (read === undefined) {
    report('nginx.invalid-value', args.place(0), `unknown parameter "${args.text(0)}"`, {
      hint: 'Write sticky cookie NAME, sticky route $VARIABLE, or sticky learn create=$VARIABLE lookup=$VARIABLE zone=NAME:1m.',
    });
    return;
  }
  const said = read(args, (index, message) => report('nginx.invalid-value', args.place(index), message));
  if (said !== undefined && (said.kind !== 'learn' || claimZone(said, args, draft, report))) {
    draft.set(STICKY, said);
  }
}

/** What one upstream has learnt is of no use to another: their servers are others. */
function claimZone({ zone, bytes }: Learn, args: GivenArguments, draft: Draft, report: NginxReport): boolean {
  const at = 1 + args.texts(1).findIndex((text) => text.startsWith('zone='));
  if (!declareZone(args, draft, report, { name: zone, use: 'sticky', bytes, at })) {
    return false;
  }
  const around = draft.parent ?? draft;
  const owners = around.own(OWNERS) ?? new Map<string, string>();
  around.set(OWNERS, owners);
  const owner = owners.get(zone);
  if (owner !== undefined) {
    report('nginx.duplicate', args.place(at), `sticky zone "${zone}" is already used in upstream "${owner}"`, {
      hint: 'Give each upstream a zone of its own.',
    });
    return false;
  }
  owners.set(zone, draft.words[0]?.text ?? '');
  return true;
}

type Tell = (index: number, message: string) => void;

/** Undefined: something is wrong, and has been told. */
type Read = (args: GivenArguments, tell: Tell) => Sticky | undefined;

const READERS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['cookie', readCookie],
  ['route', readRoute],
  ['learn', readLearn],
]);

function readCookie(args: GivenArguments, tell: Tell): Sticky | undefined {
  const cookie: Cookie = {
    kind: 'cookie',
    name: args.text(1),
    expires: undefined,
    domain: '',
    path: '',
    flags: [],
  };
  for (const [at, text] of args.texts(2).entries()) {
    const fault = readOfCookie(text, cookie);
    if (fault !== undefined) {
      tell(at + 2, fault);
      return undefined;
    }
  }
  return cookie;
}

/** A sentence: what is wrong. */
function readOfCookie(text: string, cookie: Cookie): string | undefined {
  const [, name = text, value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  switch (name) {
    case 'domain':
      cookie.domain = parseText(value).template;
      return value === '' ? '"sticky" directive no value for "domain"' : undefined;
    case 'path':
      cookie.path = value;
      return value === '' ? '"sticky" directive no value for "path"' : undefined;
    case 'expires': {
      const seconds = value === 'max' ? value : readSeconds(value);
      cookie.expires = seconds;
      return seconds === undefined ? '"sticky" directive invalid "expires" parameter value' : undefined;
    }
    case 'samesite':
      cookie.sameSite = parseText(value).template;
      return value.includes('$') || /^(?:strict|lax|none)$/i.test(value)
        ? undefined
        : '"sticky" directive invalid "samesite" parameter value';
    case 'httponly':
    case 'secure':
      cookie.flags = [...cookie.flags, name];
      return text === name ? undefined : `unknown parameter "${text}"`;
    default:
      return `unknown parameter "${text}"`;
  }
}

function readRoute(args: GivenArguments, tell: Tell): Sticky | undefined {
  const wrong = args.texts(1).findIndex((text) => !/^\$./.test(text));
  if (wrong >= 0) {
    tell(wrong + 1, `invalid variable name "${args.text(wrong + 1)}"`);
    return undefined;
  }
  return { kind: 'route', variables: args.texts(1).map((text) => text.slice(1)) };
}

function readLearn(args: GivenArguments, tell: Tell): Sticky | undefined {
  const learn: Learn = {
    kind: 'learn',
    create: [],
    lookup: [],
    zone: '',
    bytes: 0,
    timeoutMs: USUAL_LEARNT_MS,
    atHeader: false,
  };
  for (const [at, text] of args.texts(1).entries()) {
    const fault = readOfLearn(text, learn);
    if (fault !== undefined) {
      tell(at + 1, fault);
      return undefined;
    }
  }
  const missing =
    learn.lookup.length === 0
      ? 'lookup'
      : learn.create.length === 0
        ? 'create'
        : learn.zone === ''
          ? 'zone'
          : undefined;
  if (missing !== undefined) {
    tell(0, `"sticky" directive "${missing}" parameter is not specified`);
    return undefined;
  }
  return learn;
}

function readOfLearn(text: string, learn: Learn): string | undefined {
  const [, name = text, value = ''] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  switch (name) {
    case 'create':
    case 'lookup':
      learn[name] = [...learn[name], value.slice(1)];
      return /^\$./.test(value) ? undefined : `"sticky" directive missing variable in the "${name}" parameter`;
    case 'zone':
      return readZone(value, learn);
    case 'timeout':
      learn.timeoutMs = readMilliseconds(value) ?? 0;
      return learn.timeoutMs === 0 ? '"sticky" directive invalid timeout' : undefined;
    case 'header':
      learn.atHeader = true;
      return text === name ? undefined : `unknown parameter "${text}"`;
    // All threads share what one of them has learnt.
    case 'sync':
      return text === name ? undefined : `unknown parameter "${text}"`;
    default:
      return `unknown parameter "${text}"`;
  }
}

function readZone(value: string, learn: Learn): string | undefined {
  const [, name = '', size] = /^([^:]*)(?::(.*))?$/s.exec(value) ?? [];
  const bytes = size === undefined ? undefined : readSize(size);
  learn.zone = name;
  learn.bytes = bytes ?? 0;
  const fault =
    size === undefined
      ? 'zone size is not specified'
      : name === ''
        ? 'zone name is not specified'
        : bytes === undefined
          ? 'invalid zone size'
          : bytes < ZONE_BYTES_MIN
            ? 'zone is too small'
            : undefined;
  return fault === undefined ? undefined : `"sticky" directive ${fault}`;
}
