package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// described is an environment as recorded, with what B's info says of it.
type described struct {
	lockstep.Environment
	Region         string                   `json:"region"`
	Cluster        string                   `json:"cluster,omitempty"` // as the matrix names it: recorded, not provisioned
	Applications   map[string]application   `json:"applications"`
	LastDeployment *lockstep.LastDeployment `json:"last_deployment"`
	Error          string                   `json:"error,omitempty"` // why its host cannot be seen
}

type application struct {
	Ready   int  `json:"ready"`
	Desired int  `json:"desired"`
	Healthy bool `json:"healthy"`
	Enabled bool `json:"enabled"`
}

func infoOf(e lockstep.Environment, s lockstep.StatusReport) described {
	h := s.Health
	e.Health = &h
	out := described{
		Environment: e, Region: e.Spec.Region, Cluster: clusterOf(e.Spec),
		Applications: map[string]application{}, LastDeployment: s.LastDeployment, Error: s.UnreachableHost,
	}
	for _, svc := range s.Services {
		if svc.Type == lockstep.ServiceApp {
			out.Applications[svc.Name] = application{svc.Ready, svc.Desired, svc.Enabled && svc.Ready >= svc.Desired && s.UnreachableHost == "", svc.Enabled}
		}
	}
	return out
}

// clusterOf are the names of the clusters that the matrix records.
func clusterOf(s lockstep.EnvironmentSpec) string {
	var names []string
	clusters, _ := s.Recorded["clusters"].([]any)
	for _, c := range clusters {
		if c, ok := c.(map[string]any); ok {
			if name, ok := c["name"].(string); ok {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, ", ")
}

func lastText(d *lockstep.LastDeployment) string {
	if d == nil {
		return ""
	}
	return fmt.Sprintf("%s, %s by %s (%s)", d.Version, ago(time.Now(), d.DeployedAt), d.DeployedBy, shortID(d.DeploymentID))
}
