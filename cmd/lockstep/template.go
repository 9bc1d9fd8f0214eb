package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/lockstep-dev/lockstep/internal/template"
)

// renderCommand is what templates are rendered under; see package template.
func renderCommand() *cobra.Command {
	return &cobra.Command{
		Use:    template.WorkerName,
		Hidden: true,
		Args:   cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return template.Work(cmd.InOrStdin(), cmd.OutOrStdout())
		},
	}
}

// newRenderer renders templates in children of this program.
func newRenderer() (*template.Renderer, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	return template.NewRenderer([]string{exe, template.WorkerName}, template.Limits{}), nil
}
