/** The page that says what sslyze has found. */

export interface Report {
  readonly page: string;
  /** What is not as it should be. */
  readonly findings: readonly string[];
}

const ROW = /^ +([A-Z][\w .()-]+): +(OK|VULNERABLE|NOT SUPPORTED|FAILED|ERROR)\b[ -]*(.*)$/;
const SECTION = /^ \* (.+):$/;
const ALONE = /^ +(OK|VULNERABLE|NOT OK) - (.*)$/;
/** Of the profile: `* tls_curves: TLS curves … are supported, but should be rejected.` */
const COMPLIANCE = /^ +\* (\w+): (.+)$/;
/**
 * A certificate of an authority that was made for the test is in no store of browsers, and lasts for days; nobody logs it or answers for it. Those rows tell of the
 * certificate, and not of the server.
 */
const OF_CERTIFICATE = /^(certificate_|.*Trust|.*CA Store|Symantec|OCSP|Certificate|Verified Chain|Received Chain)/;

export function renderReport(output: string): Report {
  const rows: string[] = [];
  const findings: string[] = [];
  let section = '';
  const tell = (what: string, verdict: string, words: string): void => {
    if (OF_CERTIFICATE.test(what)) {
      return;
    }
    rows.push(`| ${what} | ${verdict} | ${words} |`);
    if (/VULNERABLE|NOT OK|FAILED|ERROR/.test(verdict)) {
      findings.push(`${what}: ${words}`);
    }
  };
  for (const line of output.split('\n')) {
    const [, named = section] = SECTION.exec(line) ?? [];
    section = named;
    const [, what, verdict = '', words = ''] = ROW.exec(line) ?? [];
    const [, ownVerdict, ownWords = ''] = ALONE.exec(line) ?? [];
    const [, rule, breach = ''] = COMPLIANCE.exec(line) ?? [];
    if (what !== undefined) {
      tell(what.trim(), verdict, words);
    } else if (ownVerdict !== undefined) {
      tell(section, ownVerdict, ownWords);
    } else if (rule !== undefined) {
      tell(rule, 'FAILED', breach);
    }
  }
  const said = [...output.matchAll(/^ {8}(TLS_\w+) +(\d+) +(.+)$/gm)].map(
    ([, name, , exchange]) => `| ${name} | ${exchange?.trim()} |`,
  );
  const page = `# What sslyze says of TLS

\`make conformance-tls\` asks [sslyze](https://github.com/nabla-c0d3/sslyze) about \`portico serve\` with a certificate and nothing else said of TLS, and compares it with Mozilla's intermediate profile. What it says of the certificate itself, which is made for the test, is left out.

${findings.length === 0 ? 'It finds nothing that is not as it should be.' : `It finds: ${findings.join('; ')}.`}

| looked at | verdict | in its words |
|---|---|---|
${rows.join('\n')}

| cipher suite | exchange of keys |
|---|---|
${said.join('\n')}
`;
  return { page, findings };
}
