package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func post(t *testing.T, url, kind, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url+"/api/orders", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	status, answer, _ := send(t, req)
	return status, answer
}

func TestPlacingOrders(t *testing.T) {
	t.Parallel()
	const asJSON = "application/json"
	for name, tc := range map[string]struct {
		kind, body string
		status     int
		says       string
	}{
		"good":            {asJSON, `{"item":" Croissant ","quantity":2}`, 201, `"item":"Croissant"`},
		"good, charset":   {asJSON + "; charset=utf-8", `{"item":"Tea","quantity":1}`, 201, `"version":"1.2.3"`},
		"empty":           {asJSON, ``, 400, "not the JSON expected"},
		"not JSON":        {asJSON, `item=tea`, 400, "not the JSON expected"},
		"wrong type":      {asJSON, `{"item":"Tea","quantity":"two"}`, 400, "quantity"},
		"unknown field":   {asJSON, `{"item":"Tea","quantity":1,"price":0}`, 400, "price"},
		"no item":         {asJSON, `{"item":"  ","quantity":1}`, 400, `"field":"item"`},
		"long item":       {asJSON, `{"item":"` + strings.Repeat("é", 81) + `","quantity":1}`, 400, `"field":"item"`},
		"none":            {asJSON, `{"item":"Tea"}`, 400, `"field":"quantity"`},
		"too many":        {asJSON, `{"item":"Tea","quantity":101}`, 400, `"field":"quantity"`},
		"two orders":      {asJSON, `{"item":"Tea","quantity":1}{"item":"Tea","quantity":1}`, 400, "one order a request"},
		"too large":       {asJSON, `{"item":"` + strings.Repeat("x", 5000) + `"}`, 413, "4096 bytes"},
		"too large after": {asJSON, `{"item":"Tea","quantity":1}` + strings.Repeat(" ", 5000), 413, "4096 bytes"},
		"a form":          {"application/x-www-form-urlencoded", `item=tea`, 415, "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url, api, _ := startBackend(t, none)
			status, answer := post(t, url, tc.kind, tc.body)
			if status != tc.status || !strings.Contains(answer, tc.says) {
				t.Errorf("= %d %s, want %d with %q", status, answer, tc.status, tc.says)
			}
			if _, total := api.orders.newest(1); (total == 1) != (tc.status == 201) {
				t.Errorf("%d orders were taken", total)
			}
		})
	}
}

func TestOrdersAreListedNewestFirstAndBounded(t *testing.T) {
	t.Parallel()
	url, api, _ := startBackend(t, none)
	if _, body, _ := get(t, url+"/api/orders"); !strings.Contains(body, `"orders":[]`) {
		t.Errorf("no orders = %s, want an empty list and not null", body)
	}
	const placed = keptOrders + 50
	for i := range placed {
		api.orders.add(order{Item: fmt.Sprint(i + 1), Quantity: 1})
	}
	if len(api.orders.kept) != keptOrders {
		t.Errorf("%d orders are kept, want %d", len(api.orders.kept), keptOrders)
	}
	_, body, _ := get(t, url+"/api/orders")
	var got struct {
		Orders []order
		Total  int
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Total != placed || len(got.Orders) != listedOrders || got.Orders[0].ID != placed || got.Orders[1].ID != placed-1 {
		t.Errorf("listed %d of %d, first %+v", len(got.Orders), got.Total, got.Orders[0])
	}
}
