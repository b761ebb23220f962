package chaos_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// person writes to a page.
type person struct {
	page, id string
	said     int   // numbers so far
	at       int64 // the time of the last message, in milliseconds
	// poison are messages to put in before the number that is the key.
	poison map[int]string
}

// next returns what the person writes next: a number, maybe poison before it.
func (p *person) next(verb string) []said {
	p.said++
	var messages []said
	for _, text := range []string{p.poison[p.said], fmt.Sprint(verb, " ", p.said)} {
		if text == "" {
			continue
		}
		p.at = max(p.at+1, time.Now().UnixMilli())
		messages = append(messages, said{p.page, p.id, text, p.at})
	}
	return messages
}

// numbers are what the person's list, and the replies to them, must be.
func (p *person) numbers() (list []int, replies []string) {
	for n := 1; n <= p.said; n++ {
		list = append(list, n)
		replies = append(replies, strconv.Itoa(n))
	}
	return list, replies
}

// crowd writes to the bot: people in groups, each with one poster.
type crowd struct {
	platform *platform
	replicas *replicas
	groups   [][]*person
	verb     string        // what people say their numbers with
	think    time.Duration // the longest pause between two callbacks of a group
	quiet    chan struct{} // closed when no further message will be written
	posters  sync.WaitGroup

	callbacks, repeated, refused atomic.Int64
}

// newCrowd makes groups of four people each, on four pages.
func newCrowd(p *platform, r *replicas, groups int, think time.Duration) *crowd {
	c := &crowd{verb: verbSay, platform: p, replicas: r, think: think, quiet: make(chan struct{})}
	for g := range groups {
		var group []*person
		for i := range 4 {
			group = append(group, &person{page: fmt.Sprint("10000000", i), id: fmt.Sprintf("7%03d%d", g, i), poison: map[int]string{}})
		}
		c.groups = append(c.groups, group)
	}
	return c
}

func (c *crowd) people() []*person { return slices.Concat(c.groups...) }

// run lets everybody write.
func (c *crowd) run(rng *rand.Rand) {
	for _, group := range c.groups {
		dice := rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64()))
		c.posters.Go(func() { c.write(group, dice) })
	}
}

// hush lets everybody finish what was begun, and waits for it.
func (c *crowd) hush() {
	close(c.quiet)
	c.posters.Wait()
}

// write posts callbacks for a group until it is quiet: messages of some of its
// people, shuffled, now and then twice, at once or later.
func (c *crowd) write(group []*person, dice *rand.Rand) {
	var old []byte
	for {
		select {
		case <-c.quiet:
			return
		case <-time.After(time.Duration(dice.Int64N(int64(c.think)))):
		}
		var messages []said
		for _, p := range group {
			for range dice.IntN(3) {
				messages = append(messages, p.next(c.verb)...)
			}
		}
		if len(messages) == 0 {
			continue
		}
		for _, m := range messages {
			if strings.HasPrefix(m.text, c.verb) {
				c.platform.want(1)
			}
		}
		dice.Shuffle(len(messages), func(i, j int) { messages[i], messages[j] = messages[j], messages[i] })
		body := callback(messages)
		var twin sync.WaitGroup
		if dice.IntN(5) == 0 {
			twin.Go(func() { c.deliver(body, 1) })
		}
		if old != nil && dice.IntN(10) == 0 {
			twin.Go(func() { c.deliver(old, 2) })
		}
		c.deliver(body, 0)
		c.callbacks.Add(1)
		c.platform.accept(messages)
		twin.Wait()
		if dice.IntN(4) == 0 {
			old = body
		}
	}
}

// deliver posts a callback until it is answered 200, to one replica after the
// other, as the platform would.
func (c *crowd) deliver(body []byte, offset int) {
	if offset > 0 {
		c.repeated.Add(1)
	}
	for try := offset; ; try++ {
		urls := c.replicas.all()
		if len(urls) > 0 {
			if post(urls[try%len(urls)], body) == 200 {
				return
			}
			c.refused.Add(1)
		}
		<-time.After(20*time.Millisecond + rand.N(60*time.Millisecond))
	}
}

// accept notes when callbacks were answered 200.
func (p *platform) accept(messages []said) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	for _, m := range messages {
		_, what, _ := strings.Cut(m.text, " ")
		p.accepted[m.person+" "+what] = now
	}
}
