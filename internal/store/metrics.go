package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// FramesUntil is the number of the newest frame of a host that is kept; 0
// before the first.
func (s *Store) FramesUntil(ctx context.Context, host string) (seq int64, err error) {
	err = s.View(ctx, func(tx *Tx) error {
		seq, err = tx.framesUntil(host)
		return err
	})
	return seq, within(err, "figures of host %s", host)
}

func (tx *Tx) framesUntil(host string) (int64, error) {
	seq, err := queryOne(tx, scanNumber, "SELECT seq FROM metric_cursors WHERE host_id = $1"+tx.lockRow("metric_cursors"), host)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return seq, err
}

// AddFrame adds what a host's agent saw, once: a frame that is not newer than
// FramesUntil changes nothing. Environments that are not there any more are
// left out.
func (s *Store) AddFrame(ctx context.Context, host string, frame lockstep.Frame) error {
	err := s.Update(ctx, func(tx *Tx) error {
		if _, err := tx.exec("INSERT INTO metric_cursors (host_id, seq) VALUES ($1, 0) ON CONFLICT (host_id) DO NOTHING", host); err != nil {
			return err
		}
		seq, err := tx.framesUntil(host)
		if err != nil || frame.Seq <= seq {
			return err
		}
		for id, figures := range frame.Environments {
			known, err := queryAll(tx, scanText, "SELECT id FROM environments WHERE id = $1", id)
			if err != nil {
				return err
			}
			if len(known) == 0 {
				continue
			}
			for _, step := range []time.Duration{lockstep.FigureMinute, lockstep.FigureQuarter} {
				row := lockstep.FiguresRow{At: frame.From.Truncate(step), Covered: frame.Until.Sub(frame.From), EnvironmentFigures: figures}
				if err := tx.addFigures(id, step, row); err != nil {
					return err
				}
			}
		}
		_, err = tx.exec("UPDATE metric_cursors SET seq = $1 WHERE host_id = $2", frame.Seq, host)
		return err
	})
	return within(err, "figures of host %s", host)
}

// addFigures adds to a step what was seen of it.
func (tx *Tx) addFigures(environmentID string, step time.Duration, row lockstep.FiguresRow) error {
	before, err := queryOne(tx, scanFigures, selectFigures+" AND at = $3", environmentID, seconds(step), micros(row.At))
	switch {
	case err == nil:
		row = before.Plus(row)
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	_, err = tx.exec(`INSERT INTO environment_metrics (environment_id, step, at, covered, figures) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (environment_id, step, at) DO UPDATE SET covered = excluded.covered, figures = excluded.figures`,
		environmentID, seconds(step), micros(row.At), row.Covered.Milliseconds(), asJSON(row.EnvironmentFigures))
	return err
}

const selectFigures = "SELECT at, covered, figures FROM environment_metrics WHERE environment_id = $1 AND step = $2"

func scanFigures(r row) (f lockstep.FiguresRow, err error) {
	var covered int64
	err = r.Scan(at(&f.At), &covered, fromJSON(&f.EnvironmentFigures))
	f.Covered = time.Duration(covered) * time.Millisecond
	return f, err
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// Figures are the rows of an environment that begin from one time on and
// before another, oldest first. Step is FigureMinute or FigureQuarter.
func (tx *Tx) Figures(environmentID string, step time.Duration, from, until time.Time) ([]lockstep.FiguresRow, error) {
	rows, err := queryAll(tx, scanFigures, selectFigures+" AND at >= $3 AND at < $4 ORDER BY at", environmentID, seconds(step), micros(from), micros(until))
	return rows, within(err, "figures of environment %s", environmentID)
}

// pruneFigures forgets rows that are older than is promised.
func (s *Store) pruneFigures(ctx context.Context) error {
	for step, kept := range map[time.Duration]time.Duration{
		lockstep.FigureMinute: lockstep.KeepMinutes, lockstep.FigureQuarter: lockstep.KeepQuarters,
	} {
		old := micros(s.now().Add(-kept))
		for more := true; more; {
			err := s.Update(ctx, func(tx *Tx) error {
				ends, err := queryAll(tx, scanNumber, "SELECT at FROM environment_metrics WHERE step = $1 AND at < $2 ORDER BY at LIMIT 1 OFFSET $3", seconds(step), old, pruneBatch)
				if err != nil {
					return err
				}
				until := old
				if more = len(ends) > 0; more {
					until = ends[0] + 1
				}
				_, err = tx.exec("DELETE FROM environment_metrics WHERE step = $1 AND at < $2", seconds(step), until)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}
