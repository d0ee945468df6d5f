using System.Globalization;
using System.Text.Json;
using InboundSms.Receive.UserData;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Providers.Vonage;

/// <summary>
/// Vonage's SMS API: the same parameters as a GET query, a form or JSON, as the account is set; each part of a long message is a call of its own
/// (developer.vonage.com, "Inbound SMS").
/// </summary>
internal sealed class VonageSms : IInboundProvider
{
    public ProviderType Type => ProviderType.Vonage;
    public bool TakesGet => true;

    public Reading Read(ChannelOptions channel, WebhookCall call, DateTimeOffset now)
    {
        // A name that comes twice would let the signature cover one value and us read the other.
        if (ParametersOf(call) is not { } fields || fields.DistinctBy(field => field.Key, StringComparer.Ordinal).Count() != fields.Count)
            return new Reading.Malformed("parameters");
        if (!VonageSignature.IsValid(channel.SecretsAt(now), channel.SignatureMethod!.Value, fields, now))
            return new Reading.Unauthentic("signature");
        if (fields.Value("messageId") is not { } id || fields.Value("msisdn") is not { } from || fields.Value("to") is not { } to)
            return new Reading.Malformed("messageId, msisdn or to");
        // A delivery report has a status and no type.
        var type = fields.Value("type");
        if (type is not ("text" or "unicode" or "binary") || fields.Value("status") is not null)
            return new Reading.Malformed("type");
        var bytes = type == "binary" ? Fields.Bytes(fields.Value("udh"), fields.Value("data"), SmsCoding.Unknown) : null;
        if (type == "binary" && bytes is null)
            return new Reading.Malformed("data or udh");
        var isPart = fields.Value("concat") == "true";
        return Fields.Checked(new(fields.Value("api-key") ?? channel.ListUser, id, from, to, fields.Value("text") ?? "", Time(fields.Value("message-timestamp")), call.Raw)
        {
            Part = isPart ? Fields.Part(fields.Value("concat-ref"), Fields.Number(fields.Value("concat-total")), Fields.Number(fields.Value("concat-part"))) : null,
            Bytes = bytes,
        });
    }

    public IResult Answer(bool isDuplicate) => TypedResults.StatusCode(StatusCodes.Status200OK);

    private static IReadOnlyList<KeyValuePair<string, string>>? ParametersOf(WebhookCall call)
    {
        if (call.IsGet || call.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) != true)
            return FormBody.Parse(call.Raw);
        using var json = Fields.Json(call.Body, call.ContentType);
        if (json?.RootElement.ValueKind != JsonValueKind.Object)
            return null;
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var member in json.RootElement.EnumerateObject())
        {
            var value = member.Value.ValueKind switch
            {
                JsonValueKind.String when member.Name == "text" => json.RootElement.Words("text"),
                JsonValueKind.String => json.RootElement.Text(member.Name),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => member.Value.GetRawText(),
                _ => null,
            };
            if (value is null)
                return null;
            fields.Add(new(member.Name, value));
        }

        return fields;
    }

    private static DateTimeOffset? Time(string? utc) => DateTimeOffset.TryParseExact(
        utc, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
