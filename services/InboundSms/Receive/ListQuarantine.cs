using System.ComponentModel.DataAnnotations;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;

namespace InboundSms.Receive;

/// <summary>What the doors kept aside, newest first. Without its content, which can hold a number and a citizen's words in any coding: no mask is sure to find them.</summary>
internal static class ListQuarantine
{
    /// <param name="Id">Of the entry.</param>
    /// <param name="Channel">Its door, or its list.</param>
    /// <param name="Reason">What was wrong: <c>signature</c> or <c>credentials</c>, a field that is missing, <c>known id, other words</c>, …</param>
    /// <param name="ReceivedAt">When it came.</param>
    /// <param name="IsProved">The provider sent it, and will not send it again: kept for thirty days. Otherwise a stranger may have; seven days.</param>
    /// <param name="Length">Of the content, in bytes.</param>
    public sealed record Item(Guid Id, string Channel, string Reason, DateTimeOffset ReceivedAt, bool IsProved, int Length);

    public static void Map(RouteGroupBuilder quarantine) => quarantine.MapGet("/", Handle)
        .WithName(nameof(ListQuarantine)).WithSummary("What webhooks refused or could not read, newest first; without content")
        .RequirePermission(Permissions.ReadQuarantine).ProducesValidationProblem();

    internal static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> Handle(
        [StringLength(64)] string? channel, bool? isProved, [StringLength(64)] string? cursor, InboundSmsDb db, CancellationToken stop)
    {
        if (!Paging.TryReadCursor(cursor, out var before, out var beforeId))
            return Problems.Invalid(nameof(cursor), "cursor");
        var items = await db.QuarantinedCalls
            .Where(q => (channel == null || q.Channel == channel) && (isProved == null || q.IsProved == isProved))
            .Where(q => q.ReceivedAt < before || (q.ReceivedAt == before && q.EntryId.CompareTo(beforeId) < 0))
            .OrderByDescending(q => q.ReceivedAt).ThenByDescending(q => q.EntryId)
            .Select(q => new Item(q.EntryId, q.Channel, q.Reason, q.ReceivedAt, q.IsProved, q.Body.Length)).Take(Paging.PageSize + 1).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, last => Paging.Cursor(last.ReceivedAt, last.Id)));
    }
}
