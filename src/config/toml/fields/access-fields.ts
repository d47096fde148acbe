/** Who may ask, and how often, as portico.toml has it. */

import { failure, success } from '../../../kernel/outcome.ts';
import type {
  AddressRule,
  AuthRequest,
  BasicAuth,
  ConnectionCount,
  LimitManner,
  RealIp,
  RequestRate,
  SecureLink,
  ValidReferers,
} from '../../model/access.ts';
import type { AccessRules, Scope } from '../../model/scope.ts';
import type { Template } from '../../model/template.ts';
import { parseAddressRule, renderAddressRule } from '../address-rule.ts';
import type { Kind } from '../kind.ts';
import { describe } from '../kind.ts';
import { choice, DURATION, FLAG, integer, PATH_TEMPLATE, scalar, TEMPLATE, TEXT, ZONE_NAME } from '../scalars.ts';
import type { Fields } from '../table.ts';
import { field, list, pairs, required, table } from '../table.ts';

export const ADDRESS_RULE: Kind<AddressRule> = scalar({
  words: '`allow ADDRESS` or `deny ADDRESS`',
  schema: { type: 'string', pattern: '^(allow|deny) \\S+$' },
  parse: (value) =>
    typeof value === 'string' ? parseAddressRule(value) : failure(`${describe(value)} is not a rule of addresses`),
  render: renderAddressRule,
});

const BASIC: Fields<BasicAuth> = {
  realm: field<Template>('realm', TEMPLATE, 'Restricted', 'What browsers show when they ask for the password.'),
  userFile: required<Template>('users', PATH_TEMPLATE, '', 'A file as `htpasswd` writes it.'),
  userFolder: field<string | undefined>(
    'users-folder',
    TEXT,
    undefined,
    'Where the file of `users` is if its name begins with a variable and has no slash in front. Ends with a slash.',
  ),
};

const SETS: Kind<AuthRequest['sets']> = (() => {
  const kind = pairs(TEMPLATE, 'a table: variable = text with variables');
  return {
    words: kind.words,
    schema: kind.schema,
    read: (value, path, reading) => {
      const read = kind.read(value, path, reading, undefined);
      if (typeof read === 'symbol') {
        return read;
      }
      for (const [variable] of read) {
        reading.defines(variable);
      }
      return read.map(([variable, each]) => ({ variable, value: each }));
    },
    write: (sets) =>
      kind.write(
        sets.map(({ variable, value }) => [variable, value] as const),
        undefined,
      ),
  };
})();

const REQUEST: Fields<AuthRequest> = {
  uri: required<Template>('uri', TEMPLATE, '', 'The location that is asked: 2xx lets the request through.'),
  sets: field<AuthRequest['sets']>('set', SETS, [], 'Variables that are set from the answer.'),
};

const ACCESS: Fields<AccessRules> = {
  satisfies: field<'all' | 'any'>(
    'satisfy',
    choice('all', 'any'),
    'all',
    'Whether all of addresses, password and subrequest must let the request through, or one of them.',
  ),
  addresses: field<readonly AddressRule[]>(
    'addresses',
    list(ADDRESS_RULE, 'a list of `allow …` and `deny …`'),
    [],
    'Rules for the address of the client. The first that fits decides; without one that fits, the request is let through.',
  ),
  basic: field<BasicAuth | undefined>('basic', table(BASIC), undefined, 'Name and password (RFC 7617).'),
  request: field<AuthRequest | undefined>(
    'request',
    table(REQUEST, { short: { name: 'uri', isShort: (value) => typeof value === 'string' } }),
    undefined,
    'A subrequest decides.',
  ),
  delayMs: field<number>('delay', DURATION, 0, 'How long a refusal for want of a password is held back.'),
};

const RATE: Fields<RequestRate> = {
  zone: required<string>('zone', ZONE_NAME, '', 'A zone of `[zone.NAME]`.'),
  burst: field<number>('burst', integer(0), 0, 'How many requests may come at once beyond the rate.'),
  delayAfter: field<number | 'all'>(
    'delay',
    scalar<number | 'all'>({
      words: 'a number, or `all`',
      schema: { anyOf: [{ type: 'integer', minimum: 0 }, { const: 'all' }] },
      parse: (value) =>
        value === 'all' || (typeof value === 'number' && Number.isInteger(value) && value >= 0)
          ? success(value)
          : failure(`${describe(value)} is neither a number nor "all"`),
      render: (value) => value,
    }),
    0,
    'How many requests of the burst are not delayed; `all`: none is.',
  ),
};

function manner(): Fields<LimitManner> {
  return {
    status: field<number>('status', integer(400, 599), 503, 'The status of a refusal.'),
    logLevel: field<LimitManner['logLevel']>(
      'log-level',
      choice('info', 'notice', 'warn', 'error'),
      'error',
      'The level at which a refusal is logged; a delay is logged one level below.',
    ),
    isDry: field<boolean>('dry-run', FLAG, false, 'Count and log, but refuse nothing.'),
  };
}

const COUNT: Fields<ConnectionCount> = {
  zone: required<string>('zone', ZONE_NAME, '', 'A zone of `[zone.NAME]`.'),
  max: required<number>('max', integer(1), 1, 'Requests that may be answered at one time.'),
};

export const CONNECTION_COUNTS: Kind<NonNullable<Scope['connectionCounts']>> = table<
  NonNullable<Scope['connectionCounts']>
>({
  counts: required<readonly ConnectionCount[]>(
    'counts',
    list(table(COUNT)),
    [],
    'Every one of them must let the request through.',
  ),
  manner: field<LimitManner>(
    'manner',
    table(manner()),
    { status: 503, logLevel: 'error', isDry: false },
    'What happens beyond the number.',
  ),
});

const SOURCE: Kind<RealIp['source']> = scalar<RealIp['source']>({
  words: 'a field, or `proxy-protocol`',
  schema: { type: 'string' },
  parse: (value) =>
    typeof value !== 'string'
      ? failure(`${describe(value)} is not the name of a field`)
      : success(value === 'proxy-protocol' ? { kind: 'proxy-protocol' } : { kind: 'field', name: value.toLowerCase() }),
  render: (source) => (source.kind === 'field' ? source.name : 'proxy-protocol'),
});

const REAL_IP: Fields<RealIp> = {
  from: field<readonly string[]>(
    'from',
    list(TEXT),
    [],
    'Proxies that are believed: addresses, CIDR blocks, `unix:`, or names, which are looked up at the start and at each reload.',
  ),
  source: field<RealIp['source']>('field', SOURCE, { kind: 'field', name: 'x-real-ip' }, 'Where they say it.'),
  isRecursive: field<boolean>('recursive', FLAG, false, 'Pass over trusted addresses at the end of the field.'),
};

const REFERERS: Fields<ValidReferers> = {
  allowsNone: field<boolean>('none', FLAG, false, 'A request without `Referer` is valid.'),
  allowsBlocked: field<boolean>('blocked', FLAG, false, 'So is one whose `Referer` a proxy has taken the scheme from.'),
  allowsServerNames: field<boolean>('server-names', FLAG, false, "So are the site's own names."),
  names: field<readonly string[]>('names', list(TEXT), [], 'Names with wildcards and paths, or regexes after a `~`.'),
};

interface SecureLinkTable {
  readonly link: Template | undefined;
  readonly hashed: Template | undefined;
  readonly secret: string | undefined;
}

const SECURE_LINK_TABLE: Kind<SecureLinkTable> = table<SecureLinkTable>({
  link: field<Template | undefined>('link', TEMPLATE, undefined, 'The hash of the request and its time, with a comma.'),
  hashed: field<Template | undefined>('hashed', TEMPLATE, undefined, 'What is hashed.'),
  secret: field<string | undefined>('secret', TEXT, undefined, 'The secret of links that hold their hash in the path.'),
});

const SECURE_LINK: Kind<SecureLink> = {
  words: 'a table',
  schema: SECURE_LINK_TABLE.schema,
  parts: SECURE_LINK_TABLE.parts ?? [],
  read: (value, path, reading) => {
    const read = SECURE_LINK_TABLE.read(value, path, reading, undefined);
    if (typeof read === 'symbol') {
      return read;
    }
    return read.secret === undefined
      ? { kind: 'expression', link: read.link ?? '', hashed: read.hashed ?? '' }
      : { kind: 'secret', secret: read.secret };
  },
  write: (value) =>
    SECURE_LINK_TABLE.write(
      value.kind === 'secret'
        ? { secret: value.secret, link: undefined, hashed: undefined }
        : { secret: undefined, link: value.link, hashed: value.hashed },
      undefined,
    ),
};

type AccessScope = Pick<
  Scope,
  'realIp' | 'requestRates' | 'connectionCounts' | 'exceptMethods' | 'access' | 'referers' | 'secureLink'
>;

export const ACCESS_FIELDS: Fields<AccessScope> = {
  access: field<Scope['access']>('access', table(ACCESS), undefined, 'Who may ask.'),
  exceptMethods: field<Scope['exceptMethods']>(
    'except-methods',
    table<NonNullable<Scope['exceptMethods']>>({
      methods: required<readonly string[]>('methods', list(TEXT), [], 'Methods for which `access` is as it is.'),
      access: required<AccessRules>(
        'access',
        table(ACCESS),
        { satisfies: 'all', addresses: [], delayMs: 0 },
        'Who may use the others.',
      ),
    }),
    undefined,
    'Other rules for other methods.',
  ),
  requestRates: field<Scope['requestRates']>(
    'rate-limit',
    table<NonNullable<Scope['requestRates']>>({
      rates: required<readonly RequestRate[]>(
        'rates',
        list(table(RATE)),
        [],
        'Every one of them must let the request through.',
      ),
      manner: field<LimitManner>(
        'manner',
        table(manner()),
        { status: 503, logLevel: 'error', isDry: false },
        'What happens beyond the rate.',
      ),
    }),
    undefined,
    'How many requests a second.',
  ),
  connectionCounts: field<Scope['connectionCounts']>(
    'concurrency-limit',
    CONNECTION_COUNTS,
    undefined,
    'How many requests at one time.',
  ),
  realIp: field<Scope['realIp']>('real-ip', table(REAL_IP), undefined, 'Believe proxies about who the client is.'),
  referers: field<Scope['referers']>('valid-referers', table(REFERERS), undefined, 'Decides `$invalid_referer`.'),
  secureLink: field<Scope['secureLink']>('secure-link', SECURE_LINK, undefined, 'Decides `$secure_link`.'),
};
