package main

import "testing"

func TestAnAddressThatListensCanBeCalled(t *testing.T) {
	t.Parallel()
	for listens, want := range map[string]string{
		"127.0.0.1:7420": "127.0.0.1:7420",
		"0.0.0.0:7420":   "127.0.0.1:7420",
		"[::]:7420":      "127.0.0.1:7420",
		"[::1]:7420":     "[::1]:7420",
		"10.0.0.7:7420":  "10.0.0.7:7420",
	} {
		if got := reachable(listens); got != want {
			t.Errorf("%s is called as %s, want %s", listens, got, want)
		}
	}
}
