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

    /// <summary>An office can be one address.</summary>
    [System.ComponentModel.DataAnnotations.Range(1, 100_000)]
    public int PerAddressAndHour { get; init; } = 100;
}

/// <summary>
/// Counts what was asked for, for whom and from where. A stranger who knows a login can use its budget up, for otherwise its telephone would ring all day; but he keeps
/// nobody out by it: the last code within the budget counts until there is room again (<see cref="RoomAtAsync"/>), and it lies in the owner's telephone.
/// </summary>
public sealed class CodeBudget(DirectoryDb db, IOptions<OneTimeCodeOptions> options, TimeProvider clock)
{
    private (int Most, TimeSpan Within)[] PerLogin => [(options.Value.PerLoginAndQuarterHour, TimeSpan.FromMinutes(15)), (options.Value.PerLoginAndDay, TimeSpan.FromDays(1))];

    /// <summary>Notes the request, ready to be saved in the caller's transaction, or says why not.</summary>
    internal async Task<string?> TryTakeAsync(OneTimeCodeRequest request, CancellationToken stop)
    {
        var (login, address, now) = (request.NormalizedUserLogin, request.FromAddress, request.RequestedAt);
        // Requests of one address or for one login queue up here: many at once are counted as many.
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({address}, 1))", stop);
        await db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended({login}, 2))", stop);
        if (await db.OneTimeCodeRequests.CountAsync(asked => asked.FromAddress == address && asked.RequestedAt > now.AddHours(-1), stop) >= options.Value.PerAddressAndHour)
            return "too-many-requests";
        if (await RoomAtAsync(login, stop) > now)
            return "too-many-codes";
        db.Add(request);
        return null;
    }

    /// <summary>From when on another code may be asked for, of what has been asked for by now.</summary>
    internal async Task<DateTimeOffset> RoomAtAsync(string login, CancellationToken stop)
    {
        var room = clock.GetUtcNow();
        foreach (var (most, within) in PerLogin)
        {
            // The one that must have left the window.
            var leaving = await db.OneTimeCodeRequests.Where(request => request.NormalizedUserLogin == login).OrderByDescending(request => request.RequestedAt)
                .Skip(most - 1).Select(request => (DateTimeOffset?)request.RequestedAt).FirstOrDefaultAsync(stop);
            if (leaving is { } asked && asked + within > room)
                room = asked + within;
        }

        return room;
    }
}
