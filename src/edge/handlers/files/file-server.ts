/** Files of locations, for one thread: what was found out about them, and by which rules each scope serves them. */

import type { Scope } from '../../../config/model/scope.ts';
import type { Template } from '../../../config/model/template.ts';
import type { CompiledScope, CompiledTemplate } from '../../pipeline/route.ts';
import type { SenderOptions } from '../static/file-sender.ts';
import { FileSender } from '../static/file-sender.ts';
import { FilePlaces } from './file-places.ts';
import { FolderReads } from './folder-reads.ts';

/** Compiles a template of the plan to which a scope belongs. */
export type CompileTemplate = (template: Template) => CompiledTemplate;

export class FileServer {
  readonly sender: FileSender;
  readonly folderReads: FolderReads = new FolderReads();
  readonly #scopes = new WeakMap<CompiledScope, ScopeFiles>();

  constructor(options: SenderOptions) {
    this.sender = new FileSender(options);
  }

  /** Made when the scope's first file is asked for. */
  of(scope: CompiledScope, compile: CompileTemplate): ScopeFiles {
    let files = this.#scopes.get(scope);
    if (files === undefined) {
      files = new ScopeFiles(scope, compile, this);
      this.#scopes.set(scope, files);
    }
    return files;
  }
}

/** Files of one scope. The content of its locations and its `try_files` look for them in the same places, so that what one has found the other knows. */
export class ScopeFiles {
  readonly server: FileServer;
  readonly scope: Scope;
  readonly places: FilePlaces;
  readonly indexes: readonly CompiledTemplate[];

  constructor(scope: CompiledScope, compile: CompileTemplate, server: FileServer) {
    this.server = server;
    this.scope = scope.model;
    this.places = new FilePlaces(scope, compile);
    this.indexes = scope.model.files.index.map(compile);
  }
}
