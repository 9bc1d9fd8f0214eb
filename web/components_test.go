package web

import (
	"testing"

	"github.com/lockstep-dev/lockstep/internal/suite"
)

// TestComponents runs the tests that stand beside the dashboard's sources, src/**/*.test.ts and .tsx.
func TestComponents(t *testing.T) {
	t.Parallel()
	suite.Need(t, packages)
	files := vitest(t, nil)
	if len(files) == 0 {
		t.Error("there are none")
	}
	for file, tests := range files {
		t.Run(file, func(t *testing.T) {
			for _, test := range tests {
				t.Run(test.Title, test.tell)
			}
		})
	}
}
