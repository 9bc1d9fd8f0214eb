package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/lockstep-dev/lockstep/internal/cli"
)

//go:generate go test -run TestTheReferenceIsCurrent -update .

const referenceFile = "../../docs/cli.md"

func TestTheReferenceIsCurrent(t *testing.T) {
	t.Parallel()
	got := reference(command(cli.Options{Out: io.Discard, Err: io.Discard}))
	if *update {
		if err := os.WriteFile(referenceFile, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(referenceFile)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not what the commands say: go generate ./cmd/lockstep, and read the diff", referenceFile)
	}
}

// reference is the page of all commands: those of each group, then each by
// itself in the same order.
func reference(root *cobra.Command) string {
	var b strings.Builder
	b.WriteString("# The command line\n\nGenerated from the commands themselves: `lockstep COMMAND --help` says the same.\n" +
		"Exit codes and environment variables are in [operating.md](operating.md#commands-exit-codes).\n")
	var shown []*cobra.Command
	for _, group := range root.Groups() {
		fmt.Fprintf(&b, "\n**%s**\n\n| command | |\n|---|---|\n", strings.TrimSuffix(group.Title, ":"))
		for _, top := range root.Commands() {
			if top.GroupID != group.ID {
				continue
			}
			for _, c := range runnable(top) {
				fmt.Fprintf(&b, "| [`%s`](#%s) | %s |\n", c.CommandPath(), strings.ReplaceAll(c.CommandPath(), " ", "-"), c.Short)
				shown = append(shown, c)
			}
		}
	}
	b.WriteString("\nEvery command takes:\n\n")
	writeFlags(&b, root.PersistentFlags())
	b.WriteString("\n`lockstep completion bash|zsh|fish|powershell` writes completions for a shell.\n")
	for _, c := range shown {
		writeCommand(&b, c)
	}
	return b.String()
}

// runnable are a command and those below it, as far as people run them.
func runnable(c *cobra.Command) []*cobra.Command {
	if c.Hidden {
		return nil
	}
	var all []*cobra.Command
	if c.Runnable() && !slices.ContainsFunc(c.Commands(), func(sub *cobra.Command) bool { return !sub.Hidden && c.Long == "" }) {
		all = append(all, c)
	}
	for _, sub := range c.Commands() {
		all = append(all, runnable(sub)...)
	}
	return all
}

func writeCommand(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, "\n## %s\n\n%s.\n\n```\n%s\n```\n", c.CommandPath(), c.Short, c.UseLine())
	if c.Long != "" {
		fmt.Fprintf(b, "\n%s\n", c.Long)
	}
	if c.Example != "" {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", strings.ReplaceAll("\n"+c.Example, "\n  ", "\n")[1:])
	}
	flags := c.LocalNonPersistentFlags()
	if flags.HasAvailableFlags() {
		b.WriteString("\n")
		writeFlags(b, flags)
	}
}

func writeFlags(b *strings.Builder, flags *pflag.FlagSet) {
	b.WriteString("| flag | |\n|---|---|\n")
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden || f.Name == "help" {
			return
		}
		name := "`--" + f.Name + "`"
		kind, usage := pflag.UnquoteUsage(f)
		if kind != "" {
			name = "`--" + f.Name + " " + strings.ToUpper(kind) + "`"
		}
		if f.Shorthand != "" {
			name = "`-" + f.Shorthand + "`, " + name
		}
		if d := f.DefValue; d != "" && d != "false" && d != "0" && d != "[]" && !strings.Contains(usage, "default") {
			usage += " (default: `" + d + "`)"
		}
		fmt.Fprintf(b, "| %s | %s |\n", name, strings.ReplaceAll(usage, "|", `\|`))
	})
}
