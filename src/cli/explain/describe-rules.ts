/** The rules of a scope in plain words, a line each, in the order in which a request meets them. */

import type { Expires } from '../../config/model/answers.ts';
import type { LogTarget } from '../../config/model/logs.ts';
import type { AccessRules, Scope } from '../../config/model/scope.ts';
import type { ServerModel } from '../../config/model/server-model.ts';
import type { Template } from '../../config/model/template.ts';
import { renderTemplateText } from '../../config/toml/template-text.ts';

type Describe = (scope: Scope, model: ServerModel) => readonly string[];

/** A list that a person reads ends where the next word would not be read any more. */
const SHOWN_MAX = 8;
const BODY_BYTES_USUAL = 1_048_576;

export function describeScope(scope: Scope, model: ServerModel): readonly string[] {
  return DESCRIPTIONS.flatMap((describe) => describe(scope, model));
}

const DESCRIPTIONS: readonly Describe[] = [
  describeRealIp,
  describeRates,
  describeCounts,
  describeAccess,
  describeExceptions,
  describeTryFiles,
  describeCopies,
  describeBodies,
  describeFields,
  describeChanges,
  describeRate,
  describePages,
  describeLogs,
];

function describeRealIp({ realIp }: Scope): readonly string[] {
  if (realIp === undefined) {
    return [];
  }
  const { from, source } = realIp;
  const word = source.kind === 'field' ? `the field ${source.name}` : 'the PROXY protocol';
  return [`the client is whom ${word} names, if the request comes from ${listed(from)}`];
}

function describeRates({ requestRates }: Scope, { zones }: ServerModel): readonly string[] {
  return (requestRates?.rates ?? []).map(({ zone, burst, delayAfter }) => {
    const found = zones.find(({ name, kind }) => name === zone && kind === 'requests');
    const rate = found === undefined ? 'so many requests as the zone says' : rateOf(found.ratePerKilosecond);
    const by = found === undefined ? '' : ` for each ${textOf(found.key)}`;
    const waiting =
      delayAfter === 'all'
        ? 'are answered at once'
        : delayAfter > 0
          ? `are let in, those beyond ${delayAfter} later`
          : 'wait';
    const more = burst === 0 ? '' : `, ${burst} more ${waiting}`;
    const end =
      requestRates?.manner.isDry === true
        ? 'what is beyond is only logged'
        : `beyond that: ${requestRates?.manner.status ?? 0}`;
    return `${rate}${by}${more}; ${end}`;
  });
}

function rateOf(perKilosecond: number): string {
  const perSecond = perKilosecond / 1000;
  return Number.isInteger(perSecond)
    ? `${perSecond} requests a second`
    : `${Math.round(perSecond * 60)} requests a minute`;
}

function describeCounts({ connectionCounts }: Scope, { zones }: ServerModel): readonly string[] {
  return (connectionCounts?.counts ?? []).map(({ zone, max }) => {
    const key = zones.find(({ name, kind }) => name === zone && kind === 'connections')?.key;
    return `${max} requests at a time${key === undefined ? '' : ` for each ${textOf(key)}`}; beyond that: ${connectionCounts?.manner.status ?? 0}`;
  });
}

function describeAccess({ access }: Scope): readonly string[] {
  return access === undefined ? [] : describeRules(access);
}

function describeRules({ satisfies, addresses, basic, request }: AccessRules): readonly string[] {
  const rules = [
    ...(addresses.length === 0
      ? []
      : [
          `addresses, of which the first that fits decides: ${listed(addresses.map(({ allows, from }) => `${allows ? 'allow' : 'deny'} ${from}`))}`,
        ]),
    ...(basic === undefined
      ? []
      : [`a password is asked for ("${textOf(basic.realm)}", from ${textOf(basic.userFile)})`]),
    ...(request === undefined ? [] : [`${textOf(request.uri)} is asked whether the request may go on`]),
  ];
  return satisfies === 'any' && rules.length > 1 ? [`one of these suffices: ${rules.join('; or ')}`] : rules;
}

function describeExceptions({ exceptMethods }: Scope): readonly string[] {
  if (exceptMethods === undefined) {
    return [];
  }
  const rules = describeRules(exceptMethods.access);
  return rules.length === 0 ? [] : [`for methods other than ${exceptMethods.methods.join(', ')}: ${rules.join('; ')}`];
}

function describeTryFiles({ tryFiles }: Scope): readonly string[] {
  if (tryFiles === undefined) {
    return [];
  }
  const { paths, last } = tryFiles;
  const end = last.kind === 'status' ? `answers ${last.status}` : `goes on with ${textOf(last.uri)}`;
  return [`looks for the files ${paths.map(textOf).join(', ')}; where there is none, ${end}`];
}

function describeCopies({ mirrors, postAction }: Scope): readonly string[] {
  return [
    ...(mirrors === undefined ? [] : [`a copy of the request goes to ${mirrors.uris.map(textOf).join(', ')}`]),
    ...(postAction === undefined ? [] : [`afterwards ${textOf(postAction)} is asked`]),
  ];
}

function describeBodies({ requestBodies: { bytesMax } }: Scope): readonly string[] {
  if (bytesMax === BODY_BYTES_USUAL) {
    return [];
  }
  return [
    bytesMax === 0
      ? 'bodies of requests may have any length'
      : `bodies of requests up to ${bytesOf(bytesMax)}; beyond that: 413`,
  ];
}

function bytesOf(bytes: number): string {
  const [mega, kilo] = [bytes / 1_048_576, bytes / 1024];
  return Number.isInteger(mega) ? `${mega} MiB` : Number.isInteger(kilo) ? `${kilo} KiB` : `${bytes} bytes`;
}

function describeFields({ fields }: Scope): readonly string[] {
  if (fields === undefined) {
    return [];
  }
  const added = fields.fields.map(({ name, value, always, effect }) =>
    effect === 'clear'
      ? `takes ${name} away`
      : `${effect === 'set' ? 'sets' : 'adds'} ${name}: ${textOf(value)}${always ? '' : ' (not to errors)'}`,
  );
  const trailers = fields.trailers.map(({ name, value }) => `adds the trailer ${name}: ${textOf(value)}`);
  const { expires } = fields;
  return [...added, ...trailers, ...(expires === undefined ? [] : [`expires: ${expiresOf(expires)}`])];
}

function expiresOf(expires: Expires | Template): string {
  if (typeof expires === 'string' || !('kind' in expires)) {
    return textOf(expires);
  }
  switch (expires.kind) {
    case 'after':
      return `${expires.seconds} seconds after ${expires.since === 'access' ? 'the request' : 'the file was modified'}`;
    case 'at':
      return `at second ${expires.secondOfDay} of the day`;
    default:
      return expires.kind;
  }
}

function describeChanges(scope: Scope): readonly string[] {
  const { compressions, substitutions, additions, includes, charset } = scope;
  const codings = compressions?.codings.map(({ coding }) => coding) ?? [];
  return [
    ...(codings.length === 0 ? [] : [`compresses with ${codings.join(', ')}`]),
    ...(substitutions?.pairs ?? []).map(({ from, to }) => `puts "${textOf(to)}" in the place of "${textOf(from)}"`),
    ...(additions?.before === undefined ? [] : [`puts ${textOf(additions.before)} before the body`]),
    ...(additions?.after === undefined ? [] : [`puts ${textOf(additions.after)} behind the body`]),
    ...(includes === undefined ? [] : ['runs commands in pages (SSI)']),
    ...(charset === undefined || charset.charset === '' ? [] : [`the charset of text is ${textOf(charset.charset)}`]),
  ];
}

function describeRate({ sending: { rate, rateAfter } }: Scope): readonly string[] {
  if (rate === undefined || rate === '' || rate === '0') {
    return [];
  }
  return [
    `sends ${textOf(rate)} bytes a second${rateAfter === undefined ? '' : `, after the first ${textOf(rateAfter)}`}`,
  ];
}

function describePages({ refusals: { pages } }: Scope): readonly string[] {
  return pages.map(({ statuses, to, status }) => {
    const as = status === 'unchanged' ? '' : status === 'answer' ? ', with the status of that' : `, as ${status}`;
    return `in place of ${statuses.join(', ')}: ${textOf(to)}${as}`;
  });
}

function describeLogs({ accessLogs }: Scope, { logs }: ServerModel): readonly string[] {
  return accessLogs.map(({ target, when }) => {
    const sink = logs[target]?.sink;
    const condition = when === undefined ? '' : `, if ${textOf(when)} is neither empty nor 0`;
    return `requests are logged ${sink === undefined ? '' : sinkOf(sink)}${condition}`;
  });
}

function sinkOf(sink: LogTarget['sink']): string {
  return sink.kind === 'file' ? `to ${textOf(sink.path)}` : `to syslog at ${sink.server}`;
}

export function textOf(template: Template): string {
  return renderTemplateText(template);
}

function listed(items: readonly string[]): string {
  const more = items.length - SHOWN_MAX;
  return more > 0 ? `${items.slice(0, SHOWN_MAX).join(', ')} and ${more} more` : items.join(', ');
}
