/** What an application may turn out to be, for tests: a WSGI application of no framework, without folders and without a fault, but for what a test says. */

import type { AppFacts } from '../protocol/control/zygote.ts';

export function fakeAppFacts(facts: Partial<AppFacts> = {}): AppFacts {
  return {
    app: 'site:application',
    interface: 'wsgi',
    framework: null,
    frameworkVersion: null,
    settings: null,
    static: [],
    media: [],
    withheld: [],
    named: [],
    debug: null,
    allowedHosts: null,
    found: null,
    notes: [],
    warnings: [],
    ...facts,
  };
}
