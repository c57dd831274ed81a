/** The interpreter's memory: regions at addresses, with the access the kernel and its verifier would grant. */

export interface Region {
  readonly name: string;
  readonly address: bigint;
  readonly end: bigint;
  readonly view: DataView;
  /**
   * kernel: foreign, reached only by bpf_probe_read_kernel or loads through bpf_rdonly_cast.
   * read: a constant map value. write: a map value, a ring buffer record, a buffer of the caller's.
   * stack: written before it is read, each access aligned to its size.
   */
  readonly kind: "kernel" | "read" | "write" | "stack";
  /** Of a stack: one byte per byte, 1 where it was written. */
  readonly written?: Uint8Array;
}

export type AccessSize = 1 | 2 | 4 | 8;

/** A program did what the verifier would have refused. */
export class MachineError extends Error {
  /** Function and instruction, once known. */
  readonly where: string | undefined;
  constructor(message: string, where?: string) {
    super(where === undefined ? message : `${where}: ${message}`);
    this.name = "MachineError";
    this.where = where;
  }
}

/** All regions that are not foreign lie here (vmalloc space); an access here that hits none is an error, never a fault. */
const ARENA = 0xffff_c900_0000_0000n;
const ARENA_END = 0xffff_ca00_0000_0000n;
const GAP = 0x1000n;

const hex = (address: bigint): string => `0x${address.toString(16)}`;

export class Memory {
  /** Ascending, disjoint. */
  readonly #regions: Region[] = [];
  #last: Region | undefined;
  // Not at the start, so that an access below the first region is still in the arena.
  #next = ARENA + GAP;

  /** Foreign kernel memory at a fixed address. The bytes are not copied. */
  kernel(name: string, address: bigint, bytes: Uint8Array): Region {
    return this.#insert(region(name, address, bytes, "kernel"));
  }

  /** Memory of the program's own, somewhere. The bytes are not copied. */
  own(name: string, kind: "read" | "write" | "stack", bytes: Uint8Array): Region {
    const address = this.#next;
    this.#next += ((BigInt(bytes.length) + GAP - 1n) / GAP + 1n) * GAP;
    return this.#insert(region(name, address, bytes, kind));
  }

  /** After this an access is an error (own memory) or a fault (kernel memory). */
  remove(gone: Region): void {
    const index = this.#regions.indexOf(gone);
    if (index >= 0) this.#regions.splice(index, 1);
    if (this.#last === gone) this.#last = undefined;
  }

  /** The region with all of [address, address + size); undefined: a fault. */
  find(address: bigint, size: number): Region | undefined {
    let hit = this.#last;
    if (!hit || address < hit.address || address >= hit.end) hit = this.#search(address);
    if (!hit) {
      if (address >= ARENA && address < ARENA_END)
        throw new MachineError(`access of ${size} bytes at ${hex(address)}: nothing there`);
      return undefined;
    }
    this.#last = hit;
    if (address + BigInt(size) <= hit.end) return hit;
    if (hit.kind !== "kernel")
      throw new MachineError(`access of ${size} bytes runs over the end of ${hit.name}`);
    return undefined;
  }

  /** A direct load by the program. `probe`: foreign memory may be loaded from, and faults give 0. */
  load(address: bigint, size: AccessSize, probe: boolean): bigint {
    const hit = this.find(address, size);
    if (!hit || hit.kind === "kernel") {
      if (!probe)
        throw new MachineError(`direct load from ${hit?.name ?? hex(address)}, which is foreign memory`);
      if (!hit) return 0n;
    }
    const offset = Number(address - hit.address);
    if (hit.written) checkStackRead(hit, hit.written, offset, size, true);
    return READ[size](hit.view, offset);
  }

  /** A store by the program. */
  store(address: bigint, size: AccessSize, value: bigint): void {
    const hit = this.#writable(address, size);
    const offset = Number(address - hit.address);
    if (hit.written) {
      checkAligned(hit, offset, size);
      hit.written.fill(1, offset, offset + size);
    }
    WRITE[size](hit.view, offset, value);
  }

  /** Bytes a helper or a test reads; undefined where the kernel would fault. */
  read(address: bigint, size: number): Uint8Array | undefined {
    const hit = this.find(address, size);
    if (!hit) return undefined;
    const offset = Number(address - hit.address);
    if (hit.written) checkStackRead(hit, hit.written, offset, size, false);
    return new Uint8Array(hit.view.buffer, hit.view.byteOffset + offset, size);
  }

  /** Bytes a helper writes. */
  write(address: bigint, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const hit = this.#writable(address, bytes.length);
    const offset = Number(address - hit.address);
    hit.written?.fill(1, offset, offset + bytes.length);
    new Uint8Array(hit.view.buffer, hit.view.byteOffset + offset, bytes.length).set(bytes);
  }

  #writable(address: bigint, size: number): Region {
    const hit = this.find(address, size);
    if (hit && (hit.kind === "write" || hit.kind === "stack")) return hit;
    throw new MachineError(`write of ${size} bytes to ${hit?.name ?? hex(address)}, which is not writable`);
  }

  #search(address: bigint): Region | undefined {
    const candidate = this.#regions[this.#position(address) - 1];
    return candidate && address < candidate.end ? candidate : undefined;
  }

  /** The index of the first region that begins after `address`. */
  #position(address: bigint): number {
    let low = 0;
    let high = this.#regions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#regions[middle] as Region).address <= address) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #insert(added: Region): Region {
    const at = this.#position(added.address);
    const before = this.#regions[at - 1];
    const after = this.#regions[at];
    if ((before && before.end > added.address) || (after && after.address < added.end))
      throw new Error(`${added.name} overlaps another region`);
    this.#regions.splice(at, 0, added);
    return added;
  }
}

function region(name: string, address: bigint, bytes: Uint8Array, kind: Region["kind"]): Region {
  return {
    name,
    address,
    end: address + BigInt(bytes.length),
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    kind,
    ...(kind === "stack" && { written: new Uint8Array(bytes.length) }),
  };
}

function checkAligned(stack: Region, offset: number, size: number): void {
  if (offset % size !== 0)
    throw new MachineError(`misaligned access of ${size} bytes at ${place(stack, offset)}`);
}

function checkStackRead(
  stack: Region,
  written: Uint8Array,
  offset: number,
  size: number,
  aligned: boolean,
): void {
  if (aligned) checkAligned(stack, offset, size);
  for (let i = offset; i < offset + size; i++)
    if (written[i] === 0) throw new MachineError(`read of ${place(stack, i)}, which was never written`);
}

const place = (stack: Region, offset: number): string => `${stack.name}${offset - stack.view.byteLength}`;

const READ: Readonly<Record<AccessSize, (view: DataView, offset: number) => bigint>> = {
  1: (view, offset) => BigInt(view.getUint8(offset)),
  2: (view, offset) => BigInt(view.getUint16(offset, true)),
  4: (view, offset) => BigInt(view.getUint32(offset, true)),
  8: (view, offset) => view.getBigUint64(offset, true),
};

const WRITE: Readonly<Record<AccessSize, (view: DataView, offset: number, value: bigint) => void>> = {
  1: (view, offset, value) => view.setUint8(offset, Number(value & 0xffn)),
  2: (view, offset, value) => view.setUint16(offset, Number(value & 0xffffn), true),
  4: (view, offset, value) => view.setUint32(offset, Number(value & 0xffff_ffffn), true),
  8: (view, offset, value) => view.setBigUint64(offset, value, true),
};
