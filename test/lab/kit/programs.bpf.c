// BPF programs for cases that look at some. Types are the host's; nothing here depends on the traced kernel.
#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("tc/marks")
int marks_everything(struct __sk_buff *skb)
{
	skb->mark = 0x7c;
	return TC_ACT_UNSPEC;
}

SEC("tc/passes")
int passes_everything(struct __sk_buff *skb)
{
	(void)skb;
	return TC_ACT_OK;
}

/* Drops UDP to port 6017 over IPv4 without options. */
SEC("xdp/filters")
int filters_frames(struct xdp_md *ctx)
{
	const unsigned char *frame = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (frame + 42 > end || frame[12] != 0x08 || frame[13] != 0x00 || frame[23] != 17)
		return XDP_PASS;
	return frame[36] == 6017 >> 8 && frame[37] == (6017 & 0xff) ? XDP_DROP : XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
