using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Broadcast.Storage;
using ServiceDefaults;

namespace Broadcast.Examination;

/// <summary>
/// What the examiner signs: SHA-256 over everything that reaches anybody, in one canonical form. Members stand in this order, those of the audience and the invitation by
/// name, since jsonb keeps no order; times are UTC in microseconds. Whoever recomputes it needs nothing but the rows.
/// </summary>
internal static class ContentHash
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="broadcast">Kind, emergency and subject.</param>
    /// <param name="revision">Everything else.</param>
    /// <param name="listHash">Of the recipients; <see cref="Revision.ListHash"/> as the rows give it now.</param>
    public static byte[] Of(BroadcastMessage broadcast, Revision revision, byte[] listHash)
    {
        var canonical = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(canonical, Plain))
        {
            json.WriteStartObject();
            json.WriteString("broadcast", broadcast.Id);
            json.WriteNumber("revision", revision.No);
            json.WriteString("kind", broadcast.Kind.ToString());
            json.WriteBoolean("emergency", broadcast.IsEmergency);
            json.WriteString("subject", broadcast.Subject);
            json.WriteString("text", revision.Text.Normalize(NormalizationForm.FormC));
            json.WriteString("senderId", revision.SenderId);
            json.WriteString("channel", revision.Channel);
            WriteTime(json, "sendAt", revision.SendAt);
            json.WriteNumber("lateAfterMinutes", revision.LateAfterMinutes);
            WriteTime(json, "validUntil", revision.ValidUntil);
            json.WritePropertyName("invitation");
            Write(json, revision.Invitation);
            json.WriteString("answers", revision.Answers.ToString());
            json.WritePropertyName("audience");
            Write(json, revision.Audience);
            json.WriteBoolean("withArrivals", revision.WithArrivals);
            json.WriteString("list", Convert.ToHexString(listHash));
            json.WriteEndObject();
        }

        return SHA256.HashData(canonical.WrittenSpan);
    }

    private static void WriteTime(Utf8JsonWriter json, string name, DateTimeOffset? time)
    {
        if (time is { } at)
            json.WriteString(name, at.ToUniversalTime().InMicroseconds.UtcDateTime);
        else
            json.WriteNull(name);
    }

    private static void Write(Utf8JsonWriter json, string? document)
    {
        using var parsed = JsonDocument.Parse(document ?? "null");
        Write(json, parsed.RootElement);
    }

    private static void Write(Utf8JsonWriter json, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in element.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in element.EnumerateArray())
                    Write(json, item);
                json.WriteEndArray();
                break;
            default:
                element.WriteTo(json);
                break;
        }
    }
}
