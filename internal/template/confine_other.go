//go:build !linux

package template

// confine sets the kernel's limits of this process. Only Linux holds a
// process to an address space; elsewhere the looks at the memory, the
// processor time and the cap of the output stand alone.
func confine(limits Limits) error { return confineAll(limits, nil) }
