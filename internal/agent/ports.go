package agent

import (
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"sync"

	"github.com/lockstep-dev/lockstep"
)

// PortRange is where instances and listeners get their loopback ports, both
// ends included. It should lie outside what the system gives to outgoing
// connections.
type PortRange struct{ First, Last int }

// ports hands out loopback ports. A port that is given stays so, across
// restarts of what uses it, until it is freed.
type ports struct {
	from PortRange
	mu   sync.Mutex
	used map[int]string // for which environment
}

func newPorts(r PortRange) *ports { return &ports{from: r, used: map[int]string{}} }

// keep marks ports that are known from before; 0 is none.
func (p *ports) keep(port int, env string) {
	if port == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used[port] = env
}

func (p *ports) free(port int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.used, port)
}

// of are the ports that an environment has, in order.
func (p *ports) of(env string) []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []int
	for port, owner := range p.used {
		if owner == env {
			out = append(out, port)
		}
	}
	slices.Sort(out)
	return out
}

// take gives a port that nobody listens on.
func (p *ports) take(env string) (int, error) {
	l, port, err := p.listen(env)
	if err != nil {
		return 0, err
	}
	return port, l.Close()
}

// listen gives a port with a listener on it. The search begins at a random
// place, so that two agents on one machine rarely try the same.
func (p *ports) listen(env string) (net.Listener, int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	size := p.from.Last - p.from.First + 1
	start := rand.IntN(size) //nolint:gosec // spreads, protects nothing
	for i := range size {
		port := p.from.First + (start+i)%size
		if _, taken := p.used[port]; taken {
			continue
		}
		l, err := listenTCP(loopback(port))
		if err != nil {
			continue // a stranger's
		}
		p.used[port] = env
		return l, port, nil
	}
	return nil, 0, lockstep.Errorf(lockstep.CodeUnavailable, "all ports from %d to %d are in use: stop something, or give the agent another range", p.from.First, p.from.Last)
}

// isFree says that nobody listens on a port now.
func isFree(port int) bool {
	l, err := listenTCP(loopback(port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func listenTCP(addr string) (net.Listener, error) {
	return net.Listen("tcp", addr)
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

func localURL(port int) string { return fmt.Sprintf("http://127.0.0.1:%d", port) }
