/** The fields that `proxy_set_header` says, and nginx's own where it says nothing of them. */

import type { ProxyRequest } from '../../../config/model/proxying.ts';
import type { Field } from '../../../protocol/http/fields.ts';
import { isFieldValue, trimSpaces } from '../../../protocol/http/grammar.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import { renderTemplate } from '../../pipeline/render-template.ts';
import type { CompiledTemplate, Route } from '../../pipeline/route.ts';

export type NamedValue = Pick<Field, 'name' | 'value'>;

/** The wire writes them, of what is known of the body and of the connection. */
const WRITTEN_BY_WIRE: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding', 'connection', 'upgrade']);

export interface SetFields {
  /** In lower case: what a client's field may not be called that is passed on. */
  readonly names: ReadonlySet<string>;
  /** Undefined: nothing is said of it. */
  readonly connection: CompiledTemplate | undefined;
  readonly upgrade: CompiledTemplate | undefined;
  /** Adds them to the list. False: one of them has come to a value that no field can have. */
  addTo(list: NamedValue[], route: Route): boolean;
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
    addTo: (list, route) => written.every((field) => add(list, field, route)),
  };
}

function add(list: NamedValue[], { name, value }: SetField, route: Route): boolean {
  const text = trimSpaces(renderTemplate(value, route));
  if (text !== '') {
    list.push({ name, value: text });
  }
  return isFieldValue(text);
}
