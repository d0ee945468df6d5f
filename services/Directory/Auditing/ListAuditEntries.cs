using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Auditing;

/// <summary>Searches the audit trail, newest first (DIR-9). Phone numbers are masked as in every list.</summary>
public static class ListAuditEntries
{
    public const int LongestText = 100;

    /// <param name="ActorLogin">Login of the acting account; null where it was none.</param>
    /// <param name="IsErased">The content was erased by law; the entry and its seal stay.</param>
    public sealed record Item(
        Guid Id, DateTimeOffset At, string Actor, string? ActorLogin, string Act, string SubjectKind, Guid SubjectId, JsonNode? Before, JsonNode? After,
        string? Reason, string? FromAddress, bool IsErased);

    internal static Item ToItem(AuditEntry entry, IReadOnlyDictionary<string, string?> logins) => new(
        entry.Id, entry.At, entry.Actor, logins.GetValueOrDefault(entry.Actor), entry.Act, entry.SubjectKind, entry.SubjectId,
        AuditSearch.Shown(entry.Content?.Before), AuditSearch.Shown(entry.Content?.After), AuditSearch.Masked(entry.Content?.Reason), entry.Content?.FromAddress,
        entry.Content is null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/audit", HandleAsync).WithName(nameof(ListAuditEntries));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Spelling.LongestUserLogin), RegularExpression(Spelling.Line)] string? actor,
        [StringLength(Spelling.LongestUserLogin), RegularExpression(Spelling.Line)] string? act,
        [StringLength(Spelling.LongestUserLogin), RegularExpression(Spelling.Line)] string? subjectKind,
        Guid? subjectId,
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? from,
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? to,
        [StringLength(LongestText, MinimumLength = 2), RegularExpression(Spelling.Line)] string? text,
        string? cursor, DirectoryDb db, CityTime city, TimeProvider clock, CancellationToken stop)
    {
        if (!city.TryRead(from, out var first))
            return Problems.Invalid("from", "value");
        if (!city.TryRead(to, out var end))
            return Problems.Invalid("to", "value");
        if (end <= first)
            return Problems.Invalid("to", "period-reversed");
        if (!Paging.TryReadCursor(cursor, out var at, out var id))
            return Problems.Invalid("cursor", "cursor");
        // Words are not indexed: they are looked for in a year at most.
        if (text is not null && (first is null || (end ?? clock.GetUtcNow()) - first > AuditSearch.LongestPeriod))
            return Problems.Invalid("from", "period");

        var matching = await db.AuditEntriesAsync(new(actor, act, subjectKind, subjectId, first, end, text), stop);
        var entries = await matching
            .Where(entry => cursor == null || entry.At < at || (entry.At == at && entry.Id.CompareTo(id) < 0))
            .OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id)
            .Take(Paging.PageSize + 1).ToListAsync(stop);

        var actors = entries.Select(entry => entry.Actor).Distinct(StringComparer.Ordinal).Where(actor => Guid.TryParse(actor, out _)).Select(Guid.Parse).ToList();
        var logins = await db.Accounts.Where(account => actors.Contains(account.Id))
            .ToDictionaryAsync(account => account.Id.ToString(), account => account.UserName, StringComparer.Ordinal, stop);
        return TypedResults.Ok(Paging.PageOf(entries.ConvertAll(entry => ToItem(entry, logins)), item => Paging.Cursor(item.At, item.Id)));
    }
}
