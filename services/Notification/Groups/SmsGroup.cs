namespace Notification.Groups;

/// <summary>SMS that belong together, as they were told of last.</summary>
internal sealed class SmsGroup
{
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(10);
    /// <summary>Some can be handed over at any moment, and whoever ordered them waits for it to order more.</summary>
    private static readonly TimeSpan LongestWhileWaiting = TimeSpan.FromSeconds(5);
    /// <summary>It stands, as at night: each look counts all of the group.</summary>
    private static readonly TimeSpan LongestWhileStanding = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StandsAfter = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan NothingMoreAfter = TimeSpan.FromDays(30);

    public Guid Id { get; private init; }
    public bool IsHeld { get; private init; }
    public DateTimeOffset? WithdrawnAt { get; private init; }
    public long Version { get; private set; }
    public long Waiting { get; private set; }
    public long HandedOver { get; private set; }
    public long Uncertain { get; private set; }
    public long Delivered { get; private set; }
    public long Failed { get; private set; }
    public long Withdrawn { get; private set; }
    public DateTimeOffset MovedAt { get; private set; }
    public DateTimeOffset? NextLookAt { get; private set; }

    /// <summary>True when they are not as they were told. The longer nothing has moved, the later comes the next look.</summary>
    public bool Stands(GroupCounts counts, DateTimeOffset now)
    {
        var moved = counts != new GroupCounts(Id, Waiting, HandedOver, Uncertain, Delivered, Failed, Withdrawn);
        if (moved)
        {
            (_, Waiting, HandedOver, Uncertain, Delivered, Failed, Withdrawn) = counts;
            Version++;
            MovedAt = now;
        }

        var still = now - MovedAt;
        var longest = Waiting == 0 || IsHeld ? LongestRest : still < StandsAfter ? LongestWhileWaiting : LongestWhileStanding;
        NextLookAt = still > NothingMoreAfter ? null : now + (still / 10 < longest ? still / 10 : longest);
        return moved;
    }
}

/// <summary>How many of a group are where.</summary>
internal sealed record GroupCounts(Guid Id, long Waiting, long HandedOver, long Uncertain, long Delivered, long Failed, long Withdrawn);
