/** The filter that puts what subrequests answer before a body and behind it: `add_before_body`, `add_after_body`. */

import type { Scope } from '../../../config/model/scope.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import type { BodyWriter, Source } from '../../pipeline/filters/body-writer.ts';
import { renderTemplate } from '../../pipeline/render-template.ts';
import type { Filter, Route } from '../../pipeline/route.ts';
import { forgetBytes } from '../changed-body.ts';
import { IncludingWriter } from '../including-writer.ts';
import { compileMediaTypes } from '../media-type-set.ts';

export function compileAdditions({ additions }: Scope, compilation: Compilation): Filter | undefined {
  if (additions === undefined || (additions.before === undefined && additions.after === undefined)) {
    return undefined;
  }
  const isType = compileMediaTypes(additions.types);
  const before = compilation.template(additions.before ?? '');
  const after = compilation.template(additions.after ?? '');
  return (answer, route) => {
    if (answer.status !== 200 || route.main !== route || !isType(answer.fields)) {
      return undefined;
    }
    forgetBytes(answer);
    return (next, source) =>
      new AdditionWriter(
        { route, before: renderTemplate(before, route), after: renderTemplate(after, route) },
        next,
        source,
      );
  };
}

interface Paths {
  readonly route: Route;
  /** '': nothing. */
  readonly before: string;
  readonly after: string;
}

class AdditionWriter extends IncludingWriter {
  readonly #paths: Paths;
  #hasBegun = false;
  #hasEnded = false;

  constructor(paths: Paths, next: BodyWriter, source: Source) {
    super(next, source);
    this.#paths = paths;
  }

  protected override scan(bytes: Buffer, from: number): number {
    if (!this.#hasBegun) {
      this.#begin();
      return from;
    }
    this.put(from === 0 ? bytes : bytes.subarray(from));
    return bytes.length;
  }

  protected override finish(): void {
    if (!this.#hasBegun) {
      this.#begin();
      if (this.isPaused) {
        return;
      }
    }
    if (!this.#hasEnded) {
      this.#hasEnded = true;
      this.#add(this.#paths.after);
    }
  }

  #begin(): void {
    this.#hasBegun = true;
    this.#add(this.#paths.before);
  }

  #add(path: string): void {
    if (path !== '') {
      this.include((into, onEnd) => this.#paths.route.startSubrequest({ path, query: '', into, onEnd }));
    }
  }
}
