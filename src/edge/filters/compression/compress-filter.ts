/** The filter that compresses: `gzip`, `brotli` and `zstd` of a scope. Whether a response is compressed is decided by its head and by the request, in nginx's order. */

import type { Compression } from '../../../config/model/bodies.ts';
import type { Scope } from '../../../config/model/scope.ts';
import { isLasting } from '../../../kernel/lasting-bytes.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import type { Answer } from '../../pipeline/filters/answer.ts';
import type { Transform } from '../../pipeline/filters/body-writer.ts';
import type { Filter, Route } from '../../pipeline/route.ts';
import { forgetBytes } from '../changed-body.ts';
import { compileMediaTypes } from '../media-type-set.ts';
import type { ClientRule } from './client-rules.ts';
import { compileClientRule } from './client-rules.ts';
import type { ZlibRecipe } from './coding.ts';
import { recipeKey, recipeOf } from './coding.ts';
import { addVary, forbidsTransforms } from './coding-fields.ts';
import { FixedBodyWriter } from './fixed-body-writer.ts';
import { noteRatio } from './gzip-ratio.ts';
import type { ThreadCompression } from './thread-compression.ts';
import { threadCompression } from './thread-compression.ts';
import { ZlibWriter } from './zlib-writer.ts';

/** Others are rarely text, or their bodies must be what they are. */
const STATUSES: ReadonlySet<number> = new Set([200, 403, 404]);

interface Rule {
  readonly coding: Compression['coding'];
  readonly recipe: ZlibRecipe;
  readonly key: string;
  /** By type and length. */
  fits(answer: Answer): boolean;
  readonly suits: ClientRule;
}

export function compileCompression({ compressions }: Scope, compilation: Compilation): Filter | undefined {
  if (compressions === undefined || compressions.codings.length === 0) {
    return undefined;
  }
  const rules = compressions.codings.map(compileRule);
  const { log, clock, model } = compilation;
  const shared = threadCompression(model.edge.threads, {
    onBug: (error) => log('error', `a compression has failed: ${String(error)}`),
    log,
  });
  return (answer, route) => {
    if (!STATUSES.has(answer.status) || isEncoded(answer)) {
      return undefined;
    }
    const fitting = rules.filter((rule) => rule.fits(answer));
    if (fitting.length === 0 || forbidsTransforms(answer.fields)) {
      return undefined;
    }
    if (compressions.varies) {
      addVary(answer);
    }
    const rule = chooseRule(fitting, answer, route, shared, clock.nowMs());
    return rule === undefined ? undefined : compress(rule, answer, route, shared);
  };
}

function compileRule(compression: Compression): Rule {
  const { coding, types, bytesMin, clients } = compression;
  const isType = compileMediaTypes(types);
  const recipe = recipeOf(compression);
  return {
    coding,
    recipe,
    key: recipeKey(recipe),
    fits: ({ length, fields }) => !(length !== undefined && length < bytesMin) && isType(fields),
    suits: compileClientRule(clients),
  };
}

function isEncoded({ fields }: Answer): boolean {
  return (fields.get('content-encoding') ?? '') !== '';
}

/** Of those that the client accepts the one of the highest weight, the first among equals. */
function chooseRule(
  rules: readonly Rule[],
  answer: Answer,
  route: Route,
  { accepted }: ThreadCompression,
  nowMs: number,
): Rule | undefined {
  // What a subrequest answers becomes part of another body.
  if (route.main !== route) {
    return undefined;
  }
  const weights = accepted.recall(route.exchange.block.get('accept-encoding'));
  let chosen: Rule | undefined;
  for (const rule of rules) {
    if (
      weights[rule.coding] > (chosen === undefined ? 0 : weights[chosen.coding]) &&
      rule.suits(route.exchange, answer.fields, nowMs)
    ) {
      chosen = rule;
    }
  }
  return chosen;
}

function compress(rule: Rule, answer: Answer, route: Route, { pool, cache }: ThreadCompression): Transform | undefined {
  const { recipe, key, coding } = rule;
  const { whole, length } = answer;
  const source = !answer.isTransformed && isLasting(whole) ? whole : undefined;
  const form = source === undefined ? undefined : cache.get(source, key);
  if (form === undefined && answer.hasBody && !pool.admit(recipe, length)) {
    return undefined;
  }
  forgetBytes(answer);
  answer.fields = answer.fields.with('Content-Encoding', coding);
  if (form !== undefined) {
    answer.length = form.length;
    noteRatio(route, source?.length ?? 0, form.length);
    return (next) => new FixedBodyWriter(form, next);
  }
  return (next, before) =>
    new ZlibWriter(pool, recipe, next, before, {
      bytes: length,
      onSums: (bytes, codedBytes) => noteRatio(route, bytes, codedBytes),
      ...(source !== undefined && { onOutput: gatherForm((bytes) => cache.put(source, key, bytes)) }),
    });
}

/** Puts together what a writer makes. */
function gatherForm(keep: (form: Buffer) => void): (output: Buffer | undefined) => void {
  const parts: Buffer[] = [];
  return (output) => {
    if (output === undefined) {
      keep(Buffer.concat(parts));
    } else {
      parts.push(Buffer.from(output));
    }
  };
}
