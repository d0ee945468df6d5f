using System.Globalization;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.AppendOnly;

namespace Notification.Storage;

/// <summary>One line of the history of an e-mail; append-only and sealed.</summary>
internal sealed class EmailEvent
{
    private const string Kind = "email";

    public long Seq { get; private init; }
    public Guid Id { get; private init; }
    public Guid EmailId { get; private init; }
    public DateTimeOffset At { get; private init; }
    public string Source { get; private init; } = "";
    public string Code { get; private init; } = "";
    public SmsState Told { get; private init; }
    public string? Reason { get; private init; }
    public EvidenceEffect Effect { get; private init; }
    public byte[] Salt { get; private init; } = [];
    public byte[] Commitment { get; private init; } = [];

    public static SealedKind Sealed { get; } = new(Kind, """
        select id, commitment, salt, convert_to(email_id::text, 'UTF8'), convert_to(source, 'UTF8'), convert_to(code, 'UTF8'), convert_to(told, 'UTF8'),
               convert_to(reason, 'UTF8'), convert_to(effect, 'UTF8'), convert_to((extract(epoch from at) * 1000000)::bigint::text, 'UTF8')
        from email_event
        """);

    public static void Append(DbContext db, Email email, Evidence evidence, EvidenceEffect effect, DateTimeOffset now)
    {
        var salt = ServiceDefaults.AppendOnly.Commitment.NewSalt();
        var at = ((now.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond).ToString(CultureInfo.InvariantCulture);
        var row = new EmailEvent
        {
            Id = Guid.CreateVersion7(now),
            EmailId = email.Id,
            At = now,
            Source = evidence.Source,
            Code = evidence.Code,
            Told = evidence.Told,
            Reason = evidence.Reason,
            Effect = effect,
            Salt = salt,
            Commitment = ServiceDefaults.AppendOnly.Commitment.Of(salt, Text(email.Id.ToString()), Text(evidence.Source), Text(evidence.Code),
                Text(evidence.Told.ToString()), Text(evidence.Reason), Text(effect.ToString()), Text(at)),
        };
        db.Add(row);
        db.Seal(Kind, row.Id, row.Commitment);
    }

    private static byte[]? Text(string? part) => ServiceDefaults.AppendOnly.Commitment.Text(part);
}
