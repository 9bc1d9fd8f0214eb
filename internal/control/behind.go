package control

import "github.com/lockstep-dev/lockstep"

// behind compares each of these environments with the stage before it.
func behind(tx Tx, p lockstep.Project, page []lockstep.Environment) error {
	if len(p.Pipeline) < 2 || len(page) == 0 {
		return nil
	}
	runs := map[string]string{}
	for _, e := range page {
		runs[e.Name] = running(e)
	}
	for _, e := range page {
		before, _ := lockstep.StageBefore(p.Pipeline, e.Name)
		if _, known := runs[before]; known || before == "" {
			continue
		}
		stage, err := tx.Environment(p.ID, before) // it may stand on another page
		if err != nil && lockstep.CodeOf(err) != lockstep.CodeNotFound {
			return err
		}
		runs[before] = running(stage)
	}
	var versions []string
	for _, version := range runs {
		if version != "" {
			versions = append(versions, version)
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

// running is the version of the release that an environment runs; "": none.
func running(e lockstep.Environment) string {
	if e.ActiveID == "" {
		return ""
	}
	return e.Metadata.Version
}
