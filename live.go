package lockstep

import (
	"fmt"
	"slices"
	"time"
)

// LiveHost is the host name of a project's live address.
func LiveHost(project string) string { return project + ".localhost" }

// DrillHost is the host name under which a switch is rehearsed. No environment
// can have it: names have no underscore.
func DrillHost(project string) string { return "_drill." + project + ".localhost" }

// Live is a project's live address: who has it, and who could take it over.
type Live struct {
	Project     string         `json:"project"`
	Host        string         `json:"host"`
	Epoch       int64          `json:"epoch"`
	Environment *Environment   `json:"environment,omitempty"` // that the address leads to
	Since       *time.Time     `json:"since,omitempty"`
	By          string         `json:"by,omitempty"`
	Switching   *SwitchResult  `json:"switching,omitempty"` // the switch that waits or runs
	Waiting     []SwitchResult `json:"waiting,omitempty"`   // those that wait for an approval, the oldest first
	Adrift      bool           `json:"adrift,omitempty"`    // a switch could not be taken back: the address may lead elsewhere until one completes
	AdriftTo    string         `json:"adriftTo,omitempty"`  // the environment that it may lead to instead
	Others      []Takeover     `json:"others"`              // by name
}

// Takeover says whether an environment could take the live address over now.
type Takeover struct {
	EnvironmentID string   `json:"environmentId"`
	Environment   string   `json:"environment"`
	Version       string   `json:"version,omitempty"`
	Ready         bool     `json:"ready"`
	NeedsApproval bool     `json:"needsApproval,omitempty"` // a switch to it waits for one
	Disabled      []string `json:"disabled,omitempty"`      // services that its users would not get
	Reasons       []string `json:"reasons,omitempty"`       // why not
}

// Off are the services of a revision that are disabled in an environment.
func (c RevisionContent) Off(env Environment) []string {
	var out []string
	for _, s := range c.Services {
		if !env.Enabled(s.Name) {
			out = append(out, s.Name)
		}
	}
	return out
}

// Unready says what of a revision is not as it should be: each service with
// fewer ready instances than are wanted of it, in words. It is empty where
// there are enough.
func (c RevisionContent) Unready(instances []Instance, wanted func(service string) int) ([]string, error) {
	groups, err := c.Groups()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, g := range groups {
		ready, reason := 0, ""
		for _, i := range instances {
			switch {
			case i.Group != g.ID:
			case i.State == InstanceReady:
				ready++
			case i.Reason != "":
				reason = ": " + i.Reason
			}
		}
		if want := wanted(g.Service); ready < want {
			out = append(out, fmt.Sprintf("%s has %d of %d instances ready%s", g.Service, ready, want, reason))
		}
	}
	slices.Sort(out)
	return out, nil
}
