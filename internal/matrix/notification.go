package matrix

import "github.com/lockstep-dev/lockstep"

// What a list of channels may be.
const (
	maxChannels = 20
	maxChannel  = 200
)

// notificationKeys are those of environments.<name>.notifications.
var notificationKeys = keys[[]word]{
	{"channels", func(v value, channels *[]word) {
		words := v.set(value.channel)
		if len(words) > maxChannels {
			v.wrong("", "%d channels are more than %d", len(words), maxChannels)
			return
		}
		*channels = words
	}},
}

func (v value) channel() (string, bool) {
	s, ok := v.filled()
	if ok && len(s) > maxChannel {
		v.wrong("", "a channel is at most %d bytes long", maxChannel)
		return "", false
	}
	return s, ok
}

func notifications(channels []word) (out lockstep.Notifications) {
	if len(channels) > 0 {
		out.Channels = texts(channels)
	}
	return out
}

func notificationTree(n lockstep.Notifications) branch {
	b := branch{}
	b.put("channels", anyList(n.Channels))
	return b
}
