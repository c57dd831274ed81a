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

char LICENSE[] SEC("license") = "GPL";
