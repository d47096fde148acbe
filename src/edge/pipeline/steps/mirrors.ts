/**
 * `mirror`: further locations that get a copy of each request, and whose answers nobody sees. A request does not wait for its mirrors; nothing of it is cleared away before
 * they have ended. A body is copied while the content reads it, and the mirrors are asked when it is whole. Nginx reads bodies that the content does not want for their mirrors
 * too; here these are mirrored without their body, when the request has been answered.
 */

import type { Scope } from '../../../config/model/scope.ts';
import { BodyCopy } from '../body-copy.ts';
import type { Compilation } from '../compilation.ts';
import { renderTemplate } from '../render-template.ts';
import type { CompiledTemplate, Route, Step } from '../route.ts';
import { VERDICT } from '../verdict.ts';

const LIMITS = {
  /** What a mirrored request keeps in memory: nginx's usual limit of a body as a whole. */
  bodyBytesMax: 1024 * 1024,
} as const;

export function compileMirrors({ mirrors }: Scope, compilation: Compilation): Step | undefined {
  if (mirrors === undefined || mirrors.uris.length === 0) {
    return undefined;
  }
  const { hasBody } = mirrors;
  const uris = mirrors.uris.map((uri) => compilation.template(uri));
  return (route) => {
    if (route.main !== route) {
      return VERDICT.proceed;
    }
    if (hasBody && route.exchange.hasBody) {
      mirrorWithBody(route, uris);
    } else {
      askMirrors(route, uris);
    }
    return VERDICT.proceed;
  };
}

function askMirrors(route: Route, uris: readonly CompiledTemplate[], body?: Buffer): void {
  for (const uri of uris) {
    route.startSubrequest({
      path: renderTemplate(uri, route),
      query: route.query,
      method: route.method,
      isBackground: true,
      ...(body === undefined ? {} : { body }),
      onEnd: () => undefined,
    });
  }
}

function mirrorWithBody(route: Route, uris: readonly CompiledTemplate[]): void {
  let isDecided = false;
  const decide = (ask: () => void): void => {
    if (!isDecided) {
      isDecided = true;
      ask();
    }
  };
  const before = route.bodyTap;
  route.bodyTap = (reader) =>
    new BodyCopy(before?.(reader) ?? reader, LIMITS.bodyBytesMax, {
      onWhole: (body) => decide(() => askMirrors(route, uris, body)),
      onLost: (why) => decide(() => sayLost(route, why)),
    });
  // Nobody has read it. A client that has left before it was answered has not made a request.
  route.whenOver(() => decide(() => (route.sent.isComplete ? askMirrors(route, uris) : undefined)));
}

function sayLost(route: Route, why: 'too-long' | 'failed'): void {
  if (why === 'too-long') {
    route.log('warn', `a request with a body of more than ${LIMITS.bodyBytesMax} bytes is not mirrored`);
  }
}
