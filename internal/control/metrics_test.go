package control

import (
	"testing"
	"time"

	"github.com/lockstep-dev/lockstep"
)

func TestARangeIsReadFromWhatIsKeptOfIt(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for _, c := range []struct{ length, step, wantStep, wantRows time.Duration }{
		{0, 0, 30 * time.Minute, lockstep.FigureQuarter},
		{time.Hour, 0, time.Minute, lockstep.FigureMinute},
		{2 * time.Hour, 0, 5 * time.Minute, lockstep.FigureMinute},
		{day, time.Minute, time.Minute, lockstep.FigureMinute},
		{day, time.Hour, time.Hour, lockstep.FigureQuarter},
		{7 * day, 0, 4 * time.Hour, lockstep.FigureQuarter},
		{30 * day, 0, 12 * time.Hour, lockstep.FigureQuarter},
	} {
		w, err := windowOf(c.length, c.step)
		if err != nil || w.step != c.wantStep || w.rows != c.wantRows {
			t.Errorf("%s in steps of %s: %+v, %v", c.length, c.step, w, err)
		}
	}
	for _, c := range [][2]time.Duration{
		{31 * day, 0}, {time.Second, 0}, {7 * day, 5 * time.Minute}, {time.Hour, 90 * time.Second}, {30 * day, lockstep.FigureQuarter},
	} {
		if _, err := windowOf(c[0], c[1]); lockstep.CodeOf(err) != lockstep.CodeInvalid {
			t.Errorf("%s in steps of %s: %v", c[0], c[1], err)
		}
	}
}
