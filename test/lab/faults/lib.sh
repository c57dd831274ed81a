# What the faults share; each script sources it, says what its fault is, and calls main.
#   FAULT.sh [all|setup|traffic|ground_truth|cleanup]
# ground_truth says what a perfect diagnosis would, with live evidence.
# Only for a machine that may be ruined: the scripts make namespaces with common names, and some set global sysctls.
# shellcheck shell=bash

[[ ${PWQ_LAB_GUEST:-0} == 1 ]] || { echo "$0: only in a guest of the lab" >&2; exit 2; }

ns() { # ns NAME...: namespaces with lo up, IPv6 off, rp_filter 0
  local n
  for n; do
    ip netns add "$n"; ip -n "$n" link set lo up
    ip netns exec "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1 \
      net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0
  done
}

link() { # link NSA IFA ADDRA NSB IFB ADDRB [mtu]: veth pair, addresses ("-" for none), both up
  ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
  [[ $3 == - ]] || ip -n "$1" addr add "$3" dev "$2"
  [[ $6 == - ]] || ip -n "$4" addr add "$6" dev "$5"
  [[ -z ${7:-} ]] || { ip -n "$1" link set "$2" mtu "$7"; ip -n "$4" link set "$5" mtu "$7"; }
  ip -n "$1" link set "$2" up; ip -n "$4" link set "$5" up
}

std3() { # cli(10.0.1.1 c0) -- (r1 10.0.1.254) rtr (r2 10.0.2.254) -- (s0 10.0.2.2) srv
  ns cli rtr srv
  link cli c0 10.0.1.1/24 rtr r1 10.0.1.254/24
  link rtr r2 10.0.2.254/24 srv s0 10.0.2.2/24
  ip -n cli route add default via 10.0.1.254; ip -n srv route add default via 10.0.2.254
  ip netns exec rtr sysctl -qw net.ipv4.ip_forward=1
}

std3_ipv6() { # the same with fd00:1::/64 and fd00:2::/64, and no IPv4
  local n
  ns cli rtr srv
  for n in cli rtr srv; do
    ip netns exec "$n" sysctl -qw net.ipv6.conf.all.disable_ipv6=0 net.ipv6.conf.default.disable_ipv6=0 \
      net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.default.dad_transmits=0 net.ipv6.conf.default.router_solicitations=0
  done
  link cli c0 - rtr r1 -; link rtr r2 - srv s0 -
  ip -n cli addr add fd00:1::1/64 dev c0 nodad; ip -n rtr addr add fd00:1::fe/64 dev r1 nodad
  ip -n rtr addr add fd00:2::fe/64 dev r2 nodad; ip -n srv addr add fd00:2::2/64 dev s0 nodad
  ip -n cli -6 route add default via fd00:1::fe; ip -n srv -6 route add default via fd00:2::fe
  ip netns exec rtr sysctl -qw net.ipv6.conf.all.forwarding=1
}

wireguard_pair() { # wireguard_pair KEY ALLOWED: h1 and h2 with wg0 between them; what h1 has of its peer (KEY "": the right one)
  local k1 k2
  k1=$(wg genkey); k2=$(wg genkey)
  ns h1 h2
  link h1 e0 192.168.0.1/24 h2 e0 192.168.0.2/24
  ip -n h1 link add wg0 type wireguard; ip -n h2 link add wg0 type wireguard
  ip -n h1 addr add 10.9.0.1/24 dev wg0; ip -n h2 addr add 10.9.0.2/24 dev wg0
  ip netns exec h1 wg set wg0 private-key <(echo "$k1") listen-port 51820 \
    peer "${1:-$(wg pubkey <<< "$k2")}" endpoint 192.168.0.2:51820 allowed-ips "$2"
  ip netns exec h2 wg set wg0 private-key <(echo "$k2") listen-port 51820 \
    peer "$(wg pubkey <<< "$k1")" endpoint 192.168.0.1:51820 allowed-ips 10.9.0.1/32
  ip -n h1 link set wg0 up; ip -n h2 link set wg0 up
}

udp_send() { # udp_send NS SADDR SPORT DADDR DPORT COUNT SIZE [df=do|probe|want|dont ttl=N gap=S mcif=ADDR v6=1 mark=N]
  timeout 20 ip netns exec "$1" python3 -I -S - "${@:2}" <<'PY'
import socket,sys,time
sa,sp,da,dp,n,size=sys.argv[1:7]; o=dict(a.split('=') for a in sys.argv[7:])
v6=':' in da
s=socket.socket(socket.AF_INET6 if v6 else socket.AF_INET,socket.SOCK_DGRAM)
lvl,mtud=(41,23) if v6 else (0,10)
if 'df' in o: s.setsockopt(lvl,mtud,{'dont':0,'want':1,'do':2,'probe':3}[o['df']])
if 'ttl' in o: s.setsockopt(*((41,16) if v6 else (0,2)),int(o['ttl']))
if 'mcif' in o: s.setsockopt(0,32,socket.inet_aton(o['mcif']))
if 'mark' in o: s.setsockopt(1,36,int(o['mark'],0))
s.bind((sa,int(sp)))
for i in range(int(n)):
    try: s.sendto((b'%04d'%i).ljust(int(size),b'x'),(da,int(dp)))
    except OSError as e: print('sendto',i,e.errno,e.strerror)
    time.sleep(float(o.get('gap','0.05')))
PY
}

mac() { ip -n "$1" -br link show dev "$2" | awk '{print $3}'; }
perm() { # perm NS IF ADDR NS2 IF2: permanent neighbour entry for ADDR with the MAC of NS2/IF2
  ip -n "$1" neigh replace "$3" lladdr "$(mac "$4" "$5")" dev "$2" nud permanent
}

std2() { # cli(10.0.0.1 c0) -- (s0 10.0.0.2) srv
  ns cli srv; link cli c0 10.0.0.1/24 srv s0 10.0.0.2/24
}

rawip() { # rawip NS IF DSTMAC COUNT key=val...: hand-made IPv4 frames by AF_PACKET
  # keys: src dst proto(udp|tcp|N) sport dport flags(S A R SA) ttl ver ihl ipcsum(ok|bad) l4csum(ok|bad) size id frag(off in 8s) mf(0|1) df(0|1) totlen dmac etype
  timeout 20 ip netns exec "$1" python3 -I -S - "${@:2}" <<'PY'
import socket,struct,sys,time
ifn,mac,n=sys.argv[1:4]; o=dict(a.split('=',1) for a in sys.argv[4:]); g=o.get
def cs(b):
    if len(b)%2: b+=b'\0'
    t=sum(struct.unpack('!%dH'%(len(b)//2),b))
    while t>>16: t=(t&0xffff)+(t>>16)
    return ~t&0xffff
src,dst=socket.inet_aton(g('src')),socket.inet_aton(g('dst'))
P={'udp':17,'tcp':6}; proto=P.get(g('proto','udp')) or int(g('proto'))
pay=b'x'*int(g('size','32')); sp,dp=int(g('sport','5000')),int(g('dport','6000'))
s=socket.socket(socket.AF_PACKET,socket.SOCK_RAW); s.bind((ifn,0))
smac=s.getsockname()[4]
for i in range(int(n)):
    if proto==17:
        l4=struct.pack('!HHHH',sp,dp,8+len(pay),0)+pay
        c=cs(src+dst+struct.pack('!BBH',0,17,len(l4))+l4) or 0xffff
        if g('l4csum')=='bad': c^=0x5555
        l4=l4[:6]+struct.pack('!H',c)+l4[8:]
    elif proto==6:
        fl=sum({'F':1,'S':2,'R':4,'P':8,'A':16}[x] for x in g('flags','A'))
        l4=struct.pack('!HHIIBBHHH',sp,dp,1000+i,2000 if fl&16 else 0,0x50,fl,1024,0,0)+(b'' if fl&2 else pay)
        c=cs(src+dst+struct.pack('!BBH',0,6,len(l4))+l4)
        if g('l4csum')=='bad': c^=0x5555
        l4=l4[:16]+struct.pack('!H',c)+l4[18:]
    else: l4=pay
    ff=int(g('frag','0'))|(0x2000 if g('mf')=='1' else 0)|(0x4000 if g('df')=='1' else 0)
    h=struct.pack('!BBHHHBBH4s4s',int(g('ver','4'))<<4|int(g('ihl','5')),0,int(g('totlen',20+len(l4))),int(g('id','7'))+i,ff,int(g('ttl','64')),proto,0,src,dst)
    c=cs(h)
    if g('ipcsum')=='bad': c^=0x0101
    h=h[:10]+struct.pack('!H',c)+h[12:]
    s.send(bytes.fromhex(mac.replace(':',''))+smac+struct.pack('!H',int(g('etype','0x800'),0))+h+l4)
    time.sleep(0.05)
PY
}

tcp_try() { # tcp_try NS SADDR SPORT DADDR DPORT SECONDS: one connect() with a time limit, prints the result
  timeout 30 ip netns exec "$1" python3 -I -S - "${@:2}" <<'PY'
import socket,sys
sa,sp,da,dp,t=sys.argv[1:6]
s=socket.socket(socket.AF_INET6 if ':' in da else socket.AF_INET); s.setsockopt(1,2,1); s.bind((sa,int(sp))); s.settimeout(float(t))
try: s.connect((da,int(dp))); print('connect ok')
except OSError as e: print('connect:',e.errno,e)
PY
}

wait_for() { # wait_for COMMAND…: until it succeeds; a busy machine takes its time
  local i
  for ((i = 0; i < 200; i++)); do "$@" >/dev/null 2>&1 && return; sleep 0.05; done
}

listening() { # listening NS udp|tcp PORT
  [[ -n $(ip netns exec "$1" ss -Hln "--$2" "sport = :$3") ]]
}

udp_sink() { # udp_sink NS ADDR PORT SECONDS: counts datagrams, runs in the background
  timeout $(( $4 + 5 )) ip netns exec "$1" python3 -I -S - "${@:2}" <<'PY' &
import socket,sys,time
a,p,t=sys.argv[1:4]
s=socket.socket(socket.AF_INET6 if ':' in a else socket.AF_INET,socket.SOCK_DGRAM); s.bind((a,int(p)))
print('sink ready'); sys.stdout.flush()
end=time.time()+float(t); n=0
while time.time()<end:
    s.settimeout(max(0.01,end-time.time()))
    try: s.recvfrom(65535); n+=1
    except OSError: break
print('sink %s:%s received %d'%(a,p,n))
PY
  wait_for listening "$1" udp "$3"
}

cleanup() {
  local n
  for n in $NSLIST; do ip netns del "$n" 2>/dev/null; done
}

main() {
  case ${1:-all} in
    all) trap cleanup EXIT; setup && traffic; ground_truth ;;
    setup | traffic | ground_truth | cleanup) "$1" ;;
    *) echo "use: $0 [all|setup|traffic|ground_truth|cleanup]" >&2; exit 2 ;;
  esac
}
