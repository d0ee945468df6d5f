using System.Text.Json.Nodes;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Directory.Auditing;

/// <summary>The audit trail, newest first (DIR-9). Phone numbers are masked as in every list.</summary>
public static class ListAuditEntries
{
    /// <param name="ActorLogin">Login of the acting account; null where the platform acted by itself.</param>
    /// <param name="IsErased">The content was erased by law; the entry and its seal stay.</param>
    public sealed record Item(
        Guid Id, DateTimeOffset At, string Actor, string? ActorLogin, string Act, string SubjectKind, Guid SubjectId, JsonNode? Before, JsonNode? After,
        string? Reason, string? FromAddress, bool IsErased);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/audit", HandleAsync).WithName(nameof(ListAuditEntries));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        Guid? subjectId, string? cursor, DirectoryDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var at, out var id))
            return Problems.Invalid("cursor", "cursor");
        var entries = await db.AuditEntries.AsNoTracking().Include(entry => entry.Content)
            .Where(entry => (subjectId == null || entry.SubjectId == subjectId)
                && (cursor == null || entry.At < at || (entry.At == at && entry.Id.CompareTo(id) < 0)))
            .OrderByDescending(entry => entry.At).ThenByDescending(entry => entry.Id)
            .Take(Paging.PageSize + 1).ToListAsync(stop);

        var actors = entries.Select(entry => entry.Actor).Distinct(StringComparer.Ordinal).Where(actor => Guid.TryParse(actor, out _)).Select(Guid.Parse).ToList();
        var logins = await db.Accounts.Where(account => actors.Contains(account.Id))
            .ToDictionaryAsync(account => account.Id.ToString(), account => account.UserName, StringComparer.Ordinal, stop);
        var items = entries.ConvertAll(entry => new Item(
            entry.Id, entry.At, entry.Actor, logins.GetValueOrDefault(entry.Actor), entry.Act, entry.SubjectKind, entry.SubjectId,
            Masked(entry.Content?.Before), Masked(entry.Content?.After), entry.Content?.Reason, entry.Content?.FromAddress, entry.Content is null));
        return TypedResults.Ok(Paging.PageOf(items, item => Paging.Cursor(item.At, item.Id)));
    }

    private static JsonNode? Masked(string? content)
    {
        var node = content is null ? null : JsonNode.Parse(content);
        if (node is JsonObject changed && changed["noticePhone"] is JsonValue number)
            changed["noticePhone"] = PhoneNumber.Mask(number.GetValue<string>());
        return node;
    }
}
