/** From what passes requests on to the table `proxy` of a place, and from upstreams to theirs. */

import { isEqual } from '../../kernel/is-equal.ts';
import { omit } from '../../kernel/omit.ts';
import type { Content } from '../model/content.ts';
import type { ProxyContent } from '../model/proxying.ts';
import { at } from './at.ts';
import { POLICY } from './fields/proxy-fields.ts';
import { UPSTREAM } from './fields/upstream-fields.ts';
import type { TomlTable, TomlValue } from './kind.ts';
import { isTable } from './kind.ts';
import type { Proxying, WrittenPolicy } from './proxy-policy.ts';
import { basePolicy, passingOf, writtenPolicyOf } from './proxy-policy.ts';
import { renderTemplateText } from './template-text.ts';

/** Undefined: it is what answers around the place. A location takes nothing over that has a path, which stands in place of another prefix. */
export function writeProxy(
  content: ProxyContent,
  { around, isLocation }: { readonly around: Content; readonly isLocation: boolean },
  model: Proxying,
): TomlTable | undefined {
  const outer = around.kind === 'proxy' ? around : undefined;
  const mayInherit = !isLocation || content.to.kind === 'text' || content.to.uri === undefined;
  if (mayInherit && isEqual(content, outer)) {
    return undefined;
  }
  const passing = passingOf(content);
  const base = basePolicy(passing, outer && { passing: passingOf(outer), policy: writtenPolicyOf(outer, model) });
  const policy: WrittenPolicy = writtenPolicyOf(content, model);
  const isSame = mayInherit && isEqual(omit(content, 'policy'), outer && omit(outer, 'policy'));
  // What is said of connections belongs to an address that is said.
  const written = POLICY.write(keepsAsAround(content, model) || isSame ? withKeepAliveOf(base, policy) : policy, base);
  const table = written !== undefined && isTable(written) ? written : {};
  return isSame ? table : { to: textOf(content, model), ...table };
}

function keepsAsAround({ to }: ProxyContent, { upstreams }: Proxying): boolean {
  return to.kind === 'text' || !at(upstreams, to.upstream).isImplicit;
}

function withKeepAliveOf({ keepAlive }: WrittenPolicy, policy: WrittenPolicy): WrittenPolicy {
  const rest = omit(policy, 'keepAlive');
  return keepAlive === undefined ? rest : { ...rest, keepAlive };
}

function textOf({ protocol, tls, to }: ProxyContent, { upstreams }: Proxying): string {
  if (to.kind === 'text') {
    const text = renderTemplateText(to.text);
    return protocol === 'http' ? text : `${tls ? 's' : ''}${protocol}://${text}`;
  }
  const { name, isImplicit } = at(upstreams, to.upstream);
  return !isImplicit && to.url === `http://${name}` ? name : to.url.replaceAll('$', '$$$$');
}

/** Those that have a name of their own. */
export function writeUpstreams({ upstreams, resolvers }: Proxying): readonly TomlValue[] {
  return upstreams.flatMap(({ isImplicit, resolver, ...rest }) =>
    isImplicit
      ? []
      : [
          UPSTREAM.write(
            { ...rest, ...(resolver === undefined ? {} : { resolver: at(resolvers, resolver) }) },
            undefined,
          ) ?? {},
        ],
  );
}
