package graph_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/djmessenger/messenger/graph"
	"github.com/djmessenger/messenger/secret"
)

func ExampleClient_Conversations() {
	client, done := exampleClient(`{"data":[{"id":"t_1","updated_time":"2022-07-12T19:11:07+0000","participants":{"data":[{"id":"2540","name":"Ada"}]}}]}`)
	defer done()

	query := graph.ConversationQuery{Platform: graph.PlatformMessenger, UserID: "2540"}
	for conversation, err := range client.Conversations(context.Background(), "1234", query) {
		fmt.Println(conversation.ID, conversation.Participants[0].Name, conversation.Updated.Format(time.DateOnly), err)
	}
	// Output: t_1 Ada 2022-07-12 <nil>
}

func ExampleClient_ConversationMessages() {
	client, done := exampleClient(`{"data":[{"id":"m_1","from":{"id":"2540"},"message":"Hello!"}]}`)
	defer done()

	for message, err := range client.ConversationMessages(context.Background(), "1234", "t_1") {
		fmt.Println(message.From.ID, message.Text, err)
	}
	// Output: 2540 Hello! <nil>
}

func ExampleClient_PrivateReply() {
	client, done := exampleClient(`{"recipient_id":"2540","message_id":"m_1"}`)
	defer done()

	comment := graph.PublicPost{CommentID: "1234_5678"}
	result, err := client.PrivateReply(context.Background(), "1234", comment, map[string]string{"text": "Thanks for asking!"})
	fmt.Println(result.MID, err)
	// Output: m_1 <nil>
}

func ExampleClient_PassThreadControl() {
	client, done := exampleClient(`{"success":true}`)
	defer done()

	// People at work go on in the page's inbox.
	fmt.Println(client.PassThreadControl(context.Background(), "1234", "2540", graph.InboxApp, "asked for a person"))
	// Output: <nil>
}

func ExampleClient_ThreadOwner() {
	client, done := exampleClient(`{"data":[{"thread_owner":{"app_id":"263902037430900"}}]}`)
	defer done()

	owner, err := client.ThreadOwner(context.Background(), "1234", "2540")
	fmt.Println(owner.AppID == graph.InboxApp, err)
	// Output: true <nil>
}

func ExampleClient_MessagingFeatureStatus() {
	client, done := exampleClient(`{"messaging_feature_status":{"hop_v2":true,"msgr_multi_app":true,"ig_multi_app":false},"id":"1234"}`)
	defer done()

	status, err := client.MessagingFeatureStatus(context.Background(), "1234")
	fmt.Println(status.HopV2, err)
	// Output: true <nil>
}

func ExampleClient_Moderate() {
	client, done := exampleClient(`{"success":"true"}`)
	defer done()

	fmt.Println(client.Moderate(context.Background(), "1234", []string{"2540"}, graph.BlockUser, graph.MoveToSpam))
	// Output: <nil>
}

func ExampleClient_AssignCustomLabel() {
	client, done := exampleClient(`{"id":"1001","success":true}`)
	defer done()

	ctx := context.Background()
	label, err := client.CreateCustomLabel(ctx, "1234", "VIP")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(label, client.AssignCustomLabel(ctx, "1234", label, "2540"))
	// Output: 1001 <nil>
}

func ExampleClient_LinkingPerson() {
	client, done := exampleClient(`{"id":"1234","recipient":"2540"}`)
	defer done()

	// The login page was opened with ?account_linking_token=…&redirect_uri=…
	fmt.Println(client.LinkingPerson(context.Background(), "1234", secret.New("ARQ")))
	// Output: 2540 <nil>
}

func ExampleClient_SetCustomUserSettings() {
	client, done := exampleClient(`{"result":"success"}`)
	defer done()

	menu := json.RawMessage(`[{"locale":"default","call_to_actions":[{"type":"postback","title":"My orders","payload":"ORDERS"}]}]`)
	fmt.Println(client.SetCustomUserSettings(context.Background(), "1234", "2540", menu))
	// Output: <nil>
}
