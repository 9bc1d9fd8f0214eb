package cli

import "testing"

// A number that somebody writes reaches programs as it was written.
func TestEditedNumbersStayAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	before := map[string]any{"variables": map[string]any{"SAME": "1.10", "ONE": "x"}}
	_, changes, err := edits(before, "general: {region: eu}\nvariables:\n  SAME: 1.10\n  ONE: 2.50\n  LONG: 12345678901234567890123\n  backend/CODE: 0123\n  ON: true\n")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range changes {
		got[c.Slot()] = *c.Value
	}
	want := map[string]string{"ONE": "2.50", "LONG": "12345678901234567890123", "backend/CODE": "0123", "ON": "true"}
	for slot, value := range want {
		if got[slot] != value {
			t.Errorf("%s is %q, want %q", slot, got[slot], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("changes %v", got)
	}
}
