import type { ServerName } from './model/server-model.ts';

/** As nginx writes it, and portico.toml. */
export function renderServerName(name: ServerName): string {
  switch (name.kind) {
    case 'exact':
      return name.text;
    case 'suffix':
      return `*${name.text}`;
    case 'prefix':
      return `${name.text}*`;
    case 'regex':
      return `~${name.pattern.text}`;
  }
}
