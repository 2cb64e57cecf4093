/** Unpredictable bytes: cancel keys, salts, seeds. */
export interface Random {
  bytes(count: number): Uint8Array;
}
