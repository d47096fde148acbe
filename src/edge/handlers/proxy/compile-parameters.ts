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
import type { AskedInputs } from './asked-memo.ts';
import { AskedMemo } from './asked-memo.ts';
import type { AskRequest } from './asked-request.ts';
import { asksForUpgrade, connectionOptions } from './connection-options.ts';
import type { NamedValue } from './named-value.ts';

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
  const memo = new AskedMemo();
  /** Of the present request. */
  const inputs: (string | boolean | undefined)[] = [];
  return (route, place, bodyLength) => {
    route.asked = place;
    const { block } = route.request;
    const upgrade = protocol === 'fastcgi' ? undefined : wantedProtocol(route.exchange);
    inputs[0] = route.method;
    inputs[1] = upgrade;
    let at = OWN_INPUTS;
    for (const parameter of parameters) {
      inputs[at] = parameterValue(parameter, route, bodyLength);
      at += 1;
    }
    const before = memo.find(block, place, inputs);
    if (before !== undefined) {
      return before;
    }
    return memo.keep(block, place, inputs, {
      method: route.method,
      target: '',
      fields: [...saidParameters(parameters, inputs), ...(passed === undefined ? [] : passed(block))],
      keepsConnection: request.fastcgi?.keepsConnection === true,
      upgrade,
      body: undefined,
      isRepeated: false,
      asking: undefined,
    });
  };
}

/** An application behind uwsgi or SCGI is told of it by HTTP_UPGRADE, and may answer with 101. */
function wantedProtocol(exchange: Pick<Exchange, 'version' | 'block'>): string | undefined {
  const { block } = exchange;
  return asksForUpgrade(exchange)
    ? connectionOptions(block.getAll('connection').join(','), block.get('upgrade'), false).upgrade
    : undefined;
}

function parameterValue({ name, value }: Parameter, route: Route, bodyLength: number | undefined): string {
  const text = renderTemplate(value, route);
  // Whatever the client has said of its body, the application is told how much of one it gets.
  return name === 'CONTENT_LENGTH' && bodyLength !== undefined ? lengthFor(text, bodyLength) : text;
}

/** What stands in front of the values of parameters. */
const OWN_INPUTS = 2;

function saidParameters(parameters: readonly Parameter[], inputs: AskedInputs): NamedValue[] {
  return parameters.flatMap(({ name, ifNotEmpty }, index) => {
    const value = String(inputs[OWN_INPUTS + index]);
    return value === '' && ifNotEmpty ? [] : [{ name, value }];
  });
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
