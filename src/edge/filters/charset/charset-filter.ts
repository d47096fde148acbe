/**
 * The filter that says the charset of a response, and changes its body into it where the source is in another and there is a map between both: `charset`, `source_charset`,
 * `override_charset`. What a subrequest answers is changed into the charset of the response of which it becomes a part.
 */

import type { Charset } from '../../../config/model/bodies.ts';
import type { Scope } from '../../../config/model/scope.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import type { Answer } from '../../pipeline/filters/answer.ts';
import type { Transform } from '../../pipeline/filters/body-writer.ts';
import { renderTemplate } from '../../pipeline/render-template.ts';
import type { Filter, Route } from '../../pipeline/route.ts';
import { forgetBytes } from '../changed-body.ts';
import { compileMediaTypes } from '../media-type-set.ts';
import { charsetOf, withCharset } from './content-type.ts';
import type { Recodings } from './recode.ts';
import { compileRecodings } from './recode.ts';
import { RecodeWriter } from './recode-writer.ts';

/** The charsets of responses of which subrequests may become parts. */
const charsetsOfMains = new WeakMap<Route, string>();

/** Old browsers take the charset of a redirect for that of the page it leads to. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302]);

/** In a scope that says nothing of charsets: for responses whose server has said one itself (X-Accel-Charset). */
export function compileOwnCharset({ charset }: Scope, compilation: Compilation): Filter | undefined {
  return charset === undefined ? charsetFilter(NO_CHARSET, compilation) : undefined;
}

const NO_CHARSET: Charset = { charset: '', source: '', overridesContent: false, types: [] };

export function compileCharset({ charset }: Scope, compilation: Compilation): Filter | undefined {
  return charset === undefined ? undefined : charsetFilter(charset, compilation);
}

function charsetFilter(charset: Charset, compilation: Compilation): Filter {
  const target = compilation.template(charset.charset);
  const source = compilation.template(charset.source);
  const isType = compileMediaTypes(charset.types);
  const recodings = recodingsOf(compilation);

  const targetFor = (answer: Answer, contentType: string, route: Route): string => {
    if (route.main !== route) {
      return charsetsOfMains.get(route.main) ?? '';
    }
    if (route.charset !== undefined) {
      return route.charset;
    }
    const own = charsetOf(contentType);
    const isMeant = own === '' ? isType(answer.fields) : charset.overridesContent;
    return isMeant ? renderTemplate(target, route) : '';
  };

  return (answer, route) => {
    const contentType = answer.fields.get('content-type');
    const wanted = contentType === undefined ? '' : targetFor(answer, contentType, route);
    const own = charsetOf(contentType ?? '');
    if (route.main === route) {
      charsetsOfMains.set(route, wanted === '' ? own : wanted);
    }
    if (contentType === undefined || wanted === '') {
      return undefined;
    }
    const from = own === '' ? renderTemplate(source, route) : own;
    return convert(answer, route, { contentType, from, to: wanted }, recodings);
  };
}

interface Conversion {
  readonly contentType: string;
  /** '': it is not known, and nothing is converted. */
  readonly from: string;
  readonly to: string;
}

function convert(
  answer: Answer,
  route: Route,
  { contentType, from, to }: Conversion,
  recodings: Recodings,
): Transform | undefined {
  const say = (): void => {
    if (route.main === route && !REDIRECTS.has(answer.status)) {
      answer.fields = answer.fields.set('Content-Type', withCharset(contentType, to));
    }
  };
  if (from === '' || from.toLowerCase() === to.toLowerCase()) {
    say();
    return undefined;
  }
  if ((answer.fields.get('content-encoding') ?? '') !== '') {
    return undefined;
  }
  const recoding = recodings.get(`${from.toLowerCase()} ${to.toLowerCase()}`);
  if (recoding === undefined) {
    route.log('error', `no "charset_map" between the charsets ${JSON.stringify(from)} and ${JSON.stringify(to)}`);
    return undefined;
  }
  say();
  if (!recoding.keepsLength) {
    forgetBytes(answer);
  }
  return (next, before) => new RecodeWriter(recoding.open(), next, before);
}

const recodingsOfModels = new WeakMap<object, Recodings>();

/** The tables of a configuration, made once. */
function recodingsOf({ model }: Compilation): Recodings {
  let recodings = recodingsOfModels.get(model);
  if (recodings === undefined) {
    recodings = compileRecodings(model.charsetMaps);
    recodingsOfModels.set(model, recodings);
  }
  return recodings;
}
