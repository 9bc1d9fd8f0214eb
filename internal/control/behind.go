package control

import "github.com/lockstep-dev/lockstep"

// behind compares each of these environments with the stage before it.
func behind(tx Tx, p lockstep.Project, page []lockstep.Environment) error {
	if len(p.Pipeline) < 2 || len(page) == 0 {
		return nil
	}
	all, err := tx.Environments(p.ID) // a stage before may stand on another page
	if err != nil {
		return err
	}
	runs := map[string]string{}
	var versions []string
	for _, e := range all {
		if e.ActiveID != "" {
			runs[e.Name] = e.Metadata.Version
			versions = append(versions, e.Metadata.Version)
		}
	}
	numbers, err := tx.ReleaseNumbers(p.ID, versions)
	if err != nil {
		return err
	}
	for i, e := range page {
		before, _ := lockstep.StageBefore(p.Pipeline, e.Name)
		if newest := runs[before]; newest != "" {
			page[i].Behind = &lockstep.Behind{
				Environment: before, Newest: newest,
				Releases: max(0, numbers[newest]-numbers[runs[e.Name]]),
			}
		}
	}
	return nil
}
