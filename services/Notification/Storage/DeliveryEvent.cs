using System.Globalization;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.AppendOnly;

namespace Notification.Storage;

/// <summary>Something said about an SMS.</summary>
/// <param name="Source">answer (of the provider to the handover), report, or service (ourselves).</param>
/// <param name="Channel">Who said it.</param>
/// <param name="Code">In the provider's own word.</param>
/// <param name="Told">What it means.</param>
/// <param name="Reason">Stable code of a failure.</param>
/// <param name="DoneAt">When it happened, as the provider has it.</param>
internal sealed record Evidence(string Source, string? Channel, string Code, SmsState Told, string? Reason = null, DateTimeOffset? DoneAt = null)
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    /// <summary>A provider's time in the future, or before the SMS existed, is replaced by the time at which we learnt of it.</summary>
    public DateTimeOffset PlausibleTime(DateTimeOffset createdAt, DateTimeOffset now) =>
        DoneAt is { } done && done >= createdAt - ClockSkew && done <= now + ClockSkew ? done : now;
}

internal enum EvidenceEffect
{
    None,
    Changed,
    Contradicts,
}

/// <summary>One line of the history of an SMS; append-only and sealed.</summary>
internal sealed class DeliveryEvent
{
    private const string Kind = "delivery";

    public long Seq { get; private init; }
    public Guid Id { get; private init; }
    public Guid SmsId { get; private init; }
    public DateTimeOffset At { get; private init; }
    public string Source { get; private init; } = "";
    public string? Channel { get; private init; }
    public string Code { get; private init; } = "";
    public SmsState Told { get; private init; }
    public string? Reason { get; private init; }
    public DateTimeOffset? DoneAt { get; private init; }
    public EvidenceEffect Effect { get; private init; }
    public byte[] Salt { get; private init; } = [];
    public byte[] Commitment { get; private init; } = [];

    public static SealedKind Sealed { get; } = new(Kind, """
        select id, commitment, salt, convert_to(sms_id::text, 'UTF8'), convert_to(source, 'UTF8'), convert_to(channel, 'UTF8'), convert_to(code, 'UTF8'),
               convert_to(told, 'UTF8'), convert_to(reason, 'UTF8'), convert_to(effect, 'UTF8'),
               convert_to((extract(epoch from at) * 1000000)::bigint::text, 'UTF8'), convert_to((extract(epoch from done_at) * 1000000)::bigint::text, 'UTF8')
        from delivery_event
        """);

    public static void Append(DbContext db, Sms sms, Evidence evidence, EvidenceEffect effect, DateTimeOffset now)
    {
        var salt = ServiceDefaults.AppendOnly.Commitment.NewSalt();
        var row = new DeliveryEvent
        {
            Id = Guid.CreateVersion7(now),
            SmsId = sms.Id,
            At = now,
            Source = evidence.Source,
            Channel = evidence.Channel,
            Code = evidence.Code,
            Told = evidence.Told,
            Reason = evidence.Reason,
            DoneAt = evidence.DoneAt,
            Effect = effect,
            Salt = salt,
            Commitment = ServiceDefaults.AppendOnly.Commitment.Of(salt, Text(sms.Id.ToString()), Text(evidence.Source), Text(evidence.Channel),
                Text(evidence.Code), Text(evidence.Told.ToString()), Text(evidence.Reason), Text(effect.ToString()), Microseconds(now), Microseconds(evidence.DoneAt)),
        };
        db.Add(row);
        db.Seal(Kind, row.Id, row.Commitment);
    }

    /// <summary>What PostgreSQL keeps of a time.</summary>
    private static byte[]? Microseconds(DateTimeOffset? time) => time is { } at
        ? Text(((at.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture))
        : null;

    private static byte[]? Text(string? part) => ServiceDefaults.AppendOnly.Commitment.Text(part);
}
