using System.Text.Json;
using InboundSms.Receive.UserData;
using ServiceDefaults.Webhooks;

namespace InboundSms.Receive.Providers.Generic;

/// <summary>
/// The platform's own contract for providers without one: Standard Webhooks headers over
/// <c>{"type":"sms.masuk","timestamp":"…Z","data":{"id","dari","ke","teks","diterimaPada"?,"bagian":{"ref","total","nomor"}?}}</c>. Field names are published and stay.
/// A gateway that decodes nothing sends <c>"biner":{"udh"?,"isi","kode":"gsm7"|"ucs2"}</c> in the place of <c>teks</c>: octets of header and user data as hex, septets packed.
/// </summary>
internal sealed class GenericSms : IInboundProvider
{
    public ProviderType Type => ProviderType.Generic;

    public Reading Read(ChannelOptions channel, WebhookCall call, DateTimeOffset now)
    {
        var isValid = StandardWebhooks.IsValid(channel.SecretsAt(now), call.Headers[StandardWebhooks.IdHeader], call.Headers[StandardWebhooks.TimestampHeader],
            call.Headers[StandardWebhooks.SignatureHeader], call.Body, now);
        if (!isValid)
            return new Reading.Unauthentic("signature");
        using var json = Fields.Json(call.Body, call.ContentType);
        if (json is null)
            return new Reading.Malformed("JSON");
        if (json.RootElement.Text("type") != "sms.masuk" || !json.RootElement.TryGetProperty("data", out var data))
            return new Reading.Malformed("type or data");
        if (data.Text("id") is not { } id || data.Text("dari") is not { } from || data.Text("ke") is not { } to || TextOf(data) is not (var text, var bytes))
            return new Reading.Malformed("data.id, data.dari, data.ke or data.teks");
        var isPart = data.TryGetProperty("bagian", out var bagian) && bagian.ValueKind != JsonValueKind.Null;
        var part = isPart ? Fields.Part(bagian.Text("ref"), bagian.Number("total"), bagian.Number("nomor")) : null;
        if (isPart && part is null)
            return new Reading.Malformed("data.bagian");
        return Fields.Checked(new("", id, from, to, text, Fields.IsoTime(data.Text("diterimaPada")), call.Body) { Part = part, Bytes = bytes });
    }

    public IResult Answer(bool isDuplicate) => TypedResults.Json(new { status = isDuplicate ? "duplikat" : "diterima" });

    private static (string Text, SmsBytes? Bytes)? TextOf(JsonElement data)
    {
        if (data.Words("teks") is { } text)
            return (text, null);
        SmsCoding? coding = data.TryGetProperty("biner", out var binary) ? binary.Text("kode") switch { "gsm7" => SmsCoding.Gsm7, "ucs2" => SmsCoding.Ucs2, _ => null } : null;
        return coding is not null && Fields.Bytes(binary.Text("udh"), binary.Text("isi"), coding.Value) is { } bytes ? ("", bytes) : null;
    }
}
