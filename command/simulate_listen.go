package command

import (
	"context"
	"fmt"
	"net"

	"github.com/urfave/cli/v3"
)

// defaultListen is where a simulator is unless it is told otherwise.
const defaultListen = "localhost:9090"

// checkListen says what is wrong with an address, empty if nothing is.
func checkListen(address string, public bool) string {
	host, _, err := net.SplitHostPort(address)
	switch {
	case err != nil:
		return fmt.Sprintf("%q is no address; write it as localhost:9090", address)
	case host == "localhost" || public:
		return ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		return ""
	}
	return fmt.Sprintf("other machines may reach %s, and anyone who does can act as any person; add --public if that is wanted", address)
}

// tunnelOf reads --others. A tunnel that other machines reach would serve anyone as a way to anywhere.
func tunnelOf(cmd *cli.Command) (bool, error) {
	switch others := cmd.String("others"); {
	case others == "refuse":
		return false, nil
	case others != "tunnel":
		return false, usagef(cmd, "--others is refuse or tunnel, not %q", others)
	case cmd.Bool("public"):
		return false, usagef(cmd, "--others tunnel does not go with --public: anyone who reaches the proxy could call any host through it")
	}
	return true, nil
}

// listen opens all addresses, or none.
func listen(ctx context.Context, addresses []string) ([]net.Listener, error) {
	var all []net.Listener
	for _, address := range addresses {
		listeners, err := listenOn(ctx, address)
		if err != nil {
			closeAll(all)
			return nil, err
		}
		all = append(all, listeners...)
	}
	return all, nil
}

func closeAll(listeners []net.Listener) {
	for _, l := range listeners {
		_ = l.Close()
	}
}

// listenOn opens one address; localhost stands for both loopback addresses, where the machine has both.
func listenOn(ctx context.Context, address string) ([]net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	var config net.ListenConfig
	if host != "localhost" {
		l, err := config.Listen(ctx, "tcp", address)
		if err != nil {
			return nil, err
		}
		return []net.Listener{l}, nil
	}
	first, err := config.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return nil, err
	}
	if port == "0" {
		return []net.Listener{first}, nil
	}
	second, err := config.Listen(ctx, "tcp", net.JoinHostPort("::1", port))
	if err != nil {
		return []net.Listener{first}, nil //nolint:nilerr // a machine without IPv6
	}
	return []net.Listener{first, second}, nil
}

// addresses are those of the chat page, for a browser on this machine, and of the Graph API, for a bot, which may be on
// another one if the simulator listens on all.
func addresses(asked string, bound net.Addr, hosts []string) (page, graph string) {
	host, port, err := net.SplitHostPort(asked)
	if err != nil || port == "0" {
		host, port, _ = net.SplitHostPort(bound.String())
	}
	if ip := net.ParseIP(host); host != "" && (ip == nil || !ip.IsUnspecified()) {
		page = "http://" + net.JoinHostPort(host, port)
		return page, page
	}
	page = "http://" + net.JoinHostPort("localhost", port)
	if len(hosts) > 0 {
		return page, "http://" + net.JoinHostPort(hosts[0], port)
	}
	return page, page
}
