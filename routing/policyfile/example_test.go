package policyfile_test

import (
	"context"
	"fmt"
	"testing/fstest"

	"github.com/djmessenger/messenger/handling"
	"github.com/djmessenger/messenger/receiving"
	"github.com/djmessenger/messenger/routing/policyfile"
	"github.com/djmessenger/messenger/sending"
)

func Example() {
	type statusArgs struct {
		Greeting string `doc:"What the answer begins with." required:"true"`
	}
	reg := policyfile.BuiltIn()
	policyfile.Handler(reg, "shop.OrderStatus", func(args statusArgs) (handling.Handler, error) {
		return handling.Func(func(ctx context.Context, _ *receiving.Event, reply *sending.Replier) error {
			return reply.Reply(ctx, sending.Text(args.Greeting+", your order is on its way."))
		}), nil
	}, policyfile.Alias("mybot.handlers.OrderStatusHandler"))

	files := fstest.MapFS{ // or os.DirFS, or an embed.FS
		"policy.yaml": {Data: []byte(`
routers:
  - type: SIMPLE_TEXT
    handlers:
      - name: mybot.handlers.OrderStatusHandler
        args: {greeting: Hello}
`)},
		"broken.json": {Data: []byte(`{
  "routers": [
    {"type": "SIMPLE_TEXT", "handlers": [{"name": "shop.OrderStats", "args": {}}]},
    {"type": "STIKER", "handlers": []}
  ]
}`)},
	}
	policy, err := reg.Load(files, "policy.yaml")
	fmt.Println(len(policy[receiving.TypeSimpleText]), policy[receiving.TypeSimpleText][0].Origin, err)

	_, err = reg.Load(files, "broken.json")
	fmt.Println(err)
	// Output:
	// 1 policy.yaml:5:9 <nil>
	// broken.json:3:51: routers[0].handlers[0].name: "shop.OrderStats" is not registered as a handler; the nearest is shop.OrderStatus
	// broken.json:4:14: routers[1].type: no such receiving type: "STIKER"; the nearest is STICKER
}
