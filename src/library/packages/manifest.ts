import { createHash } from "node:crypto";
import own from "../../../package.json" with { type: "json" };
import { refusal } from "./refuse.ts";

/**
 * What a package says about itself: npm's package.json with a part of pwq's own, which `pwq pack` writes.
 * https://docs.npmjs.com/cli/configuring-npm/package-json
 */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
  readonly pwq: {
    /** The oldest version of pwq that it works with. */
    readonly needs: string;
    /** Title of each query by its name: that of its file, without folder and ending. */
    readonly queries: Readonly<Record<string, string>>;
    /** Every `.pwq` file by its path in the package, as `sha256-BASE64`. */
    readonly files: Readonly<Record<string, string>>;
  };
}

/** npm's rule for new names, https://github.com/npm/validate-npm-package-name: it becomes a folder, so nothing else. */
const NAME = /^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]{0,213}$/;
const VERSION = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
/** Of a path in a package: folders and files whose names need no quotes anywhere. */
export const SAFE_PATH = /^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/;

export const isPackageName = (name: string): boolean => NAME.test(name);

/** Name, version and description of a package.json; throws PWQ2608. */
export function identityOf(text: string, where: string): Pick<Manifest, "name" | "version" | "description"> {
  const { name, version, description } = object(parsed(text, where));
  if (typeof name !== "string" || !NAME.test(name))
    throw refusal(
      "PWQ2608",
      `${where}: \`name\` is not the name of a package`,
      "lower case, like `net-checks` or `@us/checks`",
    );
  if (typeof version !== "string" || !VERSION.test(version))
    throw refusal("PWQ2608", `${where}: \`version\` is not a version`, "three numbers, like `1.0.0`");
  return { name, version, ...(typeof description === "string" && { description }) };
}

/** The manifest of an archive; throws PWQ2608, and PWQ2610 if it needs a newer pwq. */
export function readManifest(text: string): Manifest {
  const where = "package.json";
  const identity = identityOf(text, where);
  const part = object(parsed(text, where)).pwq;
  if (part === undefined)
    throw refusal(
      "PWQ2608",
      `\`${identity.name}\` is no package of queries`,
      "its package.json has no `pwq`; `pwq pack` makes one",
    );
  const { needs, queries, files } = object(part);
  if (typeof needs !== "string" || !VERSION.test(needs) || !texts(queries) || !texts(files))
    throw refusal("PWQ2608", `${where}: \`pwq\` is not what \`pwq pack\` writes`);
  for (const path of Object.keys(files)) {
    if (!SAFE_PATH.test(path) || !path.endsWith(".pwq"))
      throw refusal("PWQ2608", `${where}: \`${printable(path)}\` is not the path of a program`);
  }
  for (const name of Object.keys(queries)) {
    if (!(`${name}.pwq` in files))
      throw refusal("PWQ2608", `${where}: there is no file of the query \`${printable(name)}\``);
  }
  if (older(own.version, needs))
    throw refusal(
      "PWQ2610",
      `\`${identity.name}\` ${identity.version} needs pwq ${needs}`,
      `this is pwq ${own.version}`,
    );
  return { ...identity, pwq: { needs, queries, files } };
}

export const checksum = (bytes: Uint8Array, algorithm: "sha256" | "sha512" = "sha256"): string =>
  `${algorithm}-${createHash(algorithm).update(bytes).digest("base64")}`;

/** Text of strangers, for a message: without what a terminal would act on. */
export const printable = (text: string): string => text.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);

function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal("PWQ2608", `${where} is not JSON`);
  }
}

/** Never one with a prototype: `__proto__` is a name like any other here. */
function object(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.assign(Object.create(null), value)
    : {};
}

function texts(value: unknown): value is Readonly<Record<string, string>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((v) => typeof v === "string")
  );
}

function older(a: string, b: string): boolean {
  const [x, y] = [a, b].map((version) => version.split(/[-+]/)[0]!.split(".").map(Number));
  const at = x!.findIndex((part, i) => part !== y![i]);
  return at !== -1 && x![at]! < y![at]!;
}
