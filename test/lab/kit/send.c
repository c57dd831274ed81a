// SPDX-License-Identifier: Apache-2.0
/*
 * Traffic for the lab and the benchmarks, from inside a network namespace. One small program, because starting an
 * interpreter for every packet is what takes the time in an emulated machine.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/udp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
	"send NETNS frame INTERFACE HEX...                       whole Ethernet frames through a packet socket\n"
	"send NETNS udp ADDRESS PORT COUNT SIZE [SPORT [MARK [SEGMENT]]]\n"
	"        datagrams; with SEGMENT each is one large packet that the kernel cuts into datagrams of so many bytes\n"
	"send NETNS connect ADDRESS PORT MILLISECONDS [SPORT]    one TCP connection attempt; prints what came of it\n"
	"send NETNS listen tcp|udp ADDRESS PORT                  accepts and reads until killed; prints `ready`\n"
	"send NETNS tap INTERFACE                                a packet socket that reads all until killed\n"
	"send NETNS blast ADDRESS PORT SECONDS                   datagrams as fast as they go; prints how many\n"
	"NETNS is a name of `ip netns`, or - for this one.\n";

static _Noreturn void die(const char *what)
{
	fprintf(stderr, "send: %s: %s\n", what, strerror(errno));
	exit(1);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

static void enter(const char *netns)
{
	char path[300];
	int fd;

	if (!strcmp(netns, "-"))
		return;
	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

static socklen_t address(const char *text, const char *port, struct sockaddr_storage *to)
{
	struct sockaddr_in *v4 = (void *)to;
	struct sockaddr_in6 *v6 = (void *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(atoi(port));
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1) {
		errno = EINVAL;
		die(text);
	}
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons(atoi(port));
	return sizeof(*v6);
}

static int open_socket(int type, const struct sockaddr_storage *to, const char *source_port)
{
	int one = 1, fd = socket(to->ss_family, type | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (source_port) {
		struct sockaddr_storage from;
		socklen_t len = address(to->ss_family == AF_INET ? "0.0.0.0" : "::", source_port, &from);

		if (bind(fd, (void *)&from, len))
			die("bind");
	}
	return fd;
}

static int open_packet(const char *interface, int protocol)
{
	struct sockaddr_ll at = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = if_nametoindex(interface),
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);

	if (fd < 0 || !at.sll_ifindex || bind(fd, (void *)&at, sizeof(at)))
		die(interface);
	return fd;
}

static void send_frame(int fd, const char *hex)
{
	unsigned char frame[9216];
	size_t n = strlen(hex) / 2;

	if (n > sizeof(frame))
		n = sizeof(frame);
	for (size_t i = 0; i < n; i++)
		sscanf(hex + 2 * i, "%2hhx", &frame[i]);
	if (send(fd, frame, n, 0) != (ssize_t)n)
		die("frame");
}

static int frames(int argc, char **argv)
{
	int fd = open_packet(argv[0], 0);

	for (int i = 1; i < argc; i++)
		send_frame(fd, argv[i]);
	return 0;
}

static int udp(int argc, char **argv)
{
	static char data[65507];
	struct sockaddr_storage to;
	socklen_t len = address(argv[0], argv[1], &to);
	int fd = open_socket(SOCK_DGRAM, &to, argc > 4 ? argv[4] : NULL);
	unsigned int mark = argc > 5 ? strtoul(argv[5], NULL, 0) : 0;
	int segment = argc > 6 ? atoi(argv[6]) : 0;

	if (mark && setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)))
		die("mark");
	if (segment && setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof(segment)))
		die("segment");
	for (int i = 0; i < atoi(argv[2]); i++)
		if (sendto(fd, data, atoi(argv[3]), 0, (void *)&to, len) < 0 && errno != ECONNREFUSED && errno != EPERM)
			die("udp");
	return 0;
}

static int connect_tcp(int argc, char **argv)
{
	struct sockaddr_storage to;
	socklen_t len = address(argv[0], argv[1], &to);
	int error = 0, fd = open_socket(SOCK_STREAM | SOCK_NONBLOCK, &to, argc > 3 ? argv[3] : NULL);
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	if (connect(fd, (void *)&to, len) && errno != EINPROGRESS)
		die("connect");
	if (poll(&wait, 1, atoi(argv[2])) == 0) {
		puts("timeout");
		return 0;
	}
	len = sizeof(error);
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	puts(error ? strerror(error) : "connected");
	return 0;
}

static int listen_at(int argc, char **argv)
{
	static char data[65536];
	struct sockaddr_storage at;
	socklen_t len = address(argv[1], argv[2], &at);
	int tcp = !strcmp(argv[0], "tcp");
	int fd = open_socket(tcp ? SOCK_STREAM : SOCK_DGRAM, &at, NULL);

	(void)argc;
	if (bind(fd, (void *)&at, len) || (tcp && listen(fd, 64)))
		die("listen");
	puts("ready");
	fflush(stdout);
	for (;;) {
		int peer = tcp ? accept(fd, NULL, NULL) : fd;

		while (read(peer, data, sizeof(data)) > 0)
			;
		if (tcp)
			close(peer);
	}
}

static int tap(int argc, char **argv)
{
	char data[2048];
	int fd = open_packet(argv[0], ETH_P_ALL);

	(void)argc;
	puts("ready");
	fflush(stdout);
	while (recv(fd, data, sizeof(data), 0) >= 0)
		;
	return 0;
}

static int blast(int argc, char **argv)
{
	char data[64] = { 0 };
	struct sockaddr_storage to;
	socklen_t len = address(argv[0], argv[1], &to);
	int fd = open_socket(SOCK_DGRAM, &to, NULL);
	double start = now(), length = atof(argv[2]), end;
	unsigned long sent = 0;

	(void)argc;
	if (connect(fd, (void *)&to, len))
		die("connect");
	do {
		for (int i = 0; i < 16; i++) /* the clock is not what is measured */
			sent += send(fd, data, sizeof(data), 0) == sizeof(data);
		end = now();
	} while (end - start < length);
	printf("%lu %.3f %.0f\n", sent, end - start, sent / (end - start));
	return 0;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int least; /* arguments after the name */
		int (*run)(int argc, char **argv);
	} commands[] = {
		{ "frame", 2, frames },	   { "udp", 4, udp }, { "connect", 3, connect_tcp },
		{ "listen", 3, listen_at }, { "tap", 1, tap }, { "blast", 3, blast },
	};

	for (size_t i = 0; argc > 2 && i < sizeof(commands) / sizeof(*commands); i++) {
		if (strcmp(argv[2], commands[i].name) || argc - 3 < commands[i].least)
			continue;
		enter(argv[1]);
		return commands[i].run(argc - 3, argv + 3);
	}
	fputs(usage, stderr);
	return 2;
}
