/**
 * A request in parameters, as uwsgi, FastCGI and SCGI have it: those that `uwsgi_param` and its like say, and behind them the client's fields as `HTTP_NAME` (RFC 3875
 * 4.1.18).
 *
 * Two fields can have one such name (`X-User` and `X_User`), so that who sends the second says what only a proxy in front may say: the one with hyphens counts. `Proxy`
 * is left away, for programs would take HTTP_PROXY for the proxy through which they send requests of their own ("httpoxy"). `Transfer-Encoding` is left away, because the
 * body is passed on without it.
 */

import type { ProxyPolicy, ProxyProtocol } from '../../../config/model/proxying.ts';
import type { Exchange } from '../../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../../protocol/http/fields.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import { renderTemplate } from '../../pipeline/render-template.ts';
import type { CompiledTemplate, Route } from '../../pipeline/route.ts';
import type { AskRequest } from './compile-request.ts';
import { asksForUpgrade, connectionOptions } from './connection-options.ts';
import type { NamedValue } from './set-fields.ts';

const NOT_PASSED: readonly string[] = ['HTTP_PROXY', 'HTTP_TRANSFER_ENCODING'];

interface Parameter {
  readonly name: string;
  readonly value: CompiledTemplate;
  readonly ifNotEmpty: boolean;
}

export function compileParameterRequest(
  { request }: Pick<ProxyPolicy, 'request'>,
  protocol: Exclude<ProxyProtocol, 'http' | 'memcached'>,
  compilation: Pick<Compilation, 'template'>,
): AskRequest {
  const parameters: readonly Parameter[] = request.parameters
    // The wire of SCGI writes this one, in front of all others.
    .filter(({ name }) => protocol !== 'scgi' || name !== 'CONTENT_LENGTH')
    .map((parameter) => ({ ...parameter, value: compilation.template(parameter.value) }));
  const passed = request.passesFields
    ? compileFieldParameters(new Set([...NOT_PASSED, ...parameters.map(({ name }) => name.toUpperCase())]))
    : undefined;
  return (route, place, bodyLength) => {
    route.asked = place;
    const fields: NamedValue[] = [];
    for (const parameter of parameters) {
      add(fields, parameter, route, bodyLength);
    }
    if (passed !== undefined) {
      for (const field of passed(route.request.block)) {
        fields.push(field);
      }
    }
    return {
      method: route.method,
      target: '',
      fields,
      keepsConnection: request.fastcgi?.keepsConnection === true,
      upgrade: protocol === 'fastcgi' ? undefined : wantedProtocol(route.exchange),
      body: undefined,
    };
  };
}

/** An application behind uwsgi or SCGI is told of it by HTTP_UPGRADE, and may answer with 101. */
function wantedProtocol(exchange: Pick<Exchange, 'version' | 'block'>): string | undefined {
  const { block } = exchange;
  return asksForUpgrade(exchange)
    ? connectionOptions(block.getAll('connection').join(','), block.get('upgrade'), false).upgrade
    : undefined;
}

function add(list: NamedValue[], parameter: Parameter, route: Route, bodyLength: number | undefined): void {
  const { name, ifNotEmpty } = parameter;
  const text = renderTemplate(parameter.value, route);
  // Whatever the client has said of its body, the application is told how much of one it gets.
  const value = name === 'CONTENT_LENGTH' && bodyLength !== undefined ? lengthFor(text, bodyLength) : text;
  if (value !== '' || !ifNotEmpty) {
    list.push({ name, value });
  }
}

function lengthFor(said: string, bodyLength: number): string {
  return said === '' && bodyLength === 0 ? '' : String(bodyLength);
}

/** `taken`: names that a parameter has already, in capitals. Remembered by the block. */
export function compileFieldParameters(taken: ReadonlySet<string>): (block: FieldBlock) => readonly NamedValue[] {
  const known = new WeakMap<FieldBlock, readonly NamedValue[]>();
  return (block) => {
    let fields = known.get(block);
    if (fields === undefined) {
      fields = fieldParameters(block, taken);
      known.set(block, fields);
    }
    return fields;
  };
}

function fieldParameters(block: FieldBlock, taken: ReadonlySet<string>): readonly NamedValue[] {
  const lowers = new Map<string, string>();
  for (const { lower } of block.fields) {
    const name = parameterName(lower);
    const before = lowers.get(name);
    if (!taken.has(name) && (before === undefined || (before.includes('_') && !lower.includes('_')))) {
      lowers.set(name, lower);
    }
  }
  return Array.from(lowers, ([name, lower]) => ({
    name,
    value: block.getAll(lower).join(lower === 'cookie' ? '; ' : ', '),
  }));
}

function parameterName(lower: string): string {
  return `HTTP_${lower.toUpperCase().replaceAll('-', '_')}`;
}
