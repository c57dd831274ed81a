// Builds what is not TypeScript, and the bundle:
//   node scripts/build.mjs [addon|templates|program]…    (all three if none is named)
// A step whose inputs have not changed since it last succeeded is skipped.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
process.chdir(ROOT);

/** What is missing when a compiler says one of these, and the Debian packages that bring it. */
const MISSING = [
  [/bpf\/\w+\.h['"]?(:|\s).*(No such file|not found)/, "libbpf's headers", "libbpf-dev"],
  [/pcap\/pcap\.h.*(No such file|not found)/, "libpcap's headers", "libpcap-dev"],
  [/node_api\.h.*(No such file|not found)/, "Node's headers", undefined],
  [/\w+\.h['"]?(:|\s).*(No such file|not found)/, "the C library's headers", "libc6-dev linux-libc-dev"],
  [/cannot find -lbpf/, "libbpf", "libbpf-dev libelf-dev zlib1g-dev"],
];

class BuildError extends Error {}

function run(command, args, packages) {
  const { error, status, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (error?.code === "ENOENT") throw new BuildError(`${command} is missing: apt-get install ${packages}`);
  if (error) throw new BuildError(`${command}: ${error.message}`);
  if (status === 0) return;
  const missing = MISSING.find(([pattern]) => pattern.test(stderr));
  const [, what, from = undefined] = missing ?? [];
  const hint = missing ? `${what} are missing: ${from ? `apt-get install ${from}` : "npm install"}\n` : "";
  throw new BuildError(`${hint}${command} ${args.join(" ")}\n${stderr.trim()}`);
}

const files = (folder, pattern) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true })
        .map((name) => join(folder, name))
        .filter((name) => pattern.test(name))
        .sort()
    : [];

/** All at once or not at all: a program that runs meanwhile keeps the file it has. */
function replace(path, make) {
  mkdirSync(dirname(path), { recursive: true });
  make(`${path}.new`);
  renameSync(`${path}.new`, path);
}

const ADDON = "build/pwq.node";

const addon = {
  inputs: () => files("src/native", /\.[ch]$/),
  outputs: [ADDON],
  build() {
    const sources = files("src/native", /\.c$/);
    const flags = [
      "-std=gnu11",
      "-O2",
      "-g",
      "-Wall",
      "-Wextra",
      "-fPIC",
      "-fvisibility=hidden",
      "-shared",
      "-pthread",
    ];
    replace(ADDON, (path) => {
      run(
        "cc",
        [...flags, "-Inode_modules/node-api-headers/include", ...sources, "-lbpf", "-ldl", "-o", path],
        "gcc libc6-dev libbpf-dev libpcap-dev",
      );
    });
  },
};

const TARGETS = { x86_64: "x86", arm64: "arm64" };
const template = (arch) => `build/bpf/kprobe.${arch}.bpf.o`;

const templates = {
  inputs: () => ["src/compiler/layout.ts", "scripts/layout.mjs", ...files("bpf/templates", /\.[ch]$/)],
  outputs: Object.keys(TARGETS).map(template),
  async build() {
    const { HEADER, layoutHeader } = await import("./layout.mjs");
    const header = await layoutHeader();
    if (!existsSync(HEADER) || readFileSync(HEADER, "utf8") !== header)
      replace(HEADER, (path) => writeFileSync(path, header));
    for (const [arch, target] of Object.entries(TARGETS)) {
      const flags = [
        "-target",
        "bpf",
        "-mcpu=v3",
        "-g",
        "-O2",
        "-Wall",
        "-Wextra",
        `-D__TARGET_ARCH_${target}`,
      ];
      replace(template(arch), (path) => {
        run("clang", [...flags, "-c", "bpf/templates/kprobe.bpf.c", "-o", path], "clang libbpf-dev");
      });
    }
  },
};

const PROGRAM = "dist/cli.js";
const BUNDLE = "dist/pwq.cjs";

const program = {
  inputs: () => [
    "package.json",
    "package-lock.json",
    "scripts/launcher.cjs",
    ...files("src", /\.(ts|json)$/),
    ...files("grammar", /\.ts$/),
  ],
  outputs: [PROGRAM, BUNDLE],
  async build() {
    const esbuild = await import("esbuild");
    const entry = "src/cli/main.ts";
    if (!existsSync(entry)) throw new BuildError(`${entry} is not there`);
    const options = {
      entryPoints: [entry],
      bundle: true,
      platform: "node",
      target: "node20",
      // Not a module: only a plain script can be given code that V8 compiled before.
      format: "cjs",
      write: false,
      legalComments: "eof",
      banner: { js: 'const importMetaUrl = require("node:url").pathToFileURL(__filename).href;' },
      define: { "import.meta.url": "importMetaUrl" },
      logLevel: "silent",
    };
    const { outputFiles } = await esbuild.build(options).catch(async ({ errors, message }) => {
      const lines = errors ? await esbuild.formatMessages(errors, { kind: "error" }) : [message];
      throw new BuildError(lines.join("").trim());
    });
    replace(BUNDLE, (path) => writeFileSync(path, outputFiles[0].contents));
    writeFileSync("dist/package.json", '{ "type": "commonjs" }\n');
    replace(PROGRAM, (path) => {
      writeFileSync(path, readFileSync("scripts/launcher.cjs"));
      chmodSync(path, 0o755);
    });
    // What this run compiles is kept for later ones. It may fail (no BTF here): then less is kept.
    const query = "trace skb where tcp.dport == 443 until drop show mark, netns";
    const env = { ...process.env, PWQ_WRITE_CODE_CACHE: "1" };
    spawnSync(process.execPath, [PROGRAM, "explain", "-e", query], { env, stdio: "ignore" });
  },
};

const STEPS = { addon, templates, program };

function fingerprint({ inputs }) {
  const hash = createHash("sha256");
  // Flags are in this file.
  for (const file of ["scripts/build.mjs", ...inputs()])
    hash.update(file).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}

async function main(names) {
  const unknown = names.find((name) => !(name in STEPS));
  if (unknown) throw new BuildError(`no step ${unknown}; there are ${Object.keys(STEPS).join(", ")}`);
  for (const name of names.length > 0 ? names : Object.keys(STEPS)) {
    const step = STEPS[name];
    const stamp = `build/.${name}`;
    const now = fingerprint(step);
    const done = step.outputs.every(existsSync) && existsSync(stamp) && readFileSync(stamp, "utf8") === now;
    if (done) continue;
    await step.build();
    mkdirSync("build", { recursive: true });
    // Inputs may have been written by the step itself.
    writeFileSync(stamp, fingerprint(step));
    console.error(`built ${step.outputs.join(", ")}`);
  }
}

main(process.argv.slice(2)).catch((error) => {
  if (!(error instanceof BuildError)) throw error;
  console.error(`build: ${error.message}`);
  process.exitCode = 1;
});
