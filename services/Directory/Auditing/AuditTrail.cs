using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Directory.Storage;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ServiceDefaults;
using ServiceDefaults.AppendOnly;
using ServiceDefaults.Messaging;
using ServiceDefaults.SignIn;

namespace Directory.Auditing;

/// <summary>Who acts, and from where; and why, if that is the same for a series of acts.</summary>
public sealed record Caller(string Actor, string? FromAddress, string? Reason = null)
{
    /// <summary>What limits count.</summary>
    public string Network => CallerNetwork.Of(IPAddress.TryParse(FromAddress, out var address) ? address : null);

    /// <summary>What the platform does by itself.</summary>
    public static Caller System { get; } = new(Outbox.System, null);

    /// <summary>Who has not signed in, or tries to.</summary>
    private const string Anonymous = "anonymous";

    public static ValueTask<Caller> BindAsync(HttpContext context) => ValueTask.FromResult(new Caller(
        context.User.Identity is { IsAuthenticated: true } ? context.User.Actor : Anonymous, context.Connection.RemoteIpAddress?.ToString()));
}

/// <summary>An administrative act (DIR-9). Append-only.</summary>
internal sealed class AuditEntry
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required DateTimeOffset At { get; init; }
    public required string Actor { get; init; }
    public required string Act { get; init; }
    public required string SubjectKind { get; init; }
    public required Guid SubjectId { get; init; }
    public required byte[] Commitment { get; init; }
    public AuditContent? Content { get; init; }
}

/// <summary>What the act changed; holds personal data, so that the law can ask for its erasure.</summary>
internal sealed class AuditContent
{
    public Guid EntryId { get; init; }
    public required byte[] Salt { get; init; }
    public string? Before { get; init; }
    public string? After { get; init; }
    public string? Reason { get; init; }
    public string? FromAddress { get; init; }
}

internal static class AuditTrail
{
    /// <summary>The verifier's view of an entry, in the order of <see cref="Write"/>.</summary>
    public static SealedKind Kind { get; } = new("audit-entry", """
        select e.id, e.commitment, c.salt, convert_to((extract(epoch from e.at) * 1000000)::bigint::text, 'UTF8') as at,
          convert_to(e.actor, 'UTF8') as actor, convert_to(e.act, 'UTF8') as act, convert_to(e.subject_kind, 'UTF8') as subject_kind,
          convert_to(e.subject_id::text, 'UTF8') as subject_id, convert_to(c.before::text, 'UTF8') as before, convert_to(c.after::text, 'UTF8') as after,
          convert_to(c.reason, 'UTF8') as reason, convert_to(c.from_address, 'UTF8') as from_address
        from audit_entry e left join audit_content c on c.entry_id = e.id
        """);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes the act into the trail, with the save that does the act.</summary>
    /// <param name="db">The context of the act.</param>
    /// <param name="caller">Who acts.</param>
    /// <param name="act">Name of the slice.</param>
    /// <param name="subject">What is acted upon: its kind and id.</param>
    /// <param name="before">What changed, as it was; null for something new.</param>
    /// <param name="after">What changed, as it is.</param>
    /// <param name="reason">Why, in the words of the administrator.</param>
    public static void Write(
        this DirectoryDb db, Caller caller, string act, (string Kind, Guid Id) subject, object? before, object? after, string? reason = null)
    {
        var entry = db.EntryOf(caller, act, subject, before, after, reason);
        db.Add(entry);
        db.Seal(Kind.Kind, entry.Id, entry.Commitment);
    }

    /// <summary>The same, for who writes many at once.</summary>
    public static AuditEntry EntryOf(
        this DirectoryDb db, Caller caller, string act, (string Kind, Guid Id) subject, object? before, object? after, string? reason = null)
    {
        var now = db.GetService<TimeProvider>().GetUtcNow();
        var microseconds = now.UtcTicks / TimeSpan.TicksPerMicrosecond - DateTimeOffset.UnixEpoch.Ticks / TimeSpan.TicksPerMicrosecond;
        var content = new AuditContent
        {
            Salt = Commitment.NewSalt(),
            Before = before is null ? null : JsonSerializer.Serialize(before, Json),
            After = after is null ? null : JsonSerializer.Serialize(after, Json),
            Reason = reason ?? caller.Reason,
            FromAddress = caller.FromAddress,
        };
        return new()
        {
            // What the database keeps of a time.
            At = DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond),
            Actor = caller.Actor,
            Act = act,
            SubjectKind = subject.Kind,
            SubjectId = subject.Id,
            Content = content,
            Commitment = Commitment.Of(
                content.Salt, Text(microseconds.ToString(System.Globalization.CultureInfo.InvariantCulture)), Text(caller.Actor), Text(act),
                Text(subject.Kind), Text(subject.Id.ToString()), Text(content.Before), Text(content.After), Text(content.Reason), Text(content.FromAddress)),
        };
    }

    private static byte[]? Text(string? part) => Commitment.Text(part);
}
