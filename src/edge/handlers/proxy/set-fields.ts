/** The fields that `proxy_set_header` says, and nginx's own where it says nothing of them. */

import type { ProxyRequest } from '../../../config/model/proxying.ts';
import { isFieldValue, trimSpaces } from '../../../protocol/http/grammar.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import { renderTemplate } from '../../pipeline/render-template.ts';
import type { CompiledTemplate, Route } from '../../pipeline/route.ts';
import type { AskedInputs } from './asked-memo.ts';
import type { NamedValue } from './named-value.ts';

/** The wire writes them, of what is known of the body and of the connection. */
export const WRITTEN_BY_WIRE: ReadonlySet<string> = new Set([
  'content-length',
  'transfer-encoding',
  'connection',
  'upgrade',
]);

export interface BadField {
  readonly badName: string;
}

export interface SetFields {
  /** In lower case: what a client's field may not be called that is passed on. */
  readonly names: ReadonlySet<string>;
  /** Undefined: nothing is said of it. */
  readonly connection: CompiledTemplate | undefined;
  readonly upgrade: CompiledTemplate | undefined;
  /** Writes what they come to for this request into a list, from `from` on, as it stands in the configuration: with spaces around it, or nothing. */
  readInto(list: (string | boolean | undefined)[], from: number, route: Route): void;
  /** The fields of values that begin at `from` of a list; or the name of one whose value no field can have. */
  fieldsOf(values: AskedInputs, from: number): NamedValue[] | BadField;
}

interface SetField {
  readonly name: string;
  readonly value: CompiledTemplate;
}

export function compileSetFields(
  { fields }: Pick<ProxyRequest, 'fields'>,
  compilation: Pick<Compilation, 'template'>,
): SetFields {
  const own = fields.map(({ name, value }) => ({
    name,
    lower: name.toLowerCase(),
    value: compilation.template(value),
  }));
  const names = new Set(own.map(({ lower }) => lower));
  const written: SetField[] = own.filter(({ lower }) => !WRITTEN_BY_WIRE.has(lower));
  if (!names.has('host')) {
    written.push({ name: 'Host', value: (route) => route.asked?.host ?? '' });
  }
  // Of two with one name nginx sends both, and a server behind goes by whichever it likes: here the first counts for what the wire writes.
  const first = (name: string): CompiledTemplate | undefined => own.find(({ lower }) => lower === name)?.value;
  return {
    names: new Set([...names, 'host']),
    connection: first('connection'),
    upgrade: first('upgrade'),
    readInto: (list, from, route) => {
      let at = from;
      for (const { value } of written) {
        list[at] = renderTemplate(value, route);
        at += 1;
      }
    },
    fieldsOf: (values, from) => fieldsOf(written, values, from),
  };
}

function fieldsOf(written: readonly SetField[], values: AskedInputs, from: number): NamedValue[] | BadField {
  const fields: NamedValue[] = [];
  for (const [index, { name }] of written.entries()) {
    const value = trimSpaces(String(values[from + index]));
    if (!isFieldValue(value)) {
      return { badName: name };
    }
    if (value !== '') {
      fields.push({ name, value });
    }
  }
  return fields;
}
