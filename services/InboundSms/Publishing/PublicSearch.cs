using InboundSms.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace InboundSms.Publishing;

/// <summary>What somebody looks for among public messages.</summary>
/// <param name="Words">Null: any.</param>
/// <param name="Unit">Code; null: any.</param>
/// <param name="Class">Null: any.</param>
/// <param name="From">Received at or after.</param>
/// <param name="To">Received before.</param>
/// <param name="Before">Older publications than this, of the page before.</param>
/// <param name="BeforeId">Its answer.</param>
internal sealed record PublicQuery(string? Words, string? Unit, MessageClass? Class, DateTimeOffset? From, DateTimeOffset? To, DateTimeOffset Before, Guid BeforeId);

/// <summary>Finds public messages. Two ways: PostgreSQL always, Redis where its query engine is there.</summary>
internal interface IPublicSearch
{
    /// <summary>A query for the rows that fit, the newest <paramref name="atMost"/> at least. They are read from PostgreSQL in either way: what was taken down is gone at once.</summary>
    Task<IQueryable<PublicCase>> FindAsync(InboundSmsDb db, PublicQuery query, DateTimeOffset now, int atMost, CancellationToken stop);
}

/// <summary>PostgreSQL's full text search in Indonesian, over the generated column of the public copy.</summary>
internal sealed class PostgresSearch : IPublicSearch
{
    private const string Language = "indonesian";

    public Task<IQueryable<PublicCase>> FindAsync(InboundSmsDb db, PublicQuery query, DateTimeOffset now, int atMost, CancellationToken stop)
    {
        var found = Fitting(db, query, now);
        if (query.Words is { } words)
            found = found.Where(c => c.Words.Matches(EF.Functions.WebSearchToTsQuery(Language, words)));
        return Task.FromResult(found);
    }

    /// <summary>Everything but the words.</summary>
    public static IQueryable<PublicCase> Fitting(InboundSmsDb db, PublicQuery query, DateTimeOffset now)
    {
        var (before, beforeId) = (query.Before, query.BeforeId);
        var found = db.PublicCases.Where(c => c.PublishAt <= now && (c.PublishAt < before || (c.PublishAt == before && c.AnswerId.CompareTo(beforeId) < 0)));
        if (query.Unit is { } unit)
            found = found.Where(c => db.Units.Any(u => u.Id == c.UnitId && u.Code == unit));
        if (query.Class is { } @class)
            found = found.Where(c => db.Cases.Any(of => of.Id == c.CaseId && of.Class == @class));
        if (query.From is { } from)
            found = found.Where(c => c.ReceivedAt >= from);
        if (query.To is { } to)
            found = found.Where(c => c.ReceivedAt < to);
        return found;
    }
}

internal static class PublicSearches
{
    /// <summary>PostgreSQL finds; where the program was built with Redis.OM and <c>ConnectionStrings:redis</c> is set, Redis does as long as it answers.</summary>
    public static void AddPublicSearch(this IHostApplicationBuilder builder)
    {
        builder.Services.AddVerb(RebuildPublicSearch.Verb, RebuildPublicSearch.RunAsync);
        builder.Services.AddSingleton<PostgresSearch>();
#if REDIS_SEARCH
        if (builder.Configuration.GetConnectionString("redis") is { Length: > 0 } redis)
        {
            builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<RedisIndex>(services, redis));
            builder.Services.AddHostedService(services => services.GetRequiredService<RedisIndex>());
            builder.Services.AddSingleton<IPublicSearch, RedisSearch>();
            return;
        }
#endif
        builder.Services.AddSingleton<IPublicSearch>(services => services.GetRequiredService<PostgresSearch>());
    }
}
