using Contracts.Directory;
using Directory.Storage;
using MassTransit;
using Microsoft.EntityFrameworkCore;

namespace Directory.Copies;

/// <summary>Notes that a copy wants everything; <see cref="SendSnapshots"/> does the rest. The queue's name says what it may have.</summary>
internal sealed partial class StartSnapshot(DirectoryDb db, TimeProvider clock, ILogger<StartSnapshot> log) : IConsumer<SendSnapshot>
{
    // Phone numbers are sent where notices leave from and where a broadcast's list is frozen (KOR 10a), and nowhere else, whoever asks.
    private static readonly string[] _contactQueues = ["notification-keep-contact", "broadcast-keep-contact"];
    private const string OrganisationQueues = "-keep-organisation";

    /// <summary>The kinds for a queue, in their order; none for a queue that keeps no copy.</summary>
    public static IReadOnlyList<CopiedKind> KindsFor(string queue) =>
        _contactQueues.Contains(queue, StringComparer.Ordinal) ? [CopiedKind.Contact]
        : queue.EndsWith(OrganisationQueues, StringComparison.Ordinal) ?
            [CopiedKind.Unit, CopiedKind.Position, CopiedKind.Assignment, CopiedKind.Official, CopiedKind.GrantedRoles]
        : [];

    public async Task Consume(ConsumeContext<SendSnapshot> context)
    {
        var queue = context.Message.Queue;
        if (KindsFor(queue) is not [var first, ..])
        {
            Refused(log);
            return;
        }

        var kind = first.ToString();
        await db.Database.ExecuteSqlAsync($"""
            insert into snapshot (queue, kind, after_id, rows_sent, started_at) values ({queue}, {kind}, {Guid.Empty}, 0, {clock.GetUtcNow()})
            on conflict do nothing
            """, context.CancellationToken);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A snapshot was asked for a queue that keeps no copy")]
    private static partial void Refused(ILogger log);
}
