using Microsoft.EntityFrameworkCore;
using Notification.Operating;
using Notification.Storage;

namespace Notification.Providers;

/// <summary>Providers to which nothing goes at the moment, on any instance: they throttle, or somebody has stopped them. What was moved there would wait for them.</summary>
internal static class ClosedRoutes
{
    public static async Task<IReadOnlySet<string>> ClosedRoutesAsync(this NotificationDb db, DateTimeOffset now, CancellationToken stop) =>
        (await db.Database.SqlQuery<string>($"""
            select channel as "Value" from route where blocked_until > {now} union select name from pause where kind = {nameof(PauseKind.Provider)}
            """).ToListAsync(stop)).ToHashSet(StringComparer.Ordinal);
}
