/** `secure_link`, `secure_link_md5` and `secure_link_secret`: $secure_link says whether the link is one that was signed, $secure_link_expires until when it holds. */

import type { Scope } from '../../../config/model/scope.ts';
import { checkSecureLink, linkBehindSecret, readSecureLink } from '../../signed-links/secure-link.ts';
import type { Compilation } from '../compilation.ts';
import { renderTemplate } from '../render-template.ts';
import { requestUriOf } from '../request-facts.ts';
import type { Variable } from './variable.ts';

export function compileSecureLink({ secureLink }: Scope, compilation: Compilation): Variable | undefined {
  if (secureLink === undefined) {
    return undefined;
  }
  if (secureLink.kind === 'secret') {
    const secret = renderedConstant(compilation.template(secureLink.secret));
    return (route) => linkBehindSecret(requestUriOf(route.exchange), secret);
  }
  const link = compilation.template(secureLink.link);
  const hashed = compilation.template(secureLink.hashed);
  const { clock } = compilation;
  return (route) => {
    const read = readSecureLink(renderTemplate(link, route));
    return checkSecureLink(read, renderTemplate(hashed, route), clock.nowMs());
  };
}

export function compileSecureLinkExpires({ secureLink }: Scope, compilation: Compilation): Variable | undefined {
  if (secureLink?.kind !== 'expression') {
    return undefined;
  }
  const link = compilation.template(secureLink.link);
  return (route) => readSecureLink(renderTemplate(link, route)).expires;
}

/** A text without variables is compiled to a string. */
function renderedConstant(template: ReturnType<Compilation['template']>): string {
  return typeof template === 'string' ? template : '';
}
