// Package attachment names the types of attachment, one list for both directions: receiving.Attachment has the type of
// what a person sent, sending.Media and handling.File take the type of what to send, and graph.Client.Upload of what to
// keep for reuse. So a bot can send on what it has received.
//
// https://developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages#attachments
package attachment
