package agent

import (
	"errors"
	"log/slog"
	"time"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/agent/wire"
)

// launch makes a process for the record; nil where that failed, with the
// reason noted.
func (i *instance) launch(declared bool) *process {
	if !declared {
		if err := i.declare(); err != nil {
			i.because(err)
			return nil
		}
	}
	i.mu.Lock()
	rec := i.rec
	i.mu.Unlock()
	log, err := i.a.logs.open(i.env, i.id)
	if err != nil {
		i.because(err)
		return nil
	}
	defer log.Close() //nolint:errcheck // the process has its own
	cmd, err := i.command(rec, log)
	if err != nil {
		i.because(err)
		return nil
	}
	c := i.confine(rec.Launch)
	p, outside, err := begin(cmd, rec.Launch, c)
	if err != nil || outside != nil {
		i.raze(c)
	}
	if err != nil {
		i.a.removeValues(valuesOf(i.env, i.id))
		i.because(err)
		return nil
	}
	if outside != nil {
		i.unconfined(outside)
	}
	i.update(func(r *record) {
		at := p.since.UTC().Truncate(time.Microsecond)
		r.PID, r.Born, r.StartedAt, r.ReadyAt = p.pid, p.born, &at, nil
	})
	i.show(lockstep.InstanceStarting, "")
	return p
}

// declare writes down that a new process is about to be made, so that an
// agent that finds it later knows whose it is.
func (i *instance) declare() error {
	i.mu.Lock()
	rec := i.rec
	i.mu.Unlock()
	taken := 0
	if rec.Port == 0 || !isFree(rec.Port) {
		port, err := i.a.ports.take(i.env)
		if err != nil {
			return err
		}
		taken = port
	}
	if rec.StartedAt != nil {
		rec.Restarts++
	}
	old := rec.Port
	if taken != 0 {
		rec.Port = taken
	}
	rec.Launch, rec.PID, rec.Born, rec.Ready, rec.ReadyAt = newLaunch(i.env), 0, "", false, nil
	err := i.a.journal.write(wire.Entry{Effect: effectRestart, Environment: i.env, Instance: i.id})
	if err == nil {
		err = i.a.store.change(i.env, func(e *environment) error {
			e.count(lockstep.LedgerProcesses, 1)
			if taken != 0 {
				e.count(lockstep.LedgerPorts, 1)
			}
			return e.put(i.group.ID, i.id, rec)
		})
	}
	if err != nil {
		if taken != 0 {
			i.a.ports.free(taken)
		}
		return err
	}
	if taken != 0 && old != 0 {
		i.a.ports.free(old)
	}
	i.mu.Lock()
	i.rec = rec
	i.mu.Unlock()
	return nil
}

// put replaces an instance's record, which must still be there.
func (e *environment) put(groupID, id string, rec record) error {
	g, ok := e.Groups[groupID]
	if !ok || g.Instances[id] == nil {
		return lockstep.Errorf(lockstep.CodeNotFound, "instance %s is not wanted any more", id)
	}
	rec.Leaving = rec.Leaving || g.Instances[id].Leaving
	g.Instances[id] = &rec
	return nil
}

// update changes the record and has it written when the disk takes it.
func (i *instance) update(change func(*record)) {
	i.mu.Lock()
	change(&i.rec)
	rec := i.rec
	i.mu.Unlock()
	i.a.store.note(i.env, i.id, func(e *environment) { _ = e.put(i.group.ID, i.id, rec) }) // not wanted: nothing to note
}

// because notes why an instance could not be launched. A reason without a
// code is for the log as well: it says something about this machine.
func (i *instance) because(err error) {
	var coded *lockstep.Error
	if !errors.As(err, &coded) {
		i.a.log.Error("cannot launch an instance", slog.String("instance", i.id), slog.Any("error", err))
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.reason = "cannot be launched: " + err.Error()
}
