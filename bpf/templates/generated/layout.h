/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Made by scripts/layout.mjs from src/compiler/layout.ts; do not edit. */
#pragma once

struct pwq_event {
	__u64 skb;
	__u64 ctx;
	__u64 regs;
	__u64 time;
	__u64 location;
	__u64 record;
	__u64 packet;
	__u64 first;
	__u64 last;
	__u32 follow;
	__u32 done;
	__u16 dying;
	__u16 apart;
	__u32 held;
	__u32 fresh;
	__u32 at;
	__u32 until;
	__u32 point;
	__u32 kind;
	__u32 reason;
	__u64 head;
	__u32 has;
	__u32 tail;
	__u32 l2;
	__u32 l3;
	__u32 l4;
	__u32 payload;
	__u32 fragoff;
	__u16 proto;
	__u16 tci;
	__u16 frag6;
	__u16 align[3];
	__u8 l2bytes[16];
	__u8 l3bytes[40];
	__u8 l4bytes[24];
} __attribute__((aligned(8)));
_Static_assert(sizeof(struct pwq_event) == 240, "pwq_event");
_Static_assert(__builtin_offsetof(struct pwq_event, skb) == 0, "pwq_event.skb");
_Static_assert(__builtin_offsetof(struct pwq_event, ctx) == 8, "pwq_event.ctx");
_Static_assert(__builtin_offsetof(struct pwq_event, regs) == 16, "pwq_event.regs");
_Static_assert(__builtin_offsetof(struct pwq_event, time) == 24, "pwq_event.time");
_Static_assert(__builtin_offsetof(struct pwq_event, location) == 32, "pwq_event.location");
_Static_assert(__builtin_offsetof(struct pwq_event, record) == 40, "pwq_event.record");
_Static_assert(__builtin_offsetof(struct pwq_event, packet) == 48, "pwq_event.packet");
_Static_assert(__builtin_offsetof(struct pwq_event, first) == 56, "pwq_event.first");
_Static_assert(__builtin_offsetof(struct pwq_event, last) == 64, "pwq_event.last");
_Static_assert(__builtin_offsetof(struct pwq_event, follow) == 72, "pwq_event.follow");
_Static_assert(__builtin_offsetof(struct pwq_event, done) == 76, "pwq_event.done");
_Static_assert(__builtin_offsetof(struct pwq_event, dying) == 80, "pwq_event.dying");
_Static_assert(__builtin_offsetof(struct pwq_event, apart) == 82, "pwq_event.apart");
_Static_assert(__builtin_offsetof(struct pwq_event, held) == 84, "pwq_event.held");
_Static_assert(__builtin_offsetof(struct pwq_event, fresh) == 88, "pwq_event.fresh");
_Static_assert(__builtin_offsetof(struct pwq_event, at) == 92, "pwq_event.at");
_Static_assert(__builtin_offsetof(struct pwq_event, until) == 96, "pwq_event.until");
_Static_assert(__builtin_offsetof(struct pwq_event, point) == 100, "pwq_event.point");
_Static_assert(__builtin_offsetof(struct pwq_event, kind) == 104, "pwq_event.kind");
_Static_assert(__builtin_offsetof(struct pwq_event, reason) == 108, "pwq_event.reason");
_Static_assert(__builtin_offsetof(struct pwq_event, head) == 112, "pwq_event.head");
_Static_assert(__builtin_offsetof(struct pwq_event, has) == 120, "pwq_event.has");
_Static_assert(__builtin_offsetof(struct pwq_event, tail) == 124, "pwq_event.tail");
_Static_assert(__builtin_offsetof(struct pwq_event, l2) == 128, "pwq_event.l2");
_Static_assert(__builtin_offsetof(struct pwq_event, l3) == 132, "pwq_event.l3");
_Static_assert(__builtin_offsetof(struct pwq_event, l4) == 136, "pwq_event.l4");
_Static_assert(__builtin_offsetof(struct pwq_event, payload) == 140, "pwq_event.payload");
_Static_assert(__builtin_offsetof(struct pwq_event, fragoff) == 144, "pwq_event.fragoff");
_Static_assert(__builtin_offsetof(struct pwq_event, proto) == 148, "pwq_event.proto");
_Static_assert(__builtin_offsetof(struct pwq_event, tci) == 150, "pwq_event.tci");
_Static_assert(__builtin_offsetof(struct pwq_event, frag6) == 152, "pwq_event.frag6");
_Static_assert(__builtin_offsetof(struct pwq_event, align) == 154, "pwq_event.align");
_Static_assert(__builtin_offsetof(struct pwq_event, l2bytes) == 160, "pwq_event.l2bytes");
_Static_assert(__builtin_offsetof(struct pwq_event, l3bytes) == 176, "pwq_event.l3bytes");
_Static_assert(__builtin_offsetof(struct pwq_event, l4bytes) == 216, "pwq_event.l4bytes");

struct pwq_track {
	__u64 packet;
	__u64 first;
	__u64 last;
	__u32 follow;
	__u32 done;
	__u16 dying;
	__u16 apart;
	__u32 held;
} __attribute__((aligned(8)));
_Static_assert(sizeof(struct pwq_track) == 40, "pwq_track");
_Static_assert(__builtin_offsetof(struct pwq_track, packet) == 0, "pwq_track.packet");
_Static_assert(__builtin_offsetof(struct pwq_track, first) == 8, "pwq_track.first");
_Static_assert(__builtin_offsetof(struct pwq_track, last) == 16, "pwq_track.last");
_Static_assert(__builtin_offsetof(struct pwq_track, follow) == 24, "pwq_track.follow");
_Static_assert(__builtin_offsetof(struct pwq_track, done) == 28, "pwq_track.done");
_Static_assert(__builtin_offsetof(struct pwq_track, dying) == 32, "pwq_track.dying");
_Static_assert(__builtin_offsetof(struct pwq_track, apart) == 34, "pwq_track.apart");
_Static_assert(__builtin_offsetof(struct pwq_track, held) == 36, "pwq_track.held");

struct pwq_frame {
	__u64 skb;
	__u64 packet;
	__u64 first;
	__u64 last;
	__u32 follow;
	__u32 done;
	__u16 dying;
	__u16 apart;
	__u32 held;
	__u32 fresh;
	__u32 at;
	__u32 until;
	__u32 point;
} __attribute__((aligned(8)));
_Static_assert(sizeof(struct pwq_frame) == 64, "pwq_frame");
_Static_assert(__builtin_offsetof(struct pwq_frame, skb) == 0, "pwq_frame.skb");
_Static_assert(__builtin_offsetof(struct pwq_frame, packet) == 8, "pwq_frame.packet");
_Static_assert(__builtin_offsetof(struct pwq_frame, first) == 16, "pwq_frame.first");
_Static_assert(__builtin_offsetof(struct pwq_frame, last) == 24, "pwq_frame.last");
_Static_assert(__builtin_offsetof(struct pwq_frame, follow) == 32, "pwq_frame.follow");
_Static_assert(__builtin_offsetof(struct pwq_frame, done) == 36, "pwq_frame.done");
_Static_assert(__builtin_offsetof(struct pwq_frame, dying) == 40, "pwq_frame.dying");
_Static_assert(__builtin_offsetof(struct pwq_frame, apart) == 42, "pwq_frame.apart");
_Static_assert(__builtin_offsetof(struct pwq_frame, held) == 44, "pwq_frame.held");
_Static_assert(__builtin_offsetof(struct pwq_frame, fresh) == 48, "pwq_frame.fresh");
_Static_assert(__builtin_offsetof(struct pwq_frame, at) == 52, "pwq_frame.at");
_Static_assert(__builtin_offsetof(struct pwq_frame, until) == 56, "pwq_frame.until");
_Static_assert(__builtin_offsetof(struct pwq_frame, point) == 60, "pwq_frame.point");

struct pwq_record {
	__u64 time;
	__u64 packet;
	__u32 point;
	__u16 cpu;
	__u8 query;
	__u8 flags;
	__u64 location;
	__u32 reason;
	__u32 size;
} __attribute__((aligned(8)));
_Static_assert(sizeof(struct pwq_record) == 40, "pwq_record");
_Static_assert(__builtin_offsetof(struct pwq_record, time) == 0, "pwq_record.time");
_Static_assert(__builtin_offsetof(struct pwq_record, packet) == 8, "pwq_record.packet");
_Static_assert(__builtin_offsetof(struct pwq_record, point) == 16, "pwq_record.point");
_Static_assert(__builtin_offsetof(struct pwq_record, cpu) == 20, "pwq_record.cpu");
_Static_assert(__builtin_offsetof(struct pwq_record, query) == 22, "pwq_record.query");
_Static_assert(__builtin_offsetof(struct pwq_record, flags) == 23, "pwq_record.flags");
_Static_assert(__builtin_offsetof(struct pwq_record, location) == 24, "pwq_record.location");
_Static_assert(__builtin_offsetof(struct pwq_record, reason) == 32, "pwq_record.reason");
_Static_assert(__builtin_offsetof(struct pwq_record, size) == 36, "pwq_record.size");

enum {
	PWQ_FLAG_FIRST = 1,
	PWQ_FLAG_LAST = 2,
	PWQ_FLAG_STOP = 4,
	PWQ_FLAG_HIDDEN = 8,
	PWQ_FLAG_ENDING = 16,
	PWQ_FLAG_MARK = 32,
};
enum {
	PWQ_MARK_GONE = 0,
	PWQ_MARK_CLONED = 1,
};
enum {
	PWQ_KIND_FUNCTION = 0,
	PWQ_KIND_TRACEPOINT = 1,
	PWQ_KIND_DROP = 2,
	PWQ_KIND_RETURN = 3,
};
enum {
	PWQ_CONTEXT_TASK = 0,
	PWQ_CONTEXT_SOFTIRQ = 1,
	PWQ_CONTEXT_HARDIRQ = 2,
	PWQ_CONTEXT_UNKNOWN = 255,
};
enum {
	PWQ_HAS_PARSED = 1,
	PWQ_HAS_ETH = 2,
	PWQ_HAS_TAGGED = 4,
	PWQ_HAS_ARP = 8,
	PWQ_HAS_IP4 = 16,
	PWQ_HAS_IP6 = 32,
	PWQ_HAS_FRAG6 = 64,
	PWQ_HAS_L4 = 128,
	PWQ_HAS_PROTO = 256,
	PWQ_HAS_TCP = 512,
	PWQ_HAS_UDP = 1024,
	PWQ_HAS_ICMP = 2048,
	PWQ_HAS_ICMP6 = 4096,
	PWQ_HAS_SCTP = 8192,
	PWQ_HAS_ESP = 16384,
	PWQ_HAS_GRE = 32768,
	PWQ_HAS_PAYLOAD = 65536,
	PWQ_HAS_TCI = 131072,
	PWQ_HAS_SOCK4 = 262144,
	PWQ_HAS_SOCK6 = 524288,
	PWQ_HAS_TUNNEL = 1048576,
	PWQ_HAS_VNI = 2097152,
};
enum {
	PWQ_ROLE_NONE = 0,
	PWQ_ROLE_CLONE = 1,
	PWQ_ROLE_FREE = 2,
	PWQ_ROLE_DYING = 3,
	PWQ_ROLE_COPYING = 4,
	PWQ_ROLE_CROSSING = 5,
};
enum {
	PWQ_ADMIT_ONCE = 256,
	PWQ_ADMIT_EVENT = 512,
	PWQ_ADMIT_HELD = 1024,
};
enum {
	PWQ_COOKIE_POINT_SHIFT = 0,
	PWQ_COOKIE_POINT_MASK = 65535,
	PWQ_COOKIE_SKB_SHIFT = 16,
	PWQ_COOKIE_SKB_MASK = 7,
	PWQ_COOKIE_OTHER_SHIFT = 19,
	PWQ_COOKIE_OTHER_MASK = 7,
	PWQ_COOKIE_ROLE_SHIFT = 22,
	PWQ_COOKIE_ROLE_MASK = 7,
	PWQ_COOKIE_FREE_PATH_SHIFT = 25,
	PWQ_COOKIE_FREE_PATH_MASK = 1,
	PWQ_COOKIE_KIND_SHIFT = 26,
	PWQ_COOKIE_KIND_MASK = 3,
	PWQ_COOKIE_CARRIES_SHIFT = 29,
	PWQ_COOKIE_CARRIES_MASK = 1,
	PWQ_COOKIE_HEADLESS_SHIFT = 28,
	PWQ_COOKIE_HEADLESS_MASK = 1,
	PWQ_COOKIE_AT_SHIFT = 32,
	PWQ_COOKIE_AT_MASK = 255,
	PWQ_COOKIE_UNTIL_SHIFT = 40,
	PWQ_COOKIE_UNTIL_MASK = 255,
	PWQ_COOKIE_RETURNS_SHIFT = 48,
	PWQ_COOKIE_RETURNS_MASK = 255,
	PWQ_COOKIE_APART_SHIFT = 56,
	PWQ_COOKIE_APART_MASK = 255,
};
enum {
	PWQ_MAX_QUERIES = 8,
	PWQ_PAST_SLOTS = 8,
	PWQ_SCRATCH_SIZE = 4096,
	PWQ_SCRATCH_LEVELS = 4,
	PWQ_COUNTER_MAP_FULL = 0,
	PWQ_COUNTER_CLONE_FULL = 1,
	PWQ_COUNTER_FRAME_FULL = 2,
	PWQ_COUNTER_CALLS_FULL = 3,
	PWQ_COUNTER_INSERTED = 4,
	PWQ_COUNTER_DELETED = 5,
	PWQ_COUNTER_PAST_INSERTED = 6,
	PWQ_COUNTER_PAST_DELETED = 7,
	PWQ_COUNTER_MARKS_LOST = 8,
	PWQ_GLOBAL_COUNTERS = 9,
	PWQ_QUERY_COUNTER_SELECTED = 0,
	PWQ_QUERY_COUNTER_SAMPLED_OUT = 1,
	PWQ_QUERY_COUNTER_RATE_LIMITED = 2,
	PWQ_QUERY_COUNTER_OVER_LIMIT = 3,
	PWQ_QUERY_COUNTER_PRODUCED = 4,
	PWQ_QUERY_COUNTER_LOST_RING = 5,
	PWQ_QUERY_COUNTER_DELIVERED = 6,
	PWQ_QUERY_COUNTERS = 7,
	PWQ_COUNTERS = 65,
};
