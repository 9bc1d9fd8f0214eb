package control

import (
	"fmt"

	"github.com/lockstep-dev/lockstep"
)

// ship deploys what runs once more, with the newest configuration, wherever
// that is not what runs. An environment that nothing was deployed to stays
// as it is.
func (a *apply) ship() error {
	for _, h := range a.held {
		if h.env.ActiveID == "" {
			continue
		}
		differs, version, err := a.differs(h)
		if err != nil {
			return err
		}
		if !differs {
			continue
		}
		d, err := a.draft(a.tx, a.by, h.env, lockstep.DeploymentRequest{
			Version: version, WithConfig: "latest", Description: fmt.Sprintf("matrix version %d", a.project.MatrixVersion),
		})
		if err != nil {
			return err
		}
		stored, err := a.record(a.tx, a.by, d)
		if err != nil {
			return err
		}
		o, err := a.tx.Operation(stored.ID)
		if err != nil {
			return err
		}
		a.result.Operations = append(a.result.Operations, o)
	}
	return nil
}

// differs says whether a deployment of the release that runs would change
// anything: configuration, replicas, domains. What is stopped is left so.
func (a *apply) differs(h held) (bool, string, error) {
	going, err := destroying(a.tx, h.env.ID)
	if err != nil || going != "" || h.env.StoppedAt != nil {
		return false, "", err
	}
	r, err := a.recorded(a.tx, h.env)
	if err != nil || r.release == nil {
		return false, "", err
	}
	differs := h.rerouted || r.configDiffers() || len(r.replicasNotDeployed()) > 0
	return differs, r.release.Version, nil
}
