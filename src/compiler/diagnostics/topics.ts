import type { Page } from "./codes.ts";

/** The topics of `pwq help TOPIC`: the language in short, a screen at most for each. */
export const TOPICS: Readonly<Record<string, Page>> = {
  language: {
    title: "The language in one screen",
    text: [
      "A program is a list of statements; most are one line: `trace skb where tcp.dport == 443 until drop show mark, netns`.",
      "- `trace SUBJECT clause…`  a query; the topics `clauses` and `expressions` go on from here",
      '- `def name = expr`  a named expression\n- `param name: type = default`  a parameter, used as `$name`; topic `params`\n- `use "./file.pwq"`  the definitions of another file\n- `@requires kernel >= 5.17`  what the program cannot do without\n- `# …` is a comment, `## …` above a statement documents it',
    ].join("\n\n"),
    right: "trace skb where tcp.dport == 443 until drop show mark, netns",
  },
  clauses: {
    title: "Clauses of a query",
    text: [
      "Clauses come in any order, each at most once.",
      "- `at POINT, …`  where to look: `all` (default), `path`, `drop`, function globs `ip_*`, `!skb_*`, `module nf_*`, `tracepoint net:*`\n- `where EXPR`  which packets; once true for a packet it is followed\n- `follow clone, copy` or `follow none`\n- `when EXPR`  which events of a followed packet are shown\n- `until drop|deliver|xmit|free|fn(GLOB)|EXPR`  where a journey ends\n- `ending …`  the same ends, but a journey is shown only if it ends so: its events are held until then\n- `show ITEM, …`  the columns, each with `as NAME` if wanted\n- `from POINT to POINT`  journeys begin and end there, and have a `latency`\n- `show count(), avg(len) by netns`  aggregates instead of events; `top N`, `every 1s`\n- `sample 1/N`, `rate N/s`  fewer packets; what is left out is counted\n- `limit N packets`, `limit N events`, `for 10s`, `stop when EXPR`  when the trace ends",
    ].join("\n\n"),
    right: "trace skb at path, drop where icmp until drop limit 10 packets",
  },
  expressions: {
    title: "Expressions",
    text: [
      "From loose to tight: `or`, `and`, `not`, comparisons (`== != < <= > >= in, not in, ~, matches, has`), `|`, `^`, `&`, shifts, `+ -`, `* / %`, unary. So `mark & 0xff == 7` means what it says.",
      'Values: `443 0x1bb 1_000`, `"text"`, `10.0.0.1`, `::1`, `10.0.0.0/8`, `02:00:00:00:00:01`, `250us 5s`, `1500B 64KiB`, ranges `8000..8099`, sets `{80, 443}`, and names where a field has them: `tcp.flags has SYN`.',
      "Nothing is converted silently; a comparison of unlike types is an error that says what to write. `ip.addr` and `tcp.port` mean either end.",
    ].join("\n\n"),
    right: 'trace skb where ip.addr in {10.0.0.0/8, fd00::/8} and comm ~ "ng*"',
  },
  absent: {
    title: "Fields that a packet does not have",
    text: "A comparison on a field that the packet does not have (`tcp.dport` of a UDP packet) is unknown. `not` unknown is unknown; `and` and `or` are Kleene's: false and unknown is false, true or unknown is true. `where` and `when` keep what is true. A bare protocol name is true or false, so it can be used to say what is meant.",
    wrong: "trace skb where tcp.dport != 443",
    right: "trace skb where not tcp or tcp.dport != 443",
  },
  following: {
    title: "Following a packet",
    text: "`where` is asked at every point until it is true once for a packet. From then on the packet is followed by its address, whatever happens to its headers, and each of its events is shown: its journey, with one number in the column `packet`. Clones and copies belong to the journey. It ends where `until` says, or when the packet is freed. With `follow none` there are no journeys, and `where` selects events one by one.",
    right: "trace skb where ip.dst == 10.0.0.1 until drop",
  },
  params: {
    title: "Parameters",
    text: '`param name: type = default "what it is"` declares one; `$name` uses it; `pwq run FILE name=value` sets it. The types are `int u8 u16 u32 u64 port duration size string ip cidr mac iface netns bool`. A value is written as in a program, only that strings and names of interfaces and namespaces need no quotes. Without a default a value must be given. `pwq info FILE` lists the parameters.',
    right: 'param port: port = 443 "only this port"\n\ntrace skb where tcp.port == $port',
  },
  hooks: {
    title: "Hooks",
    text: [
      "`on event|drop|packet|tick(1s)|start|stop (e) { … }` runs TypeScript: for each event that is shown, each drop, each finished journey, again and again, at the start and the end. `--hook FILE.ts` takes them from a file.",
      '`e` has the fields of the language (`e.ip.src`, `e.drop?.reason`), `e.has("tcp")`, `e.copy()` and `e.toJSON()`; a packet also `e.events`, `e.outcome` and `e.path`. Fields that are named are captured. Helpers: `print report emit drop stop state params ip format`, and nothing else: hooks run in a sandbox.',
      "`pwq check` finds misspelt fields, and wrong types where the package `typescript` is installed; `pwq types FILE` prints the declarations.",
    ].join("\n\n"),
    right: 'trace drop\n\non drop (e) {\n  if (e.drop.reason === "NETFILTER_DROP") print(e.ip.src);\n}',
  },
  paths: {
    title: "Paths through kernel structures",
    text: "`skb->dev->ifindex` reads what the kernel itself would: `->` follows a pointer, `.` goes into an embedded structure, `[n]` takes an array element. Types come from the running kernel's BTF. Where a pointer on the way is NULL the value is absent. `str(path)` prints a text, `hex(path, n)` bytes.",
    right: "trace skb show skb->dev->ifindex, str(skb->dev->name), hex(skb->cb, 16)",
  },
};
