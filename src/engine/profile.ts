/** What an operator did in a run; ids are those of the plan. */
export interface OperatorProfile {
  readonly id: number;
  readonly rows: number;
  readonly timeNs: number;
  readonly bytesRead: number;
  readonly rowGroups: number;
  readonly rowGroupsPruned: number;
  readonly peakBytes: number;
}

export interface QueryProfile {
  readonly operators: ReadonlyMap<number, OperatorProfile>;
  readonly peakBytes: number;
}

type OperatorJson = Readonly<Partial<Record<keyof OperatorProfile, string | number>>>;

interface ProfileJson {
  readonly operators: readonly OperatorJson[];
  readonly peakBytes?: string | number;
}

export function parseProfile(json: string): QueryProfile {
  const { operators, peakBytes } = JSON.parse(json) as ProfileJson;
  const parsed = operators.map((operator): OperatorProfile => {
    const count = (name: keyof OperatorProfile): number => Number(operator[name] ?? 0);
    return {
      id: count("id"),
      rows: count("rows"),
      timeNs: count("timeNs"),
      bytesRead: count("bytesRead"),
      rowGroups: count("rowGroups"),
      rowGroupsPruned: count("rowGroupsPruned"),
      peakBytes: count("peakBytes"),
    };
  });
  return {
    operators: new Map(parsed.map((operator) => [operator.id, operator])),
    peakBytes: Number(peakBytes ?? 0),
  };
}
