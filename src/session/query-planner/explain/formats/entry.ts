/** One property of an explained plan, whatever form it is printed in. */
export type Entry =
  | { readonly kind: "text"; readonly label: string; readonly text: string }
  /** A number or boolean. */
  | { readonly kind: "bare"; readonly label: string; readonly text: string }
  | { readonly kind: "list"; readonly label: string; readonly items: readonly string[] }
  | { readonly kind: "group"; readonly label: string; readonly entries: readonly Entry[] }
  /** Several groups of one kind. */
  | {
      readonly kind: "groups";
      readonly label: string;
      readonly itemLabel: string;
      readonly groups: readonly (readonly Entry[])[];
    };

export function textEntry(label: string, text: string): Entry {
  return { kind: "text", label, text };
}

export function flagEntry(label: string, value: boolean): Entry {
  return { kind: "bare", label, text: String(value) };
}

/** A number with so many decimals. */
export function numberEntry(label: string, value: number, decimals = 0): Entry {
  return { kind: "bare", label, text: value.toFixed(decimals) };
}
