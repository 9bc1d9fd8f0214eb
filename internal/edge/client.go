package edge

import (
	"crypto/sha256"
	"encoding/binary"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/lockstep-dev/lockstep"
)

// clients is a lockstep.Sketch that is added to without a lock: four registers
// a word. It gets its memory with the first client.
type clients struct {
	words atomic.Pointer[[lockstep.SketchRegisters / 4]atomic.Uint32]
}

func (c *clients) add(hash uint64) {
	words := c.words.Load()
	if words == nil {
		c.words.CompareAndSwap(nil, new([lockstep.SketchRegisters / 4]atomic.Uint32))
		words = c.words.Load()
	}
	register, rank := lockstep.SketchRegister(hash)
	word, shift := &words[register/4], 8*(register%4)
	for {
		old := word.Load()
		if byte(old>>shift) >= rank {
			return // nearly always
		}
		if word.CompareAndSwap(old, old&^(0xff<<shift)|uint32(rank)<<shift) {
			return
		}
	}
}

// take empties it; nil where nobody came.
func (c *clients) take() lockstep.Sketch {
	words := c.words.Load()
	if words == nil {
		return nil
	}
	var out lockstep.Sketch
	for i := range words {
		word := words[i].Swap(0)
		for n := 0; word != 0; n, word = n+1, word>>8 {
			if out == nil {
				out = make(lockstep.Sketch, lockstep.SketchRegisters)
			}
			out[4*i+n] = byte(word)
		}
	}
	return out
}

// maxAgent is how much of a User-Agent tells clients apart.
const maxAgent = 256

// clientHash names who sent a request, by address and browser, to somebody who
// has the key, and to nobody else: neither is kept.
func (e *Edge) clientHash(r *http.Request) uint64 {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	if e.isRelayed(r) || e.trusts(r.RemoteAddr) {
		if said := r.Header["X-Forwarded-For"]; len(said) > 0 {
			last := said[len(said)-1]
			address = strings.TrimSpace(last[strings.LastIndexByte(last, ',')+1:])
		}
	}
	agent := r.UserAgent()
	var room [512]byte
	text := append(room[:0], e.opts.ClientKey...)
	text = append(text, address[:min(len(address), 64)]...)
	text = append(text, 0)
	text = append(text, agent[:min(len(agent), maxAgent)]...)
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:8])
}

// meet counts the client of a request that has a seat.
func (x *exchange) meet(r *http.Request) {
	if x.seat.figures == nil || x.edge.opts.ClientKey == "" {
		return
	}
	hash := x.edge.clientHash(r)
	x.seat.figures.clients.add(hash)
	x.env.clients.add(hash)
}
