/**
 * Rules of uWSGI's routing that lead elsewhere or refuse: `route = REGEX ACTION`, `route-if = CONDITION ACTION` and their kin, as instructions that are run before the
 * request is answered. What cannot be said so is a fault: a rule that is not kept could let in whom it keeps out.
 */

import type { Outcome } from '../../../kernel/outcome.ts';
import { failure, success } from '../../../kernel/outcome.ts';
import type { Condition, Instruction } from '../../model/instruction.ts';
import type { Template, TemplatePart } from '../../model/template.ts';

/** What the options look at; `route-run` looks at nothing. */
const SUBJECTS: Readonly<Record<string, string>> = {
  route: 'uri',
  'route-uri': 'request_uri',
  'route-qs': 'args',
  'route-host': 'http_host',
  'route-referer': 'http_referer',
  'route-user-agent': 'http_user_agent',
  'route-remote-addr': 'remote_addr',
};

export const ROUTE_OPTIONS: readonly string[] = [...Object.keys(SUBJECTS), 'route-if', 'route-if-not', 'route-run'];

/** Variables of a request there and here. */
const VARIABLES: Readonly<Record<string, string>> = {
  PATH_INFO: 'uri',
  REQUEST_URI: 'request_uri',
  QUERY_STRING: 'args',
  REQUEST_METHOD: 'request_method',
  REMOTE_ADDR: 'remote_addr',
  HTTPS: 'https',
  SERVER_NAME: 'host',
  SERVER_PORT: 'server_port',
  SERVER_PROTOCOL: 'server_protocol',
};

/** Index of the one scope. */
const ONLY = 0;

export function readRoute(option: string, text: string): Outcome<Instruction> {
  if (option === 'route-run') {
    return readAction(text.trim());
  }
  const [, asked = '', rest = ''] = /^(\S+)\s+(\S.*)$/s.exec(text.trim()) ?? [];
  if (rest === '') {
    return failure(`"${text}" is not of the form ${option.startsWith('route-if') ? 'CONDITION' : 'REGEX'} ACTION`);
  }
  const action = readAction(rest);
  if (!action.ok) {
    return action;
  }
  const condition = option.startsWith('route-if')
    ? readCondition(asked, option === 'route-if-not')
    : success(matches(SUBJECTS[option] ?? 'uri', asked, false));
  return condition.ok
    ? success({ kind: 'if', condition: condition.value, inside: [action.value], scope: ONLY, content: undefined })
    : condition;
}

function readAction(text: string): Outcome<Instruction> {
  const [, name = '', argument = ''] = /^([\w-]+):?(.*)$/s.exec(text) ?? [];
  switch (name) {
    case 'redirect':
    case 'redirect-302':
      return redirect(302, argument);
    case 'redirect-permanent':
    case 'redirect-301':
      return redirect(301, argument);
    case 'break':
    case 'return': {
      const [, status] = /^(\d{3})(?:\s|$)/.exec(argument) ?? [];
      return status === undefined
        ? failure(`"${text}" has no status. Write break:403`)
        : success({ kind: 'return', status: Number(status), body: undefined });
    }
    case 'last':
      return success({ kind: 'break' });
    default:
      return failure(
        `"${text}" is not supported: there are redirect:URL, redirect-permanent:URL, break:STATUS and last. Write the rest into the proxy in front`,
      );
  }
}

function redirect(status: number, url: string): Outcome<Instruction> {
  const body = readTemplate(url);
  return body.ok ? success({ kind: 'return', status, body: body.value }) : body;
}

/** `equal:${NAME};TEXT`, `startswith:`, `contains:`, `regexp:` of the same form, and `empty:${NAME}`. */
function readCondition(text: string, isNegated: boolean): Outcome<Condition> {
  const [, test = '', name = '', value = ''] = /^(\w+):\$\{(\w+)\}(?:;(.*))?$/s.exec(text) ?? [];
  const variable = variableOf(name);
  if (variable === undefined) {
    return failure(`"${text}" is not of the form TEST:\${NAME};TEXT, with a variable of the request`);
  }
  switch (test) {
    case 'equal':
    case 'eq':
      return success({ kind: 'equals', variable, value, isNegated });
    case 'empty':
      return success({ kind: 'equals', variable, value: '', isNegated });
    case 'startswith':
      return success(matches(variable, `^${literally(value)}`, isNegated));
    case 'contains':
      return success(matches(variable, literally(value), isNegated));
    case 'regexp':
    case 're':
      return success(matches(variable, value, isNegated));
    default:
      return failure(`"${test}" is none of equal, startswith, contains, regexp and empty`);
  }
}

function matches(variable: string, regex: string, isNegated: boolean): Condition {
  return { kind: 'matches', variable, pattern: { text: regex, isCaseless: false }, isNegated };
}

function literally(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
}

/** `${NAME}` and `$1` in a text. */
function readTemplate(text: string): Outcome<Template> {
  const parts: TemplatePart[] = [];
  for (const [written, name, digit] of text.matchAll(/\$\{(\w+)\}|\$(\d)|[^$]+|\$/g)) {
    const variable = name === undefined ? undefined : variableOf(name);
    if (name !== undefined && variable === undefined) {
      return failure(`"${written}" is no variable that a redirect can have`);
    }
    parts.push(variable !== undefined ? { variable } : digit !== undefined ? { capture: Number(digit) } : written);
  }
  return success(parts.every((part) => typeof part === 'string') ? parts.join('') : parts);
}

function variableOf(name: string): string | undefined {
  return Object.hasOwn(VARIABLES, name) ? VARIABLES[name] : /^HTTP_\w+$/.test(name) ? name.toLowerCase() : undefined;
}
