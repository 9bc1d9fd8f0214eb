package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/lockstep-dev/lockstep"
)

// specColumns is an EnvironmentSpec, spread over the columns of its table.
// The columns are the one truth: the spec is put together from them. A block
// that the matrix does not have is "null". Dependencies are rows of
// environment_services.
type specColumns struct {
	config     configColumn
	deployment deploymentColumn
	automation lockstep.Automation
	blocks     map[string]any // by column: database, cache, storage, security, monitoring, isolation
}

type configColumn struct {
	Runtime  lockstep.RuntimeKind `json:"runtime"`
	Region   string               `json:"region,omitempty"`
	Domains  []string             `json:"domains,omitempty"`
	Replicas map[string]int       `json:"replicas"`
	Parent   string               `json:"parent,omitempty"`
	Recorded map[string]any       `json:"recorded,omitempty"` // the blocks that have no column
}

type deploymentColumn struct {
	Strategy         lockstep.StrategySpec    `json:"strategy"`
	Validation       lockstep.ValidationLevel `json:"validation"`
	ApprovalRequired bool                     `json:"approvalRequired"`
	Hooks            []lockstep.Hook          `json:"hooks,omitempty"`
	Prerequisites    lockstep.Prerequisites   `json:"prerequisites,omitzero"`
	Alerts           []lockstep.AlertRule     `json:"alerts,omitempty"`
}

// blockOf names the matrix's block that each column holds. The cache is
// apart: it is the key "cache" of the block "databases".
var blockOf = map[string]string{
	"database":   "databases",
	"storage":    "storage",
	"security":   "security",
	"monitoring": "monitoring",
	"isolation":  "networking",
}

func spread(spec lockstep.EnvironmentSpec) specColumns {
	rest := maps.Clone(spec.Recorded)
	c := specColumns{
		deployment: deploymentColumn{spec.Strategy, spec.Validation, spec.ApprovalRequired, spec.Hooks, spec.Prerequisites, spec.Alerts},
		automation: spec.Automation,
		blocks:     map[string]any{},
	}
	for column, block := range blockOf {
		if content, ok := rest[block].(map[string]any); ok && content != nil {
			c.blocks[column] = content
			delete(rest, block)
		}
	}
	databases, _ := c.blocks["database"].(map[string]any)
	if cache, ok := databases["cache"].(map[string]any); ok && cache != nil {
		databases = maps.Clone(databases)
		delete(databases, "cache")
		c.blocks["database"], c.blocks["cache"] = databases, cache
	}
	c.config = configColumn{spec.Runtime, spec.Region, spec.Domains, spec.Replicas, spec.Parent, rest}
	return c
}

func (c specColumns) gather(dependencies []lockstep.DependencyRecord) lockstep.EnvironmentSpec {
	recorded := c.config.Recorded
	for column, block := range blockOf {
		if content := c.blocks[column]; content != nil {
			if recorded == nil {
				recorded = map[string]any{}
			}
			recorded[block] = content
		}
	}
	if databases, ok := c.blocks["database"].(map[string]any); ok && c.blocks["cache"] != nil {
		databases["cache"] = c.blocks["cache"]
	}
	return lockstep.EnvironmentSpec{
		Runtime: c.config.Runtime, Region: c.config.Region, Domains: c.config.Domains, Replicas: c.config.Replicas, Parent: c.config.Parent,
		Strategy: c.deployment.Strategy, Validation: c.deployment.Validation, ApprovalRequired: c.deployment.ApprovalRequired,
		Hooks: c.deployment.Hooks, Prerequisites: c.deployment.Prerequisites, Automation: c.automation, Alerts: c.deployment.Alerts,
		Dependencies: dependencies, Recorded: recorded,
	}
}

// block scans one column.
func (c *specColumns) block(column string) scanner {
	return func(src any) error {
		var content any
		if err := exactJSON(&content)(src); err != nil {
			return err
		}
		if content != nil {
			c.blocks[column] = content
		}
		return nil
	}
}

// exactJSON is fromJSON for documents that people wrote: numbers of unknown
// type stay as they were written, so that a large one does not change.
func exactJSON(dest any) scanner {
	return func(src any) error {
		text, ok := src.(string)
		if !ok {
			return fmt.Errorf("a document is stored as %T", src)
		}
		decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
		decoder.UseNumber()
		return decoder.Decode(dest)
	}
}
