using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServiceDefaults;
using ServiceDefaults.AppendOnly;

namespace Broadcast.Storage;

/// <summary>What happened and what was decided, each row with the save that makes it true, and handed to the sealer in it.</summary>
internal static class SealedHistory
{
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Into the history of the broadcast, in the save that does it.</summary>
    public static void Record(this BroadcastDb db, BroadcastMessage broadcast, string kind, string actor, DateTimeOffset at, object? details = null)
    {
        // What PostgreSQL keeps of a time: the commitment must be over what is kept.
        at = at.ToUniversalTime().InMicroseconds;
        var (id, salt) = (Guid.CreateVersion7(at), Commitment.NewSalt());
        var text = details is null ? null : JsonSerializer.Serialize(details, Json);
        var commitment = Commitment.Of(salt, Bytes(broadcast.Id), Commitment.Text(kind), Commitment.Text(actor), Number(broadcast.Revision), Commitment.Text(text), Microseconds(at));
        db.Events.Add(new()
        {
            Id = id,
            BroadcastId = broadcast.Id,
            Kind = kind,
            Actor = actor,
            Revision = broadcast.Revision,
            Details = text,
            At = at,
            Salt = salt,
            Commitment = commitment,
        });
        db.Seal(BroadcastEvent.SealKind, id, commitment);
    }

    /// <summary>Keeps what an examiner said.</summary>
    public static void Decide(this BroadcastDb db, Decision decision)
    {
        decision.Commitment = Commitment.Of(decision.Salt, Bytes(decision.BroadcastId), Number(decision.Revision), Commitment.Text(decision.Outcome.ToString()), decision.SignedHash,
            decision.OfficialId is { } official ? Bytes(official) : null, Commitment.Text(decision.Actor), Commitment.Text(decision.ActedAs),
            decision.MandateId is { } mandate ? Bytes(mandate) : null, Commitment.Text(decision.Checklist), Commitment.Text(decision.Reason), Microseconds(decision.At));
        db.Decisions.Add(decision);
        db.Seal(Decision.SealKind, decision.Id, decision.Commitment);
    }

    private static byte[] Bytes(Guid id) => id.ToByteArray(bigEndian: true);

    private static byte[]? Number(long number) => Commitment.Text(number.ToString(CultureInfo.InvariantCulture));

    private static byte[]? Microseconds(DateTimeOffset at) => Number((at - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
}
