/** `allow`, `deny`, `auth_basic`, `auth_request`, `satisfy` and `limit_except`: who may ask. And whom a trusted peer names as its client. */

import { parseNetwork } from '../../../../kernel/addresses/parse-network.ts';
import type { AddressRule, AuthRequest, BasicAuth, RealIp } from '../../../model/access.ts';
import type { AccessRules, Scope } from '../../../model/scope.ts';
import type { Template } from '../../../model/template.ts';
import { nearestWord } from '../../../nearest.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { ACCESS_LOGS } from './access-log.ts';
import { CONTENT_SAID } from './answering.ts';
import { HTTP, HTTP_LIMIT } from './contexts.ts';
import { TRY_FILES } from './files.ts';
import { keep } from './keep.ts';

/** Both together: their order decides, and one of them in a block takes the place of all around it. */
export const ADDRESSES: DraftKey<readonly AddressRule[]> = draftKey('allow');
const SATISFY: DraftKey<AccessRules['satisfies']> = draftKey('satisfy');
const DELAY_MS: DraftKey<number> = draftKey('auth_delay');
const REALM: DraftKey<Template> = draftKey('auth_basic');
const USER_FILE: DraftKey<Template> = draftKey('auth_basic_user_file');
const AUTH_REQUEST: DraftKey<string> = draftKey('auth_request');
const AUTH_SETS: DraftKey<AuthRequest['sets']> = draftKey('auth_request_set');
export const TRUSTED: DraftKey<readonly string[]> = draftKey('set_real_ip_from');
const REAL_IP_FIELD: DraftKey<string> = draftKey('real_ip_header');
const REAL_IP_RECURSIVE: DraftKey<boolean> = draftKey('real_ip_recursive');

const USUAL_FIELD = 'X-Real-IP';

export const ACCESS_RULE_ROWS: readonly Row[] = [
  row('satisfy', HTTP, 'all|any', 'Whether one of the rules of access is enough.', {
    apply: keep(SATISFY, (args) => (args.text(0) === 'any' ? 'any' : 'all')),
  }),
  row('auth_delay', HTTP, 'msec', 'How long a refusal for a wrong password is held back.', {
    apply: keep(DELAY_MS, (args) => args.number(0)),
  }),
  row('limit_except', 'location', 'plain... {limit_except}', 'What holds for all methods but some.', {
    apply: checkMethods,
  }),
  row('auth_basic', HTTP_LIMIT, 'text', 'Asks for a name and a password; what is said is the realm.', {
    apply: keep(REALM, (args) => args.template(0)),
  }),
  row('auth_basic_user_file', HTTP_LIMIT, 'text', 'The file of names and hashed passwords.', {
    apply: keep(USER_FILE, (args) => args.template(0)),
  }),
  row('auth_request', HTTP, 'plain', 'A location that decides by its status whether a client is let in.', {
    apply: keep(AUTH_REQUEST, (args) => args.text(0)),
  }),
  row('real_ip_header', HTTP, 'plain', "The field in which a proxy tells the client's address.", {
    apply: keep(REAL_IP_FIELD, (args) => args.text(0)),
  }),
  row('real_ip_recursive', HTTP, 'flag', 'Whether trusted addresses at the end of the field are passed over.', {
    apply: keep(REAL_IP_RECURSIVE, (args) => args.flag(0)),
  }),
  ...repeatable([
    row('allow', HTTP_LIMIT, 'network', 'Clients that are let in.', { apply: decides(true) }),
    row('deny', HTTP_LIMIT, 'network', 'Clients that are kept out.', { apply: decides(false) }),
    row('auth_request_set', HTTP, 'variable text', 'A variable that is made of the answer of `auth_request`.', {
      apply: (args, draft) => draft.append(AUTH_SETS, { variable: args.word(0), value: args.template(1) }),
    }),
    row('set_real_ip_from', HTTP, 'address', 'A proxy that is believed when it tells the address of its client.', {
      apply: trust,
    }),
  ]),
];

const METHODS = 'GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH';

function checkMethods(args: GivenArguments, _: Draft, report: NginxReport): void {
  const known = METHODS.split(' ');
  for (const [at, text] of args.texts().entries()) {
    if (!known.includes(text.toUpperCase())) {
      const nearest = nearestWord(text.toUpperCase(), known);
      report('nginx.invalid-value', args.place(at), `invalid method "${text}"`, {
        hint: nearest === undefined ? `Write some of: ${METHODS}.` : `Did you mean "${nearest}"?`,
      });
    }
  }
}

/** Whose last label has a letter in it: what has none is meant to be an address. */
const HOST_NAME = /^(?:[\w-]+\.)*[\w-]*[a-z][\w-]*\.?$/i;

export function trust(args: GivenArguments, draft: Draft, report: NginxReport): void {
  const text = args.text(0);
  if (text === 'unix:' || parseNetwork(text) !== undefined || HOST_NAME.test(text)) {
    draft.append(TRUSTED, text);
    return;
  }
  report('nginx.invalid-value', args.place(0), `host not found in set_real_ip_from "${text}"`, {
    hint: 'Write an address, a network (10.0.0.0/8), unix: or the name of a host.',
  });
}

export function decides(allows: boolean): (args: GivenArguments, draft: Draft) => void {
  return (args, draft) => draft.append(ADDRESSES, { allows, from: args.text(0) });
}

export function accessOf(draft: Draft, confPrefix: string): Pick<Scope, 'access' | 'exceptMethods' | 'realIp'> {
  const access = rulesOf(draft, confPrefix);
  const realIp = realIpOf(draft);
  const except = exceptionOf(draft, 'access');
  return {
    ...(access === undefined ? {} : { access }),
    ...(realIp === undefined ? {} : { realIp }),
    ...(except === undefined
      ? {}
      : {
          exceptMethods: {
            methods: except.words.map(({ text }) => text.toUpperCase()),
            access: rulesOf(except, confPrefix) ?? { satisfies: 'all', addresses: [], delayMs: 0 },
          },
        }),
  };
}

/**
 * The `limit_except` of a location, which its `if` blocks have too. `access`: one that says no more than who may ask, which is a rule of the scopes; `scope`: one that says
 * more, or for whose methods something of the location does not hold: they have a scope of their own.
 */
export function exceptionOf(draft: Draft, what: 'access' | 'scope'): Draft | undefined {
  const location = draft.within('location');
  const except = location?.children.find(({ kind }) => kind === 'limit_except');
  const isScope = except?.says([CONTENT_SAID, ACCESS_LOGS]) === true || location?.says([TRY_FILES]) === true;
  return isScope === (what === 'scope') ? except : undefined;
}

function rulesOf(draft: Draft, confPrefix: string): AccessRules | undefined {
  const addresses = draft.get(ADDRESSES) ?? [];
  const realm = draft.get(REALM);
  const userFile = draft.get(USER_FILE);
  const uri = draft.get(AUTH_REQUEST);
  // Without a file nobody is asked for a password, as in nginx.
  const basic =
    realm === undefined || realm === 'off' || userFile === undefined
      ? undefined
      : { realm, ...placed(userFile, confPrefix) };
  const request = uri === undefined || uri === 'off' ? undefined : { uri, sets: draft.get(AUTH_SETS) ?? [] };
  if (addresses.length === 0 && basic === undefined && request === undefined) {
    return undefined;
  }
  return {
    satisfies: draft.get(SATISFY) ?? 'all',
    addresses,
    ...(basic === undefined ? {} : { basic }),
    ...(request === undefined ? {} : { request }),
    delayMs: draft.get(DELAY_MS) ?? 0,
  };
}

/** Relative names are those of the configuration's folder. Whether one that begins with a variable is relative is known with the request. */
function placed(path: Template, confPrefix: string): Pick<BasicAuth, 'userFile' | 'userFolder'> {
  const first = typeof path === 'string' ? path : path[0];
  if (typeof first !== 'string') {
    return { userFile: path, userFolder: confPrefix };
  }
  if (first.startsWith('/')) {
    return { userFile: path };
  }
  return { userFile: typeof path === 'string' ? `${confPrefix}${path}` : [confPrefix, ...path] };
}

function realIpOf(draft: Draft): RealIp | undefined {
  const from = draft.get(TRUSTED);
  if (from === undefined) {
    return undefined;
  }
  const field = draft.get(REAL_IP_FIELD) ?? USUAL_FIELD;
  return {
    from,
    source: field === 'proxy_protocol' ? { kind: 'proxy-protocol' } : { kind: 'field', name: field.toLowerCase() },
    isRecursive: draft.get(REAL_IP_RECURSIVE) ?? false,
  };
}
