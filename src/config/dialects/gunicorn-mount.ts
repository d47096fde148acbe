/** Where gunicorn's users have mounted the application: SCRIPT_NAME in the environment, and in a field of the proxy's. The path of a request has it still. */

import type { Report } from '../diagnostic.ts';
import type { AppContent } from '../model/content.ts';
import { atVariable } from '../place.ts';
import { parseRootPath } from '../proxy-settings.ts';
import type { FinishModel } from '../serve-options.ts';
import type { Asked } from './option.ts';

const VARIABLE = 'SCRIPT_NAME';

/** Workers of ASGI know nothing of it: root_path says it there. */
export function mountInModel({ draft, machine }: Asked, report: Report): FinishModel {
  if (draft.interface === 'asgi') {
    return (model) => model;
  }
  const mount = parseRootPath(draft.env?.get(VARIABLE) ?? machine.env[VARIABLE] ?? '');
  if (!mount.ok) {
    report('dialect.invalid', atVariable(VARIABLE), `${mount.fault}.`);
  }
  const said: Partial<AppContent> = {
    ...(mount.ok ? { scriptName: mount.value } : {}),
    ...(draft.takesScriptName === false ? {} : { takesScriptName: true }),
  };
  return (model) => ({
    ...model,
    sites: model.sites.map((site) =>
      site.content.kind === 'app' ? { ...site, content: { ...site.content, ...said } } : site,
    ),
  });
}
