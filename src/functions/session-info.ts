/** What session functions answer; all of it is fixed while a statement is bound. */
export interface SessionInfo {
  readonly currentUser: string;
  readonly sessionUser: string;
  readonly currentDatabase: string;
  /** The first schema of search_path that exists, or null. */
  readonly currentSchema: string | null;
  /** What version() prints. */
  readonly version: string;
  readonly backendPid: number;
  /** A setting's value as SHOW prints it; undefined where there is no such setting. */
  setting(name: string): string | undefined;
}
