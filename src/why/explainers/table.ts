import type { Explainer } from "../explainer.ts";
import { bridges } from "./bridges.ts";
import { forwarding } from "./forwarding.ts";
import { fragments } from "./fragments.ts";
import { headers } from "./headers.ts";
import { kernel } from "./kernel.ts";
import { martians } from "./martians.ts";
import { neighbour } from "./neighbour.ts";
import { netfilter } from "./netfilter.ts";
import { policies } from "./policies.ts";
import { programs } from "./programs.ts";
import { queues } from "./queues.ts";
import { routing } from "./routing.ts";
import { size } from "./size.ts";
import { sockets } from "./sockets.ts";
import { tcp } from "./tcp.ts";
import { tunnels } from "./tunnels.ts";

/** Every drop that pwq has words for. Of several entries that know a drop the first one speaks. */
export const EXPLAINERS: readonly Explainer[] = [
  ...routing,
  ...martians,
  ...forwarding,
  ...size,
  ...netfilter,
  ...neighbour,
  ...sockets,
  ...tcp,
  ...headers,
  ...fragments,
  ...bridges,
  ...queues,
  ...programs,
  ...tunnels,
  ...policies,
  ...kernel,
];
