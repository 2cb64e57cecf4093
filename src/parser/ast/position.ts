/**
 * Where an error about a node points: characters (code points, not UTF-16 units) from 1, counted
 * over the whole text given to `parse`. Undefined where PostgreSQL reports none.
 */
export type Position = number | undefined;
