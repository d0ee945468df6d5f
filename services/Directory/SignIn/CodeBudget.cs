using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace Directory.SignIn;

/// <summary>Section <c>OneTimeCodes</c>: how often somebody may ask for a code. Each is an SMS that the city pays and a telephone that rings.</summary>
public sealed record OneTimeCodeOptions
{
    [System.ComponentModel.DataAnnotations.Range(1, 100)]
    public int PerLoginAndQuarterHour { get; init; } = 3;

    [System.ComponentModel.DataAnnotations.Range(1, 1000)]
    public int PerLoginAndDay { get; init; } = 10;

    /// <summary>An address, or a /64 of IPv6. An office can be one.</summary>
    [System.ComponentModel.DataAnnotations.Range(1, 100_000)]
    public int PerAddressAndHour { get; init; } = 100;
}

/// <summary>
/// Counts what was asked for from where, and what was sent for whom. A stranger who knows a login can use its budget up, for otherwise its telephone would ring all day;
/// but he keeps nobody out by it: the last code within the budget counts until there is room again (<see cref="TrySendAsync"/>), and it lies in the owner's telephone.
/// </summary>
public sealed class CodeBudget(DirectoryDb db, IOptions<OneTimeCodeOptions> options, TimeProvider clock)
{
    private (int Most, TimeSpan Within)[] PerLogin => [(options.Value.PerLoginAndQuarterHour, TimeSpan.FromMinutes(15)), (options.Value.PerLoginAndDay, TimeSpan.FromDays(1))];

    /// <summary>
    /// Notes the request, ready to be saved in the caller's transaction; false if its network has asked too often. What its login has used up is not looked at: the
    /// answer would tell when its owner has got in, and so that there is one.
    /// </summary>
    internal async Task<bool> TryAskAsync(OneTimeCodeRequest request, CancellationToken stop)
    {
        var (network, since) = (request.Network, request.RequestedAt.AddHours(-1));
        // Requests of one network queue up here: many at once are counted as many.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({network}, 1))", stop);
        if (await db.OneTimeCodeRequests.CountAsync(asked => asked.Network == network && asked.RequestedAt > since, stop) >= options.Value.PerAddressAndHour)
            return false;
        db.Add(request);
        return true;
    }

    /// <summary>
    /// Counts a code for its login, in the caller's transaction, in which others for that login wait; from when on another one may be sent. Null if there is no room now.
    /// </summary>
    internal async Task<DateTimeOffset?> TrySendAsync(OneTimeCodeRequest request, CancellationToken stop)
    {
        var (login, now) = (request.NormalizedUserLogin, clock.GetUtcNow());
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({login}, 2))", stop);
        if (await RoomAtAsync(login, now, stop) > now)
            return null;
        request.SentAt = now;
        await db.SaveChangesAsync(stop);
        return await RoomAtAsync(login, now, stop);
    }

    private async Task<DateTimeOffset> RoomAtAsync(string login, DateTimeOffset now, CancellationToken stop)
    {
        var room = now;
        foreach (var (most, within) in PerLogin)
        {
            // The one that must have left the window.
            var leaving = await db.OneTimeCodeRequests.Where(request => request.NormalizedUserLogin == login && request.SentAt != null)
                .OrderByDescending(request => request.SentAt).Skip(most - 1).Select(request => request.SentAt).FirstOrDefaultAsync(stop);
            if (leaving is { } sent && sent + within > room)
                room = sent + within;
        }

        return room;
    }
}
