/** Which file a request asks for: $document_root and $request_filename. Only text: nobody has looked at the disk, and `..` was refused when the path was normalised. */

import { renderTemplate } from './render-template.ts';
import type { Route } from './route.ts';

export function documentRootOf(route: Route): string {
  return renderTemplate(route.scope.root, route);
}

export function fileNameOf(route: Route): string {
  const { files } = route.scope.model;
  const root = documentRootOf(route);
  if (files.kind === 'root') {
    return root + route.path;
  }
  const { aliasLength } = route.location;
  return aliasLength === undefined ? root : root + route.path.slice(aliasLength);
}
