package template

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files")

// TestMain is the child too: a real process, as the server's are.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == WorkerName {
		if len(os.Environ()) != 1 {
			fmt.Fprintln(os.Stderr, "the child's environment is not clean")
			return
		}
		if err := Work(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	m.Run()
}

func ownRenderer(limits Limits) *Renderer {
	return NewRenderer([]string{os.Args[0], WorkerName}, limits)
}
