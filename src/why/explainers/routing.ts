import type { Explainer } from "../explainer.ts";
import { routeTo } from "../later/routes.ts";
import { caused, netnsInode, netnsKey, where } from "../words.ts";

const STRICT = 1;

/** Source addresses that are refused, before the packet is routed. */
export const routing: readonly Explainer[] = [
  {
    reasons: ["IP_RPFILTER"],
    explain(e, later) {
      const [own, all] = [e.number("conf.rp_filter"), e.number("conf.all.rp_filter")];
      const [source, dev] = [e.text("ip.src"), e.text("iface")];
      const value = own === undefined ? undefined : Math.max(own, all ?? 0);
      const key = own !== undefined && all !== undefined && all > own ? "all" : dev;
      const setting = value === undefined ? "the reverse-path filter refused it" : `rp_filter=${value}`;
      const route = source === undefined ? undefined : routeTo(later, netnsInode(e), source);
      const back =
        source === undefined
          ? []
          : route?.dev
            ? [`the route back to ${source} goes out of ${route.dev}, not ${dev ?? "the device it came by"}`]
            : route === undefined
              ? []
              : [`the route back to ${source}: ${route.line}`];
      const strict = value === STRICT;
      return {
        what: `${setting}${where(e, later)}${source === undefined ? "" : `, source ${source}`}: ${
          strict
            ? "strict, so the way back to the source must leave by the device it came in"
            : "there must be a route back to the source"
        }`,
        now: back,
        check: strict
          ? `Asymmetric routing? Try \`sysctl net.ipv4.conf.${key ?? "DEV"}.rp_filter=2\`, or route the answers by ${dev ?? "that device"}.`
          : `Add a route back to ${source ?? "the source"}, or find out who sends with that address.`,
        ...(value !== undefined && {
          ...caused`sysctl:${netnsKey(e, later)}:net.ipv4.conf.${key}.rp_filter=${value}`,
        }),
      };
    },
  },
];
