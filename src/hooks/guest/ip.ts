/** The helper `ip`: networks to test addresses against. Becomes text in the sandbox, so it imports nothing. */
export function ipTools(): (network: string) => { contains(address: string | undefined): boolean } {
  interface Address {
    /** 32 or 128. */
    readonly bits: number;
    readonly value: bigint;
  }
  const known = new Map<string, Address | undefined>();
  const MOST_KNOWN = 4096;

  const four = (text: string): bigint | undefined => {
    const parts = text.split(".");
    if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
      return undefined;
    return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  };
  const groups = (text: string): bigint[] | undefined => {
    if (text === "") return [];
    const parts = text.split(":");
    return parts.every((part) => /^[0-9a-f]{1,4}$/i.test(part))
      ? parts.map((part) => BigInt(`0x${part}`))
      : undefined;
  };
  const six = (given: string): bigint | undefined => {
    const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(given);
    const end = dotted && four(dotted[2]!);
    if (dotted && end === undefined) return undefined;
    const text = dotted
      ? `${dotted[1]}${(end! >> 16n).toString(16)}:${(end! & 0xffffn).toString(16)}`
      : given;
    const halves = text.split("::");
    if (halves.length > 2) return undefined;
    const [before, after = []] = halves.map(groups);
    if (!before || !after) return undefined;
    const missing = 8 - before.length - after.length;
    if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
    const all = [...before, ...Array.from({ length: missing }, () => 0n), ...after];
    return all.reduce((sum, group) => (sum << 16n) | group, 0n);
  };
  const parse = (text: string): Address | undefined => {
    if (known.has(text)) return known.get(text);
    const value = text.includes(":") ? six(text) : four(text);
    const address = value === undefined ? undefined : { bits: text.includes(":") ? 128 : 32, value };
    if (known.size > MOST_KNOWN) known.clear();
    known.set(text, address);
    return address;
  };

  return (network) => {
    const [text = "", length] = String(network).split("/");
    const address = parse(text);
    const prefix =
      length === undefined ? address?.bits : /^\d{1,3}$/.test(length) ? Number(length) : undefined;
    if (!address || prefix === undefined || prefix > address.bits)
      throw new TypeError(`${JSON.stringify(network)} is neither an address nor a network`);
    const shift = BigInt(address.bits - prefix);
    const start = address.value >> shift;
    return {
      contains(given) {
        const other = typeof given === "string" ? parse(given) : undefined;
        return other !== undefined && other.bits === address.bits && other.value >> shift === start;
      },
    };
  };
}
