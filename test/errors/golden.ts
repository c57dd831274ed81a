import { type CheckOptions, type CheckResult, check } from "../../src/compiler/check/check.ts";
import { type FixtureKernel, fixtureFacts } from "../fixtures/btf.ts";
import { worldLoader } from "./world.ts";

/**
 * Checks a program as its first comments say:
 *
 *     # args: port=443 net=10.0.0.0/8     parameters, as on the command line
 *     # kernel: 6.12                      one of the fixture kernels; `none`: no facts
 */
export function checkAsTold(name: string, text: string, world: string): CheckResult {
  const told = (what: string) => new RegExp(`^# ${what}: (.*)$`, "m").exec(text)?.[1];
  const kernel = told("kernel") ?? "6.12";
  const options: CheckOptions = {
    params: new Map((told("args") ?? "").split(/\s+/).filter(Boolean).map(parameter)),
    loader: worldLoader(world),
    ...(kernel === "none" ? {} : { facts: fixtureFacts(kernel as FixtureKernel) }),
  };
  return check({ name, text }, options);
}

function parameter(argument: string): [string, string] {
  const equals = argument.indexOf("=");
  return [argument.slice(0, equals), argument.slice(equals + 1)];
}
