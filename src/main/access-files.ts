import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { dirname, resolve } from "node:path";
import type { AccessOptions } from "../command-line/index.js";
import type { TlsIdentity } from "../env/index.js";
import {
  ALPN_PROTOCOL,
  parseNameMaps,
  parseRules,
  type AccessPolicy,
  type ListFile,
} from "../pgwire/index.js";
import type { Machine } from "./machine.js";

const WATCH_INTERVAL_MS = 2_000;

/** The files that say who may connect how: rules, key and certificates. */
export class AccessFiles {
  private constructor(
    private readonly options: AccessOptions,
    private readonly policy: AccessPolicy,
    private readonly machine: Pick<Machine, "network" | "log">,
  ) {}

  /** Reads them all. Throws an error of one line where one cannot be used. */
  static open(
    options: AccessOptions,
    policy: AccessPolicy,
    machine: Pick<Machine, "network" | "log">,
  ): AccessFiles {
    const files = new AccessFiles(options, policy, machine);
    files.loadRules();
    files.loadTls();
    for (const path of files.tlsPaths) {
      watchFile(path, { interval: WATCH_INTERVAL_MS, persistent: false }, files.tlsChanged);
    }
    return files;
  }

  /** Reads them again; what cannot be used is told to the log, and what was before stays. */
  reload(): void {
    this.attempt("rules", () => this.loadRules());
    this.attempt("certificates", () => this.loadTls());
  }

  close(): void {
    for (const path of this.tlsPaths) unwatchFile(path, this.tlsChanged);
  }

  private readonly tlsChanged = (): void => {
    this.attempt("certificates", () => this.loadTls());
  };

  private get tlsPaths(): readonly string[] {
    const { tls } = this.options;
    if (tls === null) return [];
    return [tls.certificate, tls.key, tls.clientAuthorities].filter((path) => path !== null);
  }

  private loadRules(): void {
    const { ruleFile, identFile } = this.options;
    const rules = ruleFile === null ? null : parseRules(readText(ruleFile), ruleFile, readList);
    const maps =
      identFile === null ? null : parseNameMaps(readText(identFile), identFile, readList);
    if (rules !== null) this.policy.setRules(rules);
    if (maps !== null) this.policy.setNameMaps(maps);
  }

  private loadTls(): void {
    const { tls } = this.options;
    if (tls === null) return;
    const { clientAuthorities } = tls;
    const identity: TlsIdentity = {
      certificate: readText(tls.certificate),
      key: readText(tls.key),
      clientAuthorities: clientAuthorities === null ? null : readText(clientAuthorities),
    };
    try {
      if (this.policy.tls !== null) this.policy.tls.replace(identity);
      else this.policy.setTls(this.machine.network.tlsContext(identity, [ALPN_PROTOCOL]));
    } catch (error) {
      throw new Error(`cannot use certificate "${tls.certificate}": ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  private attempt(what: string, load: () => void): void {
    const { log } = this.machine;
    try {
      load();
      log.info(`${what} were loaded again`);
    } catch (error) {
      log.error(`${what} were not loaded again`, { reason: messageOf(error) });
    }
  }
}

/** A list that a file names stands beside that file, unless its path is a whole one. */
function readList(name: string, from: string): ListFile {
  const path = resolve(dirname(from), name);
  return { path, text: readText(path) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`cannot read "${path}": ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
