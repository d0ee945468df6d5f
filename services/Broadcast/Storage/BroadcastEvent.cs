using ServiceDefaults.AppendOnly;

namespace Broadcast.Storage;

/// <summary>Something happened to a broadcast; append-only and sealed, read by people and in its dossier.</summary>
public sealed class BroadcastEvent
{
    internal const string SealKind = "broadcast-event";

    public long Seq { get; private init; }
    public Guid Id { get; init; }
    public Guid BroadcastId { get; init; }
    /// <summary>Name of the operation or of what happened by itself.</summary>
    public string Kind { get; init; } = "";
    /// <summary>Account, or <c>system</c>.</summary>
    public string Actor { get; init; } = "";
    public int Revision { get; init; }
    /// <summary>As JSON; nothing personal but ids.</summary>
    public string? Details { get; init; }
    public DateTimeOffset At { get; init; }
    public byte[] Salt { get; init; } = [];
    public byte[] Commitment { get; init; } = [];

    /// <summary>The verifier's view, in the order of <see cref="SealedHistory.Record"/>.</summary>
    internal static SealedKind Sealed { get; } = new(SealKind, """
        select id, commitment, salt, uuid_send(broadcast_id) as broadcast_id, convert_to(kind, 'UTF8') as kind, convert_to(actor, 'UTF8') as actor,
          convert_to(revision::text, 'UTF8') as revision, convert_to(details::text, 'UTF8') as details, convert_to((extract(epoch from at) * 1000000)::bigint::text, 'UTF8') as at
        from broadcast_event
        """);
}
