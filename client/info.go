package client

import (
	"context"

	"github.com/lockstep-dev/lockstep"
)

// Info describes a server.
type Info struct {
	Version  string            `json:"version"`
	Database string            `json:"database"` // sqlite, postgres
	HostID   string            `json:"hostId"`
	Agent    AgentInfo         `json:"agent"`
	Counts   lockstep.Counts   `json:"counts"`
	Uptime   lockstep.Duration `json:"uptimeMs"`
}

// AgentInfo describes the agent of the server's machine.
type AgentInfo struct {
	State   string `json:"state"`            // running, not started, unreachable
	Reason  string `json:"reason,omitempty"` // why it is unreachable
	Edge    string `json:"edge,omitempty"`
	EdgeTLS string `json:"edgeTls,omitempty"` // of its listener for HTTPS; "": none
	PID     int    `json:"pid,omitempty"`
	Limits  string `json:"limits,omitempty"`
	Files   string `json:"files,omitempty"` // where values of variables of type file lie while they are used

	Certificates []lockstep.Certificate `json:"certificates,omitempty"` // of the domains of all environments
}

// Info reads the server's description.
func (c *Client) Info(ctx context.Context) (Info, error) {
	return get[Info](ctx, c, "/api/system/info", nil)
}

// Projects lists the projects.
func (c *Client) Projects(ctx context.Context) (List[lockstep.Project], error) {
	return get[List[lockstep.Project]](ctx, c, "/api/system/projects", nil)
}
