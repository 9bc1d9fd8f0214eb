package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/control"
)

// Info describes the server.
type Info struct {
	Version  string            `json:"version"`
	Database string            `json:"database" doc:"sqlite or postgresql"`
	HostID   string            `json:"hostId"`
	DataDir  string            `json:"dataDir,omitempty"`
	Agent    AgentInfo         `json:"agent"`
	Counts   lockstep.Counts   `json:"counts"`
	Uptime   lockstep.Duration `json:"uptimeMs"`
}

// AgentInfo describes the agent of the server's machine.
type AgentInfo struct {
	State   string `json:"state" doc:"running, not started or unreachable"`
	Reason  string `json:"reason,omitempty" doc:"Why it is unreachable, for people."`
	Edge    string `json:"edge,omitempty" doc:"Where it takes requests for environments."`
	EdgeTLS string `json:"edgeTls,omitempty" doc:"Where it takes those for HTTPS."`
	PID     int    `json:"pid,omitempty"`
	Limits  string `json:"limits,omitempty" doc:"How it enforces resources on this machine, for people."`
	Files   string `json:"files,omitempty" doc:"Where it keeps the values of variables of type file while they are used, for people."`

	Certificates []lockstep.Certificate `json:"certificates,omitempty" doc:"Of the domains of all environments, where it speaks HTTPS."`
}

func (h *Handler) systemRoutes() {
	register(h, huma.Operation{
		OperationID: "get-info", Method: http.MethodGet, Path: "/api/system/info", Tags: []string{"System"},
		Summary: "What the server is, and how much it keeps",
	}, func(ctx context.Context, _ *Project) (*body[Info], error) {
		info, err := h.info(ctx)
		if err != nil {
			return nil, err
		}
		info.Version = h.version
		info.Counts, err = h.control.Counts(ctx)
		return answer(info, err)
	})
	register(h, huma.Operation{
		OperationID: "list-projects", Method: http.MethodGet, Path: "/api/system/projects", Tags: []string{"System"},
		Summary: "The projects",
	}, func(ctx context.Context, _ *Project) (*body[control.List[lockstep.Project]], error) {
		return items(h.control.Projects(ctx))
	})
}
