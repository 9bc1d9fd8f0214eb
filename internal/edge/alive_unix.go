//go:build unix

package edge

import (
	"syscall"
)

// alive looks, without waiting, whether the instance closed the idle
// connection or sent something that nobody asked for. An app that is about to
// close can still do so a moment later.
func (c *conn) alive() bool {
	if c.br.Buffered() > 0 {
		return false
	}
	if c.raw == nil {
		return true
	}
	c.open = false
	err := c.raw.Read(c.look)
	return err == nil && c.open
}

func (c *conn) peek(fd uintptr) bool {
	var one [1]byte
	_, err := syscall.Read(int(fd), one[:]) // the descriptor does not block
	c.open = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK
	return true
}
