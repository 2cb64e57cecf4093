import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import createModule, {
  type GrammarModule,
  type WasmInstance,
} from "libpg-query/wasm/libpg-query.js";
import type { ParseResult } from "libpg-query";
import {
  internalError,
  parserOutOfMemory,
  parserRestarting,
  SqlError,
  stackDepthExceeded,
} from "../../errors/index.js";
import { toSqlError } from "./error.js";

/**
 * The WebAssembly grammar and its life.
 *
 * The grammar recurses on V8's stack. A text that nests deeply traps it, and a trapped instance is
 * unsafe: its own stack pointer and memory contexts stay where they were, and after some forty such
 * texts it computes garbage for everyone. So an instance that trapped is never entered again: a
 * spare, made beforehand (5 ms, its memory untouched), takes its place and the next spare is begun.
 */
let active: GrammarModule | undefined;
let spare: GrammarModule | undefined;
let compiled: WasmModule | undefined;

/** The part of the global WebAssembly that we use; our TypeScript libraries do not declare it. */
interface WasmApi {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule, imports: object) => WasmInstance;
  readonly RuntimeError: new () => Error;
}

/** Compiled code, opaque. */
type WasmModule = object;

const wasm = (globalThis as unknown as { readonly WebAssembly: WasmApi }).WebAssembly;

/** One token; offsets are UTF-8 bytes. */
export interface Token {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly keywordName: string;
}

/** Loads the grammar; to be awaited once before anything else here is called. */
export async function initGrammar(): Promise<void> {
  active ??= await instantiate();
  spare ??= await instantiate();
}

/** The raw tree of a text. SqlError for what the grammar rejects. */
export function parseRaw(text: string): ParseResult {
  return enter(text, (module, pointer) => {
    const result = module._wasm_parse_query_raw(pointer);
    if (result === 0) return parserOutOfMemory();
    const error = module.getValue(result + 8, "i32");
    const outcome =
      error === 0
        ? (JSON.parse(module.UTF8ToString(module.getValue(result, "i32"))) as ParseResult)
        : readError(module, error, text);
    module._wasm_free_parse_result(result);
    return outcome;
  });
}

/** The lexer's tokens, comments included. Only for text that `parseRaw` has accepted. */
export function scanRaw(text: string): readonly Token[] {
  const json = enter(text, (module, pointer) => readString(module, module._wasm_scan(pointer)));
  return (JSON.parse(json) as { readonly tokens?: readonly Token[] }).tokens ?? [];
}

/** The text with `$n` for its constants. Only for text that `parseRaw` has accepted. */
export function normalizeRaw(text: string): string {
  return enter(text, (module, pointer) =>
    readString(module, module._wasm_normalize_query(pointer)),
  );
}

/** 16 hexadecimal digits. Only for text that `parseRaw` has accepted. */
export function fingerprintRaw(text: string): string {
  return enter(text, (module, pointer) => readString(module, module._wasm_fingerprint(pointer)));
}

/** Runs `work` on the text's copy in the instance; what it returns as a SqlError is thrown. */
function enter<T>(text: string, work: (module: GrammarModule, pointer: number) => T | SqlError): T {
  const module = active;
  if (module === undefined) {
    throw compiled === undefined
      ? internalError("initParser() was not awaited")
      : parserRestarting();
  }
  let outcome: T | SqlError;
  try {
    const bytes = new TextEncoder().encode(`${text}\0`);
    const pointer = module._malloc(bytes.length);
    if (pointer === 0) throw parserOutOfMemory();
    module.HEAPU8.set(bytes, pointer);
    outcome = work(module, pointer);
    module._free(pointer);
  } catch (error) {
    throw isTrap(error) ? replaceTrapped(error) : error;
  }
  if (outcome instanceof SqlError) throw outcome;
  return outcome;
}

function isTrap(error: unknown): error is Error {
  return error instanceof RangeError || error instanceof wasm.RuntimeError;
}

function replaceTrapped(trap: Error): SqlError {
  active = spare;
  spare = undefined;
  void instantiate().then((fresh) => {
    if (active === undefined) active = fresh;
    else spare = fresh;
  });
  if (trap instanceof RangeError) return stackDepthExceeded();
  return parserOutOfMemory();
}

async function instantiate(): Promise<GrammarModule> {
  compiled ??= compile();
  const module = compiled;
  return createModule({
    instantiateWasm(imports, done) {
      const instance = new wasm.Instance(module, imports);
      done(instance);
      return instance.exports;
    },
  });
}

function compile(): WasmModule {
  const path = createRequire(import.meta.url).resolve("libpg-query/wasm/libpg-query.wasm");
  return new wasm.Module(readFileSync(path));
}

function readString(module: GrammarModule, pointer: number): string | SqlError {
  if (pointer === 0) return parserOutOfMemory();
  const text = module.UTF8ToString(pointer);
  module._wasm_free_string(pointer);
  return text;
}

/** PgQueryError: message, function, file (pointers), line, cursor position (from 1, characters). */
function readError(module: GrammarModule, error: number, text: string): SqlError {
  const message = module.UTF8ToString(module.getValue(error, "i32"));
  const cursor = module.getValue(error + 16, "i32");
  return toSqlError(message, cursor > 0 ? cursor : undefined, text);
}
