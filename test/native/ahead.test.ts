import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isNativeError, type Native, native } from "../../src/native/native.ts";
import { beginAhead } from "../../src/runtime/kernel/ahead.ts";
import { tree } from "../runtime/kernel/tree.ts";

const read = (path: string): Uint8Array => native().finishReading(native().startReading(path));

test("files are read whole, also those that do not tell their size and those that outgrow the first buffer", () => {
  const big = join(mkdtempSync(join(tmpdir(), "pwq-ahead-")), "big");
  writeFileSync(
    big,
    Uint8Array.from({ length: (1 << 25) + 5 }, (_, i) => i % 251),
  );
  expect(Buffer.from(read(big)).equals(readFileSync(big))).toBe(true);
  expect(read("/dev/null").length).toBe(0);
  expect(Buffer.from(read("/proc/version")).toString()).toBe(readFileSync("/proc/version", "latin1"));
});

test("a file that is not there, and one that cannot be read, are errors of the system", () => {
  const code = (act: () => unknown): string | undefined => {
    try {
      act();
    } catch (error) {
      return isNativeError(error) ? error.code : String(error);
    }
    return undefined;
  };
  expect(code(() => native().startReading("/no/such/file"))).toBe("ENOENT");
  const folder = native().startReading("/proc");
  expect(code(() => native().finishReading(folder))).toBe("EISDIR");
});

test("it is handed over once, and a handle of something else is refused", () => {
  const reading = native().startReading("/proc/version");
  native().finishReading(reading);
  expect(() => native().finishReading(reading)).toThrow("handed over already");
  expect(() => native().finishReading({} as typeof reading)).toThrow("expected a reading handle");
});

test("what was begun is taken, and what was not is read; the list of functions only if it is likely to be needed", () => {
  const started: string[] = [];
  const fake: Pick<Native, "startReading" | "finishReading" | "startRing"> = {
    startReading(path) {
      started.push(path);
      return native().startReading(path);
    },
    finishReading: (reading) => native().finishReading(reading),
    startRing: () => ({}) as ReturnType<Native["startRing"]>,
  };
  const root = tree({
    "sys/kernel/btf/vmlinux": "types",
    "sys/kernel/tracing/available_filter_functions": "functions",
    "sys/kernel/tracing/trace": "",
    other: "other",
  });
  const vmlinux = join(root, "sys/kernel/btf/vmlinux");
  const { read } = beginAhead(fake, 4096, false, root);
  expect(started).toEqual([vmlinux]);
  expect(Buffer.from(read(vmlinux)).toString()).toBe("types");
  expect(Buffer.from(read(join(root, "other"))).toString()).toBe("other");
  // A second time it is read again.
  expect(Buffer.from(read(vmlinux)).toString()).toBe("types");
  expect(started).toEqual([vmlinux, join(root, "other"), vmlinux]);
  started.length = 0;
  beginAhead(fake, 4096, true, root);
  expect(started).toEqual([vmlinux, join(root, "sys/kernel/tracing/available_filter_functions")]);
  expect(() => beginAhead(fake, 4096, false, join(root, "nowhere")).read("/no/such")).toThrow("No such file");
});
