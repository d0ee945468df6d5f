using System.Globalization;
using System.Text.Json;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Providers;

/// <summary>
/// The platform's own contract for providers without one: Standard Webhooks headers over
/// <c>{"type":"sms.masuk","timestamp":"…Z","data":{"id","dari","ke","teks","diterimaPada"?}}</c>. Field names are published and stay.
/// </summary>
internal sealed class Generic : IInboundProvider
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    public ProviderType Type => ProviderType.Generic;

    public Reading Read(ChannelOptions channel, WebhookCall call, DateTimeOffset now)
    {
        var isValid = StandardWebhooks.IsValid(channel.Secrets, call.Headers[StandardWebhooks.IdHeader], call.Headers[StandardWebhooks.TimestampHeader],
            call.Headers[StandardWebhooks.SignatureHeader], call.Body, now);
        if (!isValid)
            return new Reading.Unauthentic("signature");
        if (Fields.Utf8(call.Body) is null)
            return new Reading.Malformed("UTF-8");
        try
        {
            using var json = JsonDocument.Parse(call.Body, Strict);
            return Read(json.RootElement, call.Body);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: half a surrogate pair, which no text can hold.
            return new Reading.Malformed("JSON");
        }
    }

    public IResult Answer(bool isDuplicate) => TypedResults.Json(new { status = isDuplicate ? "duplikat" : "diterima" });

    private static Reading Read(JsonElement root, byte[] raw)
    {
        if (Text(root, "type") != "sms.masuk" || !root.TryGetProperty("data", out var data))
            return new Reading.Malformed("type or data");
        return Text(data, "id") is { } id && Text(data, "dari") is { } from && Text(data, "ke") is { } to && Text(data, "teks") is { } text
            ? Fields.Checked(new("", id, from, to, text, Time(Text(data, "diterimaPada")), raw))
            : new Reading.Malformed("data.id, data.dari, data.ke or data.teks");
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static DateTimeOffset? Time(string? iso) =>
        DateTimeOffset.TryParse(iso, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
}
