/** A site whose content is what a server would be asked, and what becomes of its response, without any server: for tests. */

import type { ProxyPolicy, ProxyRequest, ProxyResponse } from '../../../config/model/proxying.ts';
import type { FakeRequestLine } from '../../../protocol/http/fake-request.ts';
import type { Field } from '../../../protocol/http/fields.ts';
import { NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { UpstreamHead } from '../../../upstream/wire.ts';
import type { RewriteCompilation } from '../../pipeline/rewrite/compile-rewrite.ts';
import type { Route } from '../../pipeline/route.ts';
import type { FakeClientExchange } from '../../plan/fake-client-exchange.ts';
import type { FakeModel } from '../../plan/fake-site.ts';
import { FakeSite } from '../../plan/fake-site.ts';
import type { AskedPlace } from './asked-place.ts';

export const FAKE_PLACE: AskedPlace = { host: 'app:8000', port: '8000', uri: undefined, isUriWhole: false };

const REQUEST: ProxyRequest = {
  httpVersion: '1.1',
  passesBody: true,
  passesFields: true,
  isBuffered: true,
  fields: [],
  parameters: [],
};

const RESPONSE: ProxyResponse = {
  isBuffered: true,
  headBytesMax: 4096,
  bufferBytesMax: 65_536,
  fileBytesMax: 0,
  hides: ['date', 'server', 'x-pad', 'x-accel-redirect', 'x-accel-buffering', 'x-accel-limit-rate', 'x-accel-charset'],
  ignores: [],
  passesTrailers: false,
  interceptsErrors: false,
  forcesRanges: false,
  redirects: [],
  cookieDomains: [],
  cookiePaths: [],
  cookieFlags: [],
};

export function fakeRequest(more: Partial<ProxyRequest> = {}): Pick<ProxyPolicy, 'request'> {
  return { request: { ...REQUEST, ...more } };
}

export function fakeResponse(more: Partial<ProxyResponse> = {}): Pick<ProxyPolicy, 'response'> {
  return { response: { ...RESPONSE, ...more } };
}

type FakePairs = readonly (readonly [string, string])[];
type FakeFields = Readonly<Record<string, string>> | FakePairs;

function isPairs(fields: FakeFields): fields is FakePairs {
  return Array.isArray(fields);
}

export function fakeHead(status: number, fields: FakeFields = {}, bodyLength?: number): UpstreamHead {
  const pairs: FakePairs = isPairs(fields) ? fields : Object.entries(fields);
  return {
    status,
    reason: '',
    fields: pairs.map(([name, value]): Field => ({ name, lower: name.toLowerCase(), value })),
    bodyLength,
  };
}

/**
 * Compiles something as the content of all locations of a site, and gives what it has made of a request. Undefined: the content was not asked.
 */
export function askFake<T>(
  site: FakeModel,
  request: FakeRequestLine | string,
  compile: (compilation: RewriteCompilation) => (route: Route) => T,
): { readonly made: T | undefined; readonly exchange: FakeClientExchange; readonly route: Route | undefined } {
  let made: T | undefined;
  let seen: Route | undefined;
  const exchange = new FakeSite(site, {
    produceOf: (_, compilation) => {
      const compiled = compile(compilation);
      return (content, route) => {
        if (route !== undefined) {
          seen = route;
          made = compiled(route);
        }
        content.responder.respond({ status: 200, reason: undefined, fields: NO_FIELDS }, '');
      };
    },
  }).ask(request);
  return { made, exchange, route: seen };
}
