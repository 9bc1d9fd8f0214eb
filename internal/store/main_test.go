package store_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/store"
)

// asChild in the environment makes the test binary act as one of the
// processes that a test starts.
const asChild = "LOCKSTEP_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	role, ok := os.LookupEnv(asChild)
	if !ok {
		m.Run()
		return
	}
	options := store.Options{DataDir: os.Getenv("DATA_DIR"), DatabaseURL: os.Getenv("DATABASE_URL")}
	if err := children[role](context.Background(), options); err != nil {
		fmt.Println(lockstep.CodeOf(err), err)
		return
	}
	fmt.Println("done")
}

var children = map[string]func(context.Context, store.Options) error{
	"open": func(ctx context.Context, options store.Options) error {
		s, err := store.Open(ctx, options)
		if err != nil {
			return err
		}
		return s.Close()
	},
	"hold":  hold,
	"write": writeOn,
}

// hold opens the database and keeps it until it is killed.
func hold(ctx context.Context, options store.Options) error {
	s, err := store.Open(ctx, options)
	if err != nil {
		return err
	}
	fmt.Println("open")
	<-time.After(time.Minute)
	return s.Close()
}

// child is a process of the test binary in a role, not yet started. It ends
// with the test at the latest.
func child(t *testing.T, role string, options store.Options) *exec.Cmd {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), asChild+"="+role, "DATA_DIR="+options.DataDir, "DATABASE_URL="+options.DatabaseURL)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{}
	return cmd
}
