package lockstep

// Notifications says who is to hear of what happens in an environment. They
// are recorded, and kept with each deployment; nothing is sent yet.
type Notifications struct {
	Channels []string `json:"channels,omitempty"` // names, such as "#releases"; what they are is not settled here
}
