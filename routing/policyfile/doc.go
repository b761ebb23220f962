// Package policyfile reads routing policies from files: the JSON of djmessenger, and
// the same tree in YAML.
//
//	routers:
//	  - type: SIMPLE_TEXT
//	    handlers:
//	      - name: SimpleText
//	        args: {pattern: "hi|hello"}
//	        senders:
//	          - {name: SimpleMessage, args: {text: "Hello, %{first_name|there}!"}}
//
// A [Registry] says what the names stand for. [BuiltIn] knows what this library has,
// and the classes of djmessenger; [Handler], [Sender] and [Condition] register what a
// program has of its own. Nothing is made by a name that the program did not register.
//
// # Arguments
//
// The arguments are decoded into a struct, strictly: an unknown field, a wrong type and
// a missing required field are mistakes. A field is named as its json tag says, or else
// in snake_case. Further tags:
//
//	Text  string        `required:"true"`
//	Size  string        `oneof:"S,M,L"`
//	Wait  time.Duration `doc:"How long to wait."` // in the file: "1m30s"
//
// Its type may be anything that encoding/json decodes, and sending.Sender,
// handling.Handler or routing.Condition, which are written with their own name and args.
//
// # Mistakes
//
// All mistakes of a file are reported together, as [Mistakes], each with its line, its
// column, its place in the tree and the nearest known name. Files are bounded in size,
// depth and values; see [MaxSize].
//
// # Tools
//
// [Registry.Schema] makes a JSON Schema for editors, [Registry.Dump] writes a policy
// back, and package command has the commands that do both from a shell. docs/policy.md
// is the guide, with the way from djmessenger.
package policyfile
