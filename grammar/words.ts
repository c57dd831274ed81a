/** Plain words that mean something in one place only. The parser takes any name there; the checker decides. */

export interface PlaceWord {
  readonly text: string;
  readonly doc: string;
}

const words = (table: Record<string, string>): readonly PlaceWord[] =>
  Object.entries(table).map(([text, doc]) => ({ text, doc }));

/** By the rule that wants the word. */
export const PLACE_WORDS: Readonly<Record<string, readonly PlaceWord[]>> = {
  subject: words({
    skb: "packets as the kernel's socket buffers",
    drop: "only drops: short for `trace skb at drop`",
    xdp: "frames at XDP programs",
  }),
  crossing: words({
    clone: "copies that share the data",
    copy: "full copies",
    nat: "address and port translation",
    segment: "the segments of a large packet",
    netns: "another network namespace",
    veth: "the other end of a veth pair",
    xdp: "from a frame to the packet made of it",
    none: "nothing: `where` selects events one by one",
  }),
  limitUnit: words({ packets: "selected packets", events: "shown events" }),
  rateUnit: words({ s: "each second" }),
  hookEvent: words({
    event: "each event that is shown",
    packet: "each finished journey",
    drop: "each drop",
    tick: "at an interval: `on tick(1s)`",
    start: "when everything is attached",
    stop: "at the end",
  }),
};

/** What a token is called where a rule wants it, if its own label would say too little. */
export const PLACE_LABELS: Readonly<Record<string, string>> = {
  "version Number": "the language version: `pwq 1`",
  "use String": 'a path in quotes: `use "./common.pwq"`',
  "pcap String": "a filter in quotes",
  "param String": "a description in quotes",
  "param Name": "a type",
  "kernelRequirement CompareOp": "a comparison like `>=`",
  "kernelRequirement Number": "a version like `5.17`",
  "namedRequirement AnyWord": "its name",
  "memberName AnyWord": "the name of a member",
  "memberName DottedName": "the name of a member",
  "hook HookBody": "`{` and TypeScript",
  "point PointWord": "`all`, `path`, `drop`",
  "point Glob": "a function name like `ip_*`",
  "functionTerminal Glob": "a function name like `ip_*`",
  "functionTerminal String": "the same in quotes",
  "duration Number": "a duration like `10s`",
  "interval Number": "an interval like `1s`",
  "quantity Number": "a number",
};
