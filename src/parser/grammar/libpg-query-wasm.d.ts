/** What we use of the package's WebAssembly module; the package itself ships no types for it. */
declare module "libpg-query/wasm/libpg-query.js" {
  export interface GrammarModule {
    readonly HEAPU8: Uint8Array;
    getValue(pointer: number, type: "i32"): number;
    UTF8ToString(pointer: number): string;
    _malloc(size_bytes: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(text: number): number;
    _wasm_free_parse_result(result: number): void;
    _wasm_fingerprint(text: number): number;
    _wasm_normalize_query(text: number): number;
    _wasm_scan(text: number): number;
    _wasm_free_string(pointer: number): void;
  }

  /** A running instance: to us only its exports, which the package's glue wants back. */
  export interface WasmInstance {
    readonly exports: object;
  }

  export interface GrammarModuleOptions {
    instantiateWasm(imports: object, done: (instance: WasmInstance) => void): object;
  }

  const createModule: (options: GrammarModuleOptions) => Promise<GrammarModule>;
  export default createModule;
}
