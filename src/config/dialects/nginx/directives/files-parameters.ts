/** Directives about files whose arguments are words of their own. */

import type { Symlinks } from '../../../model/files.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import { readSeconds } from '../times.ts';
import { parseText } from '../variables-in-text.ts';

const LINK_KINDS: Readonly<Record<string, Symlinks['kind']>> = { off: 'anywhere', on: 'none', if_not_owner: 'owner' };

/** `disable_symlinks on|if_not_owner|off [from=part]`. Undefined: it says what cannot be. */
export function readSymlinks(args: GivenArguments, report: NginxReport): Symlinks | undefined {
  let kind: Symlinks['kind'] | undefined;
  let from: string | undefined;
  for (const [at, text] of args.texts().entries()) {
    const found = Object.hasOwn(LINK_KINDS, text) ? LINK_KINDS[text] : undefined;
    if (found !== undefined && kind === undefined) {
      kind = found;
    } else if (text.startsWith('from=') && from === undefined) {
      from = text.slice('from='.length);
    } else {
      const isKnown = found !== undefined || text.startsWith('from=');
      const message = isKnown ? `duplicate parameters "${args.texts().join(' ')}"` : `invalid parameter "${text}"`;
      report('nginx.invalid-value', args.place(at), message, {
        hint: 'It is on, if_not_owner or off, and perhaps from=.',
      });
      return undefined;
    }
  }
  if (kind === undefined) {
    const message = '"disable_symlinks" must have "off", "on" or "if_not_owner" parameter';
    report('nginx.invalid-value', args.directive.place, message);
    return undefined;
  }
  if (kind !== 'none' && kind !== 'owner') {
    if (from !== undefined) {
      report('nginx.conflict', args.place(1), '"from=" cannot be used with "off" parameter');
    }
    return { kind };
  }
  return { kind, from: from === undefined ? undefined : parseText(from).template };
}

/** `open_file_cache off|max=N [inactive=time]`. Undefined: it says what cannot be. How many are remembered is a limit of ours. */
export function readOpenFileCache(args: GivenArguments, report: NginxReport): boolean | undefined {
  let isOff = false;
  let hasMax = false;
  for (const [at, text] of args.texts().entries()) {
    const [, name = '', value = ''] = /^(max|inactive)=(.*)$/.exec(text) ?? [];
    const isMax = name === 'max' && /^\d{1,18}$/.test(value) && Number(value) > 0;
    const isInactive = name === 'inactive' && readSeconds(value) !== undefined;
    if (!isMax && !isInactive && text !== 'off') {
      report('nginx.invalid-value', args.place(at), `invalid "open_file_cache" parameter "${text}"`, {
        hint: 'It is off, or max= with a number, and perhaps inactive= with a time.',
      });
      return undefined;
    }
    hasMax ||= isMax;
    isOff ||= text === 'off';
  }
  if (!isOff && !hasMax) {
    report('nginx.invalid-value', args.directive.place, '"open_file_cache" must have the "max" parameter');
    return undefined;
  }
  return !isOff;
}
