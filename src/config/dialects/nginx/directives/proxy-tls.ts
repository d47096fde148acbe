/** TLS with the servers that requests are passed on to. */

import type { UpstreamTls } from '../../../model/proxying.ts';
import type { Template } from '../../../model/template.ts';
import type { Draft } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { accepted, repeatable, row } from '../row.ts';
import { fullName } from '../surroundings.ts';
import type { TlsCommand, TlsCommands } from '../tls-commands.ts';
import { commandText, protocolsOf, readTlsCommand, tlsCommands } from '../tls-commands.ts';
import { HTTP } from './contexts.ts';
import { appendEach, keep } from './keep.ts';
import type { ProxyModule } from './proxy-module.ts';
import { eachModule } from './proxy-module.ts';

const PROTOCOLS = 'SSLv2|SSLv3|TLSv1|TLSv1.1|TLSv1.2|TLSv1.3...';

const CACHED = 'They are kept as long as their files do not change, which is looked at once a second.';

const KEYS = eachModule((of) => ({
  reusesSessions: draftKey<boolean>(`${of}_ssl_session_reuse`),
  ciphers: draftKey<string>(`${of}_ssl_ciphers`),
  name: draftKey<Template>(`${of}_ssl_name`),
  sendsName: draftKey<boolean>(`${of}_ssl_server_name`),
  verifies: draftKey<boolean>(`${of}_ssl_verify`),
  depth: draftKey<number>(`${of}_ssl_verify_depth`),
  trustedFile: draftKey<string>(`${of}_ssl_trusted_certificate`),
  crlFile: draftKey<string>(`${of}_ssl_crl`),
  certFile: draftKey<Template>(`${of}_ssl_certificate`),
  keyFile: draftKey<Template>(`${of}_ssl_certificate_key`),
  passwordFile: draftKey<string>(`${of}_ssl_password_file`),
  protocols: draftKey<readonly string[]>(`${of}_ssl_protocols`),
  commands: draftKey<readonly TlsCommand[]>(`${of}_ssl_conf_command`),
}));

/** `contexts`: the blocks in which they stand. */
export function tlsRows(of: ProxyModule, contexts: string = HTTP): readonly Row[] {
  const keys = KEYS[of];
  return [
    row(`${of}_ssl_session_reuse`, contexts, 'flag', 'Whether sessions of TLS are taken up again.', {
      apply: keep(keys.reusesSessions, (args) => args.flag(0)),
    }),
    row(`${of}_ssl_ciphers`, contexts, 'plain', 'Ciphers that may be used.', {
      apply: keep(keys.ciphers, (args) => args.text(0)),
    }),
    row(`${of}_ssl_name`, contexts, 'text', "The name that the upstream's certificate has to have.", {
      apply: keep(keys.name, (args) => args.template(0)),
    }),
    row(`${of}_ssl_server_name`, contexts, 'flag', 'Whether the name is told to the upstream.', {
      apply: keep(keys.sendsName, (args) => args.flag(0)),
    }),
    row(`${of}_ssl_verify`, contexts, 'flag', "Whether the upstream's certificate is checked.", {
      apply: keep(keys.verifies, (args) => args.flag(0)),
    }),
    row(
      `${of}_ssl_verify_depth`,
      contexts,
      'number',
      "How many certificates may be between the upstream's and its authority's.",
      { apply: keep(keys.depth, (args) => args.number(0)) },
    ),
    row(`${of}_ssl_trusted_certificate`, contexts, 'path', "Authorities of the upstream's certificate.", {
      apply: keep(keys.trustedFile, (args) => args.text(0)),
    }),
    row(`${of}_ssl_crl`, contexts, 'path', 'Certificates that are revoked.', {
      apply: keep(keys.crlFile, (args) => args.text(0)),
    }),
    row(`${of}_ssl_certificate`, contexts, 'text', 'The certificate that is shown to the upstream.', {
      apply: keep(keys.certFile, (args) => args.template(0)),
    }),
    row(`${of}_ssl_certificate_key`, contexts, 'text', 'The key of that certificate.', {
      apply: keep(keys.keyFile, (args) => args.template(0)),
    }),
    ...accepted(CACHED, [
      row(
        `${of}_ssl_certificate_cache`,
        contexts,
        'parameter [parameter] [parameter]',
        'How many certificates with variables in their names are kept.',
      ),
    ]),
    row(`${of}_ssl_password_file`, contexts, 'path', 'Passwords of keys.', {
      apply: keep(keys.passwordFile, (args) => args.text(0)),
    }),
    ...repeatable([
      row(`${of}_ssl_protocols`, contexts, PROTOCOLS, 'Versions of TLS that are spoken with the upstream.', {
        apply: (args, draft) =>
          appendEach(
            draft,
            keys.protocols,
            Array.from(args.words.keys(), (index) => args.word(index)),
          ),
      }),
      row(`${of}_ssl_conf_command`, contexts, 'plain plain', 'A setting of OpenSSL.', {
        apply: (args, draft, report) =>
          appendEach(
            draft,
            keys.commands,
            [readTlsCommand(args, report, 'client')].filter((each) => each !== undefined),
          ),
      }),
    ]),
  ];
}

/** Where TLS is spoken with a server for certain: what nginx does not start with. */
export function checkUpstreamTls(draft: Draft, of: ProxyModule, report: NginxReport): void {
  const keys = KEYS[of];
  const certificate = draft.get(keys.certFile) ?? '';
  const hasKey = (draft.get(keys.keyFile) ?? '') !== '';
  if (certificate !== '' && !hasKey) {
    const name = typeof certificate === 'string' ? certificate : renderText(certificate);
    report('nginx.conflict', draft.place, `no "${of}_ssl_certificate_key" is defined for certificate "${name}"`, {
      hint: `Write ${of}_ssl_certificate_key beside it.`,
    });
  }
  if (draft.get(keys.verifies) === true && (draft.get(keys.trustedFile) ?? '') === '') {
    report('nginx.conflict', draft.place, `no ${of}_ssl_trusted_certificate for ${of}_ssl_verify`, {
      hint: `Name a file of authorities: ${of}_ssl_trusted_certificate /etc/ssl/certs/ca-certificates.crt;`,
    });
  }
}

function renderText(parts: Exclude<Template, string>): string {
  return parts
    .map((part) => (typeof part === 'string' ? part : 'variable' in part ? `$${part.variable}` : `$${part.capture}`))
    .join('');
}

/** `prefix`: what names of files are relative to. */
export function upstreamTlsOf(draft: Draft, of: ProxyModule, prefix: string): UpstreamTls {
  const keys = KEYS[of];
  const file = (name: string | undefined): string => (name === undefined || name === '' ? '' : fullName(name, prefix));
  const commands = tlsCommands(draft.get(keys.commands));
  const certificate = commandText(commands, 'certificate');
  return {
    name: draft.get(keys.name) ?? '',
    sendsName: draft.get(keys.sendsName) ?? false,
    verifies: draft.get(keys.verifies) ?? false,
    depth: draft.get(keys.depth) ?? 1,
    trustedFile: file(draft.get(keys.trustedFile)),
    crlFile: file(draft.get(keys.crlFile)),
    certFile: fileTemplate(certificate ?? draft.get(keys.certFile) ?? '', file),
    keyFile: fileTemplate(commandText(commands, 'privatekey') ?? certificate ?? draft.get(keys.keyFile) ?? '', file),
    passwordFile: file(draft.get(keys.passwordFile)),
    ciphers: ciphersOf(draft.get(keys.ciphers) ?? '', commands),
    curves: commandText(commands, 'groups', 'curves') ?? '',
    signatures: commandText(commands, 'signaturealgorithms') ?? '',
    protocols: hasVersions(commands)
      ? (protocolsOf(draft.get(keys.protocols) ?? [], commands) ?? ['TLSv1.3'])
      : (draft.get(keys.protocols) ?? []),
    reusesSessions: draft.get(keys.reusesSessions) ?? true,
  };
}

function hasVersions(commands: TlsCommands): boolean {
  return commandText(commands, 'protocol', 'minprotocol', 'maxprotocol') !== undefined;
}

/** Suites of TLS 1.3 stand in front of the others, which are those of OpenSSL where none are said. */
function ciphersOf(said: string, commands: TlsCommands): string {
  const before13 = commandText(commands, 'cipherstring') ?? said;
  const suites = commandText(commands, 'ciphersuites');
  return suites === undefined ? before13 : `${suites}:${before13 || 'DEFAULT'}`;
}

/** Whoever reads the file takes what a variable comes to for the whole name if it is absolute, or no name: `/etc/nginx/.//run/a.pem` (named-certificates.ts). */
export function fileTemplate(template: Template, file: (name: string) => string): Template {
  if (typeof template === 'string') {
    return template.startsWith('data:') ? template : file(template);
  }
  const [first, ...rest] = template;
  if (typeof first === 'string' && first.startsWith('data:')) {
    return template;
  }
  return typeof first === 'string' ? [file(first), ...rest] : [file('./'), ...template];
}
