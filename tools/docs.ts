// `make docs`: builds the site and says where it is.

import { buildSite, SITE } from './site.ts';

const fault = await buildSite();
console.log(fault === undefined ? `docs: open ${SITE}/index.html` : `docs: ${fault}`);
process.exitCode = fault === undefined ? 0 : 1;
