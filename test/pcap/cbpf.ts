import type { CbpfProgram } from "../../src/compiler/pcap/cbpf.ts";

/**
 * Classic BPF, interpreted by the letter of libpcap's bpf_filter.c and of nothing of ours: codes are the manual's numbers.
 * Whether the program accepts these bytes of a packet that is `length` bytes long.
 */
export function accepts(program: CbpfProgram, bytes: Uint8Array, length: number): boolean {
  const scratch = new Uint32Array(16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let a = 0;
  let x = 0;
  for (let pc = 0; ; ) {
    const { code, jt, jf, k } = program[pc++]!;
    const take = (condition: boolean): void => {
      pc += condition ? jt : jf;
    };
    const at = (code & 0xe0) === 0x40 ? x + k : k;
    const there = (size: number): boolean => at + size <= bytes.length;
    switch (code) {
      // ld [k], ldh, ldb; ld [x + k] and so on
      case 0x20:
      case 0x40:
        if (!there(4)) return false;
        a = view.getUint32(at);
        break;
      case 0x28:
      case 0x48:
        if (!there(2)) return false;
        a = view.getUint16(at);
        break;
      case 0x30:
      case 0x50:
        if (!there(1)) return false;
        a = view.getUint8(at);
        break;
      case 0xb1: // ldxb 4*([k]&0xf)
        if (!there(1)) return false;
        x = (view.getUint8(k) & 15) * 4;
        break;
      case 0x00:
        a = k;
        break;
      case 0x01:
        x = k;
        break;
      case 0x80:
        a = length >>> 0;
        break;
      case 0x81:
        x = length >>> 0;
        break;
      case 0x60:
        a = scratch[k]!;
        break;
      case 0x61:
        x = scratch[k]!;
        break;
      case 0x02:
        scratch[k] = a;
        break;
      case 0x03:
        scratch[k] = x;
        break;
      case 0x05:
        pc += k;
        break;
      case 0x15:
      case 0x1d:
        take(a === (code & 8 ? x : k));
        break;
      case 0x25:
      case 0x2d:
        take(a > (code & 8 ? x : k));
        break;
      case 0x35:
      case 0x3d:
        take(a >= (code & 8 ? x : k));
        break;
      case 0x45:
      case 0x4d:
        take((a & (code & 8 ? x : k)) !== 0);
        break;
      case 0x06:
        return k !== 0;
      case 0x16:
        return a !== 0;
      case 0x07:
        x = a;
        break;
      case 0x87:
        a = x;
        break;
      case 0x84:
        a = -a >>> 0;
        break;
      default: {
        const result = OPERATIONS[code & 0xf0]!(a, code & 8 ? x : k);
        if ((code & 7) !== 4 || result === undefined) return false;
        a = result >>> 0;
      }
    }
  }
}

/** Undefined: the packet is rejected. */
const OPERATIONS: Readonly<Record<number, (a: number, b: number) => number | undefined>> = {
  0: (a, b) => a + b,
  16: (a, b) => a - b,
  32: (a, b) => Math.imul(a, b),
  48: (a, b) => (b === 0 ? undefined : Math.floor(a / b)),
  64: (a, b) => a | b,
  80: (a, b) => a & b,
  96: (a, b) => (b > 31 ? 0 : a << b),
  112: (a, b) => (b > 31 ? 0 : a >>> b),
  144: (a, b) => (b === 0 ? undefined : a % b),
  160: (a, b) => a ^ b,
};
