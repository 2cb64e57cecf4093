import type { Network, TlsContext } from "../../env/index.js";
import { addressBytes, rangeOfMask, type AddressRange } from "./rules/address.js";
import { databasesNamed } from "./rules/match-rule.js";
import { NO_NAME_MAPS, type NameMaps } from "./rules/name-map.js";
import { CLOSED_RULES, OPEN_RULES, type AuthRule } from "./rules/rule.js";
import type { Logins } from "./logins.js";

/** The database there is. */
const DATABASE = "millrace";

/** Who may connect how: rules, roles and TLS, of which the first and last can be replaced. */
export class AccessPolicy {
  private given: readonly AuthRule[] | null = null;
  private maps: NameMaps = NO_NAME_MAPS;
  private context: TlsContext | null = null;

  constructor(
    readonly logins: Logins,
    private readonly network: Pick<Network, "interfaces" | "hostNameOf" | "addressesOf">,
  ) {}

  /** Rules of a file, for new connections; null for those that hold without one. */
  setRules(rules: readonly AuthRule[] | null): void {
    this.given = rules;
  }

  setNameMaps(maps: NameMaps): void {
    this.maps = maps;
  }

  get nameMaps(): NameMaps {
    return this.maps;
  }

  setTls(context: TlsContext): void {
    this.context = context;
  }

  /** Null where connections cannot be encrypted. */
  get tls(): TlsContext | null {
    return this.context;
  }

  /** Nobody has been asked for more than a name so far: any name will do. */
  get isOpen(): boolean {
    return this.given === null && this.logins.isOpen;
  }

  get rules(): readonly AuthRule[] {
    return this.given ?? (this.logins.isOpen ? OPEN_RULES : CLOSED_RULES);
  }

  /** Whether there is a database of that name: any while open, then the one and those rules name. */
  hasDatabase(name: string): boolean {
    if (this.isOpen || name === DATABASE) return true;
    return databasesNamed(this.given ?? []).includes(name);
  }

  /** The name of the machine at an address, if that name leads back to it. */
  async hostName(address: string): Promise<string | null> {
    const wanted = addressBytes(address);
    const name = wanted === null ? null : await this.network.hostNameOf(address);
    if (wanted === null || name === null) return null;
    const found = (await this.network.addressesOf(name)).map(addressBytes);
    const isItsOwn = found.some((bytes) => bytes !== null && Buffer.compare(bytes, wanted) === 0);
    return isItsOwn ? name : null;
  }

  get interfaces(): readonly AddressRange[] {
    return this.network
      .interfaces()
      .map(({ address, mask }) => rangeOfMask(address, mask))
      .filter((range) => range !== null);
  }
}
