import { Child, sh, until } from "./process.ts";

/** Addresses of an interface of the lab, `"10.0.0.1/24"`, either family. */
type Addresses = readonly string[];

/** A network namespace that plays a machine. */
export class Host {
  readonly name: string;
  private readonly send: string;
  private readonly children: Child[];

  constructor(name: string, send: string, children: Child[]) {
    this.name = name;
    this.send = send;
    this.children = children;
  }

  /** `ip` in the namespace, one command a line: starting a process is what takes time in the guest. */
  ip(...commands: string[]): void {
    sh("ip", ["-n", this.name, "-batch", "-"], `${commands.join("\n")}\n`);
  }

  /** Runs a command in the namespace. */
  run(command: string, ...args: string[]): string {
    return sh("ip", ["netns", "exec", this.name, command, ...args]);
  }

  sysctl(...settings: string[]): void {
    this.run("sysctl", "-qw", ...settings);
  }

  nft(rules: string): void {
    sh("ip", ["netns", "exec", this.name, "nft", "-f", "-"], rules);
  }

  /** Drops what matches on input, as the demo does. */
  dropOnInput(match: string): void {
    this.nft(`table inet lab { chain in { type filter hook input priority 0; ${match} counter drop; }; }`);
  }

  /** Whole frames out of an interface. */
  frames(iface: string, ...frames: Buffer[]): void {
    sh(this.send, [this.name, "frame", iface, ...frames.map((frame) => frame.toString("hex"))]);
  }

  udp(
    to: string,
    port: number,
    options: { count?: number; size?: number; sport?: number; mark?: number; segment?: number } = {},
  ): void {
    const { count = 1, size = 32, sport = 0, mark = 0, segment = 0 } = options;
    sh(this.send, [this.name, "udp", to, ...[port, count, size, sport, mark, segment].map(String)]);
  }

  /** One TCP connection attempt; `connected`, `timeout` or what the kernel says. */
  connect(to: string, port: number, milliseconds = 500): string {
    return sh(this.send, [this.name, "connect", to, String(port), String(milliseconds)]).trim();
  }

  /** The command line of a connection attempt, for `pwq … -- COMMAND`. */
  connectCommand(to: string, port: number, milliseconds = 500): string[] {
    return [this.send, this.name, "connect", to, String(port), String(milliseconds)];
  }

  async listen(kind: "tcp" | "udp", address: string, port: number): Promise<void> {
    await this.start("listen", kind, address, String(port));
  }

  /** A packet socket: the kernel clones every packet for it. One that does not read keeps the clones. */
  async tap(iface: string, { reads = true } = {}): Promise<void> {
    const child = await this.start("tap", iface);
    if (!reads) child.process.kill("SIGSTOP");
  }

  /** Datagrams as fast as they go; resolves to how many were sent. */
  async blast(to: string, port: number, seconds: number): Promise<number> {
    const child = new Child(this.send, [this.name, "blast", to, String(port), String(seconds)]);
    this.children.push(child);
    return Number((await child.end(undefined, seconds + 20)).stdout.split(" ")[0]);
  }

  ifindex(iface: string): number {
    return Number(this.run("cat", `/sys/class/net/${iface}/ifindex`));
  }

  private async start(...words: string[]): Promise<Child> {
    const child = new Child(this.send, [this.name, ...words]);
    this.children.push(child);
    await until(`send ${words.join(" ")}`, 10, () => child.stdout.includes("ready") || child.ended);
    if (child.ended) throw new Error(child.stderr);
    return child;
  }
}

/** Makes the namespaces of one case and removes them. */
export class Hosts {
  private readonly made: Host[] = [];
  private readonly children: Child[] = [];
  private readonly suffix: string;
  private readonly send: string;

  /** `suffix` makes the names differ from those of other cases; `send` is the program of send.c. */
  constructor(suffix: string, send: string) {
    this.suffix = suffix;
    this.send = send;
  }

  /** Namespaces, with nothing in them but what `link` makes. */
  hosts(...names: string[]): Host[] {
    const hosts = names.map((name) => new Host(`${name}${this.suffix}`, this.send, this.children));
    sh("ip", ["-batch", "-"], hosts.map(({ name }) => `netns add ${name}\n`).join(""));
    this.made.push(...hosts);
    return hosts;
  }

  /**
   * A veth pair between two hosts, both ends up. Hardware addresses are fixed and the neighbours known, and there are
   * no link-local addresses, so no packets flow but those of the case.
   */
  link(a: Host, ifaceA: string, addressesA: Addresses, b: Host, ifaceB: string, addressesB: Addresses): void {
    sh("ip", [
      "link",
      "add",
      ifaceA,
      "netns",
      a.name,
      "type",
      "veth",
      "peer",
      "name",
      ifaceB,
      "netns",
      b.name,
    ]);
    const ends = [
      [a, ifaceA, addressesA, addressesB, MAC.a, MAC.b],
      [b, ifaceB, addressesB, addressesA, MAC.b, MAC.a],
    ] as const;
    for (const [host, iface, own, peer, mac, peerMac] of ends) {
      host.ip(
        "link set lo up",
        `link set ${iface} addrgenmode none`,
        `link set ${iface} address ${mac} up`,
        ...own.map((address) => `addr add ${address} dev ${iface}${address.includes(":") ? " nodad" : ""}`),
        ...peer.map(
          (address) => `neigh replace ${address.split("/")[0]} lladdr ${peerMac} dev ${iface} nud permanent`,
        ),
      );
    }
  }

  /** The usual pair: `client` (c0, 10.0.0.1, fd00::1) and `server` (s0, 10.0.0.2, fd00::2). */
  pair(): { client: Host; server: Host } {
    const [client, server] = this.hosts("cli", "srv") as [Host, Host];
    this.link(client, "c0", ["10.0.0.1/24", "fd00::1/64"], server, "s0", ["10.0.0.2/24", "fd00::2/64"]);
    return { client, server };
  }

  /** The same, with VLAN 42 on both ends: `tagged`, 10.0.42.1 and 10.0.42.2. */
  tagged(): { client: Host; server: Host } {
    const { client, server } = this.pair();
    for (const [host, iface, address, peer, mac] of [
      [client, "c0", "10.0.42.1", "10.0.42.2", MAC.b],
      [server, "s0", "10.0.42.2", "10.0.42.1", MAC.a],
    ] as const) {
      host.ip(
        `link add link ${iface} name tagged type vlan id 42`,
        "link set tagged addrgenmode none",
        "link set tagged up",
        `addr add ${address}/24 dev tagged`,
        `neigh replace ${peer} lladdr ${mac} dev tagged nud permanent`,
      );
    }
    return { client, server };
  }

  /** client 10.0.1.1 (c0) – (r1) 10.0.1.254 router 10.0.2.254 (r2) – (s0) 10.0.2.2 server. */
  routed(): { client: Host; router: Host; server: Host } {
    const [client, router, server] = this.hosts("cli", "rtr", "srv") as [Host, Host, Host];
    this.link(client, "c0", ["10.0.1.1/24"], router, "r1", ["10.0.1.254/24"]);
    this.link(router, "r2", ["10.0.2.254/24"], server, "s0", ["10.0.2.2/24"]);
    client.ip("route add default via 10.0.1.254");
    server.ip("route add default via 10.0.2.254");
    router.sysctl("net.ipv4.ip_forward=1");
    return { client, router, server };
  }

  remove(): void {
    for (const child of this.children) child.process.kill("SIGKILL");
    if (this.made.length > 0)
      sh("ip", ["-batch", "-"], this.made.map(({ name }) => `netns del ${name}\n`).join(""));
  }
}

/** Hardware addresses of the two ends of every link. */
export const MAC = { a: "02:00:00:00:00:0a", b: "02:00:00:00:00:0b" } as const;
