using System.Runtime.InteropServices;
using System.Text.Json;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Providers.Infobip;

/// <summary>
/// Infobip's inbound SMS: a batch of results as JSON, with Basic authentication (infobip.com/docs/api, "Receive inbound SMS messages"). Long messages come joined.
/// </summary>
internal sealed class InfobipSms : IInboundProvider
{
    public ProviderType Type => ProviderType.Infobip;

    public Reading Read(ChannelOptions channel, WebhookCall call, DateTimeOffset now) =>
        BasicCredentials.IsValid(call.Headers.Authorization, channel.User, channel.SecretsAt(now)) ? Read(call.Body, call.ContentType) : new Reading.Unauthentic("credentials");

    public IResult Answer(bool isDuplicate) => TypedResults.StatusCode(StatusCodes.Status200OK);

    /// <summary>The results of a call, or of an answer of the list, which has the same form.</summary>
    public static Reading Read(byte[] body, string? contentType)
    {
        using var json = Fields.Json(body, contentType);
        if (json?.RootElement is not { ValueKind: JsonValueKind.Object } root || !root.TryGetProperty("results", out var results) || results.ValueKind != JsonValueKind.Array)
            return new Reading.Malformed("results");
        var (messages, refused) = (new List<IncomingSms>(), new List<RefusedSms>());
        foreach (var result in results.EnumerateArray())
        {
            var raw = JsonMarshal.GetRawUtf8Value(result).ToArray();
            var sms = Message(result, raw);
            if ((sms is null ? "messageId, from, to or text" : Fields.Fault(sms)) is { } fault)
                refused.Add(new(fault, raw));
            else
                messages.Add(sms!);
        }

        // One odd message is ours to look at. When none can be read it is the contract that has changed: then the provider keeps them for us.
        return messages.Count == 0 && refused.Count > 0 ? new Reading.Malformed(refused[0].Reason) : new Reading.Accepted(messages, refused);
    }

    private static IncomingSms? Message(JsonElement result, byte[] raw) =>
        result.Text("messageId") is { } id && result.Text("from") is { } from && result.Text("to") is { } to && result.Words("text") is { } text
            ? new("", id, from, to, text, Fields.IsoTime(result.Text("receivedAt")), raw)
            : null;
}
