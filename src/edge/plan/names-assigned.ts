/** The variables to which a configuration assigns a value in whatever place: `set`, a named group of a regex, `auth_request_set`. In lower case. */

import type { EdgeModel } from '../../config/model/server-model.ts';

const NAMED_GROUP = /\(\?P?<([A-Za-z_]\w*)>|\(\?'([A-Za-z_]\w*)'/g;

export function namesAssigned(model: EdgeModel): ReadonlySet<string> {
  const names = new Set<string>();
  collect(model, names, new Set());
  return names;
}

/** The model is plain JSON; shapes are told by their keys, which is what makes a new place for an instruction or a pattern count without a change here. */
function collect(value: unknown, names: Set<string>, seen: Set<object>): void {
  if (typeof value !== 'object' || value === null || seen.has(value)) {
    return;
  }
  if (Array.isArray(value)) {
    // Many scopes may have one long list.
    seen.add(value);
  }
  // A condition (`if ($name = value)`) has both keys too, and a kind that says so.
  const isAssignment = 'variable' in value && 'value' in value && (!('kind' in value) || value.kind === 'set');
  if (isAssignment && typeof value.variable === 'string') {
    names.add(value.variable.toLowerCase());
  }
  if ('isCaseless' in value && 'text' in value && typeof value.text === 'string') {
    for (const [, name = '', quoted = ''] of value.text.matchAll(NAMED_GROUP)) {
      names.add((name || quoted).toLowerCase());
    }
  }
  for (const inner of Object.values(value)) {
    collect(inner, names, seen);
  }
}
