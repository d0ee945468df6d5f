using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Applications;

/// <summary>Applications in the order of their registration, with their keys, newest first; the keys themselves are known to nobody but the application (DIR-8).</summary>
public static class ListApplications
{
    /// <param name="Id">The application's <c>client_id</c>.</param>
    /// <param name="Scopes">What it may ask for.</param>
    public sealed record Item(
        Guid Id, string Name, string OwnerUnitCode, string ContactName, string ContactEmail, IReadOnlyList<string> Scopes, DateTimeOffset? SuspendedAt,
        IReadOnlyList<Key> Keys, long Version);

    /// <param name="EndsAt">Expiry, or revocation if that came first.</param>
    /// <param name="LastUsedAt">To the minute.</param>
    public sealed record Key(Guid Id, DateTimeOffset CreatedAt, DateTimeOffset EndsAt, DateTimeOffset? RevokedAt, DateTimeOffset? LastUsedAt);

    private const int MostKeysShown = 10;

    internal static Expression<Func<Application, Item>> ToItem { get; } = application => new(
        application.Id, application.Name, application.OwnerUnit!.Code, application.ContactName, application.ContactEmail, application.Scopes, application.SuspendedAt,
        application.Keys.OrderByDescending(key => key.Id).Take(MostKeysShown)
            .Select(key => new Key(key.Id, key.CreatedAt, key.EndsAt, key.RevokedAt, key.LastUsedAt)).ToList(),
        application.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/applications", HandleAsync).WithName(nameof(ListApplications));

    private static async Task<Ok<Page<Item>>> HandleAsync(
        Guid? cursor, [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? ownerUnitCode, DirectoryDb db, CancellationToken stop)
    {
        var items = await db.Applications
            .Where(application => (ownerUnitCode == null || application.OwnerUnit!.Code == ownerUnitCode) && (cursor == null || application.Id.CompareTo(cursor.Value) > 0))
            .OrderBy(application => application.Id).Take(Paging.PageSize + 1).Select(ToItem).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, item => item.Id.ToString()));
    }
}
